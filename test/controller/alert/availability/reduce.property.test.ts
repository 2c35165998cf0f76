import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Interval, type Open, states } from "../../../../controller/alert/availability/interval.ts";
import { type LedgerEvent, reduce } from "../../../../controller/alert/availability/reduce.ts";

const begin = Date.UTC(2026, 10, 1);
const hourMs = 3_600_000;
const ago = fc.integer({ min: 0, max: 2 * hourMs });

/** (now) → what happens then; or the clock goes on, or is set. */
type Step = { event: (now: number) => LedgerEvent } | { ms: number };
const seen = fc
  .record({
    label: fc.record({
      state: fc.constantFrom(...states),
      cause: fc.constantFrom(null, "blind", "stopped"),
      root: fc.constantFrom(null, "site-a"),
      site: fc.constantFrom("site-a", "site-b", null),
      boot: fc.constantFrom("boot-a", "boot-b", null),
    }),
    // Whoever says so may be wrong, and ahead of us.
    sinceMs: fc.integer({ min: -10_000, max: 2 * hourMs }),
    heardMs: ago,
  })
  .map(
    ({ label, sinceMs, heardMs }): Step => ({
      event: (now) => ({ kind: "seen", is: { ...label, bootAt: null, since: now - sinceMs, heardAt: now - heardMs } }),
    }),
  );
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: seen },
  { weight: 3, arbitrary: fc.record({ ms: fc.integer({ min: 1, max: 2 * hourMs }) }) },
  { weight: 2, arbitrary: fc.record({ ms: fc.constantFrom(-hourMs, hourMs, -24 * hourMs, -1) }) },
  {
    weight: 2,
    arbitrary: ago.map((ms): Step => ({ event: (now) => ({ kind: "gap", from: now - ms, cause: "away" }) })),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ event: () => ({ kind: "removed" }) }) },
);

describe("the ledger of a device", () => {
  it("has no hole, no overlap and nothing empty while it is known, whatever happens and however the clock is set", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        let now = begin;
        let open: Open | null = null;
        let known: { from: number; sumMs: number } | null = null;
        const check = (over: Interval | null): void => {
          if (!over || !known) return;
          expect(over.to).toBeGreaterThan(over.from);
          expect(over.from).toBe(known.from + known.sumMs);
          known.sumMs += over.to - over.from;
        };
        for (const one of steps) {
          if ("ms" in one) {
            now += one.ms;
            continue;
          }
          const next = reduce("ap-1", open, one.event(now), now);
          if (!open && next.is) known = { from: next.is.from, sumMs: 0 };
          check(next.over);
          open = next.is;
          // What lasts goes on exactly where what is over ends: together they are all the time since it is known.
          if (open && known) expect(open.from).toBe(known.from + known.sumMs);
        }
      }),
      { numRuns: 500 },
    );
  });
});
