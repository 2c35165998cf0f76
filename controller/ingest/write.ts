import { type Outcome, type SeriesStore, StoreAway, type StoredPoint } from "../store/series/index.ts";
import type { Patience } from "./patience.ts";

/** A write that failed so often, with others getting through in between, is divided, until what it fails for stands
 *  alone. */
export const suspectAfter = 3;

/** Writes until the store has answered for every point. What a store fails at again and again while it takes
 *  everything else is refused by itself: one point must not hold its neighbours, or a slot, for ever. While nothing gets
 *  through nobody is suspected: then it is the store. */
export function createWriting(needs: { store: Pick<SeriesStore, "write">; patience: Patience }) {
  const { store, patience } = needs;
  let taken = 0;

  async function once(points: readonly StoredPoint[]): Promise<Outcome[]> {
    const outcomes = await store.write(points);
    taken++;
    return outcomes;
  }

  /** @param witness a point that was stored although these were not
   *  @returns one outcome a point, in order; null when the controller stops first */
  return async function write(points: readonly StoredPoint[], witness?: StoredPoint): Promise<Outcome[] | null> {
    let known = witness;
    const enough = known && points.length > 1 ? 1 : suspectAfter;
    let failures = 0;
    let suspicious = 0;
    let seen = taken;
    let why = "";
    /** Does anything get through? */
    const probe = async (): Promise<void> => {
      const one = known ?? (points.length > 1 ? points[failures % points.length] : undefined);
      if (!one) return;
      const outcomes = await once([one]).catch(() => []);
      if (outcomes[0]?.ok) known = one;
    };
    const whole = await patience.until(async () => {
      if (suspicious >= enough) return null;
      if (failures >= enough) await probe();
      try {
        return await once(points);
      } catch (error) {
        failures++;
        if (failures > 1 && taken > seen) suspicious++;
        seen = taken;
        why = error instanceof Error ? error.message : String(error);
        throw error instanceof StoreAway ? error : new Error(`the store failed: ${why}`, { cause: error });
      }
    });
    if (whole !== null) return whole;
    if (patience.isOver()) return null;
    if (points.length === 1) return [{ ok: false, why: `the store cannot take it: ${why}`.slice(0, 300) }];
    const half = Math.ceil(points.length / 2);
    const first = await write(points.slice(0, half), known);
    const second = first && (await write(points.slice(half), known));
    return second && [...first, ...second];
  };
}
