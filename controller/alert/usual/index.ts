import type { Cancel, Clock } from "../../base/clock.ts";
import { hourMs, hourOf } from "../../store/series/index.ts";
import type { RuleNeeds } from "../rules/engine.ts";
import type { Rule } from "../rules/schema.ts";
import { usualLimits } from "./limits.ts";
import { type LoadNeeds, loadHour } from "./load.ts";
import { devicesOn, nameOf, type Wanted, wantedBy } from "./wanted.ts";

/** Medians of the hour of the week, of whatever rules compare with them. This hour's and the next one's are in memory:
 *  they are asked for once, a few devices at a time, before they are needed; a sample is no query. */
export function createUsual(needs: LoadNeeds & { clock: Clock }) {
  const { clock, log } = needs;
  let wanted: ReadonlyMap<string, Wanted> = new Map();
  let running: Promise<void> | null = null;
  let cancel: Cancel = () => {};
  let isStarted = false;

  const around = (): number[] => [hourOf(clock.now()), hourOf(clock.now()) + hourMs];

  function look(): void {
    running ??= lookNow()
      .catch((error: Error) => log.warn("what is usual is not known yet", { why: error.message }))
      .finally(() => {
        running = null;
      });
  }

  async function lookNow(): Promise<void> {
    for (const hourAt of around())
      for (const one of wanted.values()) {
        if (!isStarted || one.table.has(hourAt)) continue;
        one.table.begin(hourAt);
        try {
          await loadHour(needs, one, hourAt, () => isStarted);
        } catch (error) {
          one.table.drop(hourAt);
          throw error;
        }
      }
  }

  return {
    /** The rules as they are from now on. */
    rules(rules: readonly Rule[]): void {
      const next = wantedBy(rules, wanted);
      // Another scope may take in devices that nobody asked for before.
      for (const [name, { table, scopes }] of next)
        if (scopes !== wanted.get(name)?.scopes) for (const hourAt of around()) table.drop(hourAt);
      wanted = next;
      if (isStarted) look();
    },
    /** The median for a rule's sample; null: not known for so many weeks. */
    of: (({ device, m, series, field, weeks, at }) =>
      wanted.get(nameOf({ m, field, weeks }))?.table.of(device, series, at) ?? null) satisfies RuleNeeds["usual"],
    /** Devices of people that are usually on at these devices at this hour of the week; null: of none is it known. */
    usuallyOn(devices: Iterable<string>, at: number): number | null {
      const table = wanted.get(nameOf(devicesOn))?.table;
      const known = [...devices].map((id) => table?.sumOf(id, at) ?? null).filter((sum) => sum !== null);
      return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
    },
    start(): void {
      isStarted = true;
      look();
      cancel = clock.every(usualLimits.lookEveryMs, look);
    },
    async stop(): Promise<void> {
      isStarted = false;
      cancel();
      await running;
    },
    /** What was being asked for is known. */
    idle: async (): Promise<void> => void (await running),
  };
}
export type Usual = ReturnType<typeof createUsual>;
