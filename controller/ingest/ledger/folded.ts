import type { BootDelivery } from "../delivery.ts";
import type { BootLedger } from "./boot.ts";
import { add, type Folded, fold } from "./sums.ts";

export const foldLimits = {
  /** Boots of a device that are kept one by one, whatever they are. */
  bootsAtEase: 100,
  /** Of more, those stay of which something may still come: what is older than that no spool holds any more, and the
   *  store has no raw points to put beside it. */
  fillsForMs: 15 * 86_400_000,
  /** Names of boots that had to be folded before that. */
  namesPerDevice: 1_000,
};
export type FoldLimits = typeof foldLimits;

/** Which boot makes room for another; null: none has to, or none may, as none is over.
 *  @param must there is no room at all
 *  @param missing points of a boot that may come yet */
export function whichFolds(
  boots: ReadonlyMap<string, BootLedger>,
  must: boolean,
  now: number,
  limits: FoldLimits,
  missing: (ledger: BootLedger) => number,
): string | null {
  const over = [...boots].filter(([, ledger]) => ledger.over).sort(([, a], [, b]) => a.lastAt - b.lastAt);
  const [oldest] = over;
  if (!oldest) return null;
  if (!mayFill(oldest[1].lastAt, now, limits)) return oldest[0];
  if (!must) return null;
  // What is missing must find its gap: those that have none go first.
  return (over.find(([, ledger]) => missing(ledger) === 0) ?? oldest)[0];
}

const mayFill = (lastAt: number, now: number, { fillsForMs }: FoldLimits): boolean => now - lastAt <= fillsForMs;

/** The sums with this boot in them. Its name stays as long as something of it may come: the sums say where its points were
 *  when it was folded, and whatever comes later counts as a duplicate, so nothing is ever counted twice. */
export function foldBoot(folded: Folded | null, told: BootDelivery, now: number, limits: FoldLimits): Folded {
  const lately = (folded?.lately ?? []).filter(([, lastAt]) => mayFill(lastAt, now, limits));
  const lastAt = told.lastAt ?? 0;
  if (mayFill(lastAt, now, limits)) lately.push([told.boot, lastAt]);
  const { lately: _, ...sums } = fold(folded, told);
  return lately.length > 0 ? { ...sums, lately: lately.slice(-limits.namesPerDevice) } : sums;
}

export const isFolded = (folded: Folded | null, boot: string): boolean =>
  folded?.lately?.some(([name]) => name === boot) === true;

/** Points of a folded boot came once more, or late. */
export function foldAgain(folded: Folded, points: number): Folded {
  const figures = { ...folded.figures };
  add(figures, { duplicates: points });
  return { ...folded, figures };
}
