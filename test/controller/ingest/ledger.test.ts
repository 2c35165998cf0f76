import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { account } from "../../../controller/ingest/ledger/account.ts";
import {
  type BootLedger,
  drop,
  emptyBoot,
  isFull,
  isSettled,
  ledgerLimits,
  settle,
  state,
} from "../../../controller/ingest/ledger/boot.ts";

const boot = "abcdefghijklmnopqrst";

/** A device that made these batches: what became of each. */
type Fate = "delivered" | "quarantined" | "dropped" | "held" | "lost" | "delivered-but-held" | "dropped-then-delivered";
const fates: Fate[] = [
  "delivered",
  "quarantined",
  "dropped",
  "held",
  "lost",
  "delivered-but-held",
  "dropped-then-delivered",
];
const batches = fc.array(fc.record({ points: fc.integer({ min: 1, max: 9 }), fate: fc.constantFrom(...fates) }), {
  maxLength: 40,
});

function totals(made: { points: number }[]): number[] {
  let total = 0;
  return made.map((b) => {
    total += b.points;
    return total;
  });
}

function replay(made: { points: number; fate: Fate }[], order: number[], withBefore: boolean): BootLedger {
  const total = totals(made);
  const ledger = emptyBoot(0);
  const is = (i: number, ...some: Fate[]) => some.includes(made[i]?.fate as Fate);
  const held: { from: number; to: number; points: number; before?: number }[] = [];
  const drops: { from: number; points: number[]; before?: number; why: string }[] = [];
  made.forEach((batch, i) => {
    const before = withBefore ? { before: (total[i] as number) - batch.points } : {};
    if (is(i, "held", "delivered-but-held")) {
      const open = held.at(-1);
      if (open && open.to === i) {
        open.to = i + 1;
        open.points += batch.points;
      } else held.push({ from: i + 1, to: i + 1, points: batch.points, ...before });
    }
    if (is(i, "dropped", "dropped-then-delivered")) {
      const open = drops.at(-1);
      if (open && open.from + open.points.length === i + 1) open.points.push(batch.points);
      else drops.push({ from: i + 1, points: [batch.points], why: "full", ...before });
    }
  });
  const put = (i: number) => {
    const batch = made[i];
    if (!batch) return;
    const quarantined = batch.fate === "quarantined" ? batch.points : 0;
    settle(ledger, { seq: i + 1, total: total[i] as number, stored: batch.points - quarantined, quarantined }, 1);
  };
  const arrives = order.filter((i) =>
    is(i, "delivered", "quarantined", "delivered-but-held", "dropped-then-delivered"),
  );
  const half = Math.floor(arrives.length / 2);
  for (const i of arrives.slice(0, half)) put(i);
  for (const d of drops) drop(ledger, d);
  state(ledger, { seq: made.length, total: total.at(-1) ?? 0, held }, 2);
  for (const d of drops) drop(ledger, d);
  for (const i of arrives.slice(half)) put(i);
  for (const i of arrives) put(i);
  return ledger;
}

describe("the ledger of a boot", () => {
  it("balances whatever is delivered, dropped, held or lost, in any order and with repeats", () => {
    fc.assert(
      fc.property(
        batches.chain((made) =>
          fc.tuple(
            fc.constant(made),
            fc.shuffledSubarray(
              made.map((_, i) => i),
              { minLength: made.length },
            ),
          ),
        ),
        ([made, order]) => {
          const ledger = replay(made, order, true);
          const points = (...some: Fate[]) => made.reduce((n, b) => n + (some.includes(b.fate) ? b.points : 0), 0);
          const told = account(boot, ledger, true);
          expect(told.made).toBe(points(...fates));
          expect(told.stored).toBe(points("delivered", "delivered-but-held", "dropped-then-delivered"));
          expect(told.quarantined).toBe(points("quarantined"));
          expect(told.dropped).toBe(points("dropped"));
          expect(told.onDevice).toBe(points("held"));
          expect(told.missing).toBe(points("lost"));
          expect(told.duplicates).toBe(told.stored + told.quarantined);
          const lost = made.flatMap((b, i) => (b.fate === "lost" ? [i + 1] : []));
          expect(told.gaps.flatMap((g) => Array.from({ length: g.to - g.from + 1 }, (_, i) => g.from + i))).toEqual(
            lost,
          );
        },
      ),
    );
  });

  it("says exactly how many points a vanished segment held", () => {
    const ledger = emptyBoot(0);
    settle(ledger, { seq: 1, total: 10, stored: 10, quarantined: 0 }, 1);
    settle(ledger, { seq: 5, total: 52, stored: 12, quarantined: 0 }, 1);
    state(ledger, { seq: 5, total: 52, held: [] }, 2);
    expect(account(boot, ledger, false)).toMatchObject({
      made: 52,
      missing: 30,
      gaps: [{ from: 2, to: 4, points: 30 }],
    });
  });

  it("does not call missing what the device has not spoken of yet", () => {
    const ledger = emptyBoot(0);
    settle(ledger, { seq: 7, total: 70, stored: 10, quarantined: 0 }, 1);
    expect(account(boot, ledger, true).missing).toBe(0);
  });

  it("takes what is still held by a boot that is over as missing", () => {
    const ledger = emptyBoot(0);
    state(ledger, { seq: 3, total: 30, held: [{ from: 1, to: 3, points: 30, before: 0 }] }, 1);
    ledger.over = true;
    expect(account(boot, ledger, false)).toMatchObject({
      onDevice: 0,
      missing: 30,
      gaps: [{ from: 1, to: 3, points: 30 }],
    });
  });

  it("names what is missing between batches that came after the boot's last word, once nothing more can come", () => {
    const ledger = emptyBoot(0);
    state(ledger, { seq: 1, total: 10, held: [] }, 1);
    for (const seq of [1, 2, 5]) settle(ledger, { seq, total: seq * 10, stored: 10, quarantined: 0 }, 1);
    expect(account(boot, ledger, true)).toMatchObject({ made: 30, stored: 30, missing: 0 });
    ledger.over = true;
    const gaps = [{ from: 3, to: 4, points: 20 }];
    expect(account(boot, ledger, false)).toMatchObject({ made: 50, stored: 30, missing: 20, gaps });
  });

  it("counts what a boot that never spoke gave up, also while it is not over", () => {
    const ledger = emptyBoot(0);
    drop(ledger, { from: 1, points: [3, 4], before: 0, why: "thinned" });
    drop(ledger, { from: 4, points: [6], before: 12, why: "full" });
    expect(account(boot, ledger, false)).toMatchObject({ made: 13, dropped: 13, missing: 0 });
    ledger.over = true;
    const gaps = [{ from: 3, to: 3, points: 5 }];
    expect(account(boot, ledger, false)).toMatchObject({ made: 18, dropped: 13, missing: 5, gaps });
  });

  it("balances whatever a device says that it holds", () => {
    const range = fc.record({ from: fc.integer({ min: 1, max: 20 }), to: fc.integer({ min: 1, max: 20 }) });
    fc.assert(
      fc.property(fc.array(range, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 20 })), (ranges, stored) => {
        const ledger = emptyBoot(0);
        for (const seq of stored) settle(ledger, { seq, total: seq, stored: 1, quarantined: 0 }, 1);
        const held = ranges.map((r) => ({ ...r, points: Math.max(0, r.to - r.from + 1), before: r.from - 1 }));
        state(ledger, { seq: 20, total: 20, held }, 1);
        const told = account(boot, ledger, true);
        expect(told.stored + told.onDevice + told.missing).toBe(20);
      }),
      { numRuns: 100 },
    );
  });

  it("keeps what is dropped batch by batch as one stretch, and no more stretches than it may", () => {
    const ledger = emptyBoot(0);
    for (let seq = 1; seq <= 300; seq++) drop(ledger, { from: seq, points: [2], before: seq * 2 - 2, why: "full" });
    expect(ledger.dropped).toMatchObject([{ from: 1, to: 300, before: 0 }]);
    const most = ledgerLimits.droppedRangesPerBoot;
    ledger.dropped = Array.from({ length: most }, (_, i) => {
      const seq = 1 + 2 * i;
      return { from: seq, to: seq, points: [1], before: null, why: "full" };
    });
    drop(ledger, { from: 3 * most, points: [1], why: "full" });
    expect(ledger.dropped.length).toBe(most);
  });

  it("keeps one range for a boot without gaps, however long", () => {
    const ledger = emptyBoot(0);
    for (let seq = 1; seq <= 5000; seq++) settle(ledger, { seq, total: seq * 3, stored: 3, quarantined: 0 }, seq);
    expect(ledger.settled).toMatchObject([{ from: 1, to: 5000, before: 0, after: 15000 }]);
  });

  it("is full when a batch would open one gap too many, and takes what closes one", () => {
    const ledger = emptyBoot(0);
    for (let i = 0; i < ledgerLimits.rangesPerBoot; i++)
      settle(ledger, { seq: 2 + i * 2, total: 2 + i * 2, stored: 1, quarantined: 0 }, 1);
    expect(isFull(ledger, 2 + ledgerLimits.rangesPerBoot * 2)).toBe(true);
    expect(isFull(ledger, 3)).toBe(false);
    expect(isSettled(ledger, 3)).toBe(false);
    for (const seq of [3, 5]) settle(ledger, { seq, total: seq, stored: 1, quarantined: 0 }, 1);
    for (const seq of [8 + ledgerLimits.rangesPerBoot * 2, 12 + ledgerLimits.rangesPerBoot * 2])
      settle(ledger, { seq, total: seq, stored: 1, quarantined: 0 }, 1);
    // In the middle of a range: a duplicate, which earns its `delivered`.
    expect(isFull(ledger, 4)).toBe(false);
  });
});

describe("a device whose totals never meet", () => {
  it("gets no more ranges than a boot may have", () => {
    const ledger = emptyBoot(0);
    const most = ledgerLimits.rangesPerBoot + 500;
    for (let seq = 1; seq <= most; seq++) {
      expect(isFull(ledger, seq)).toBe(false);
      settle(ledger, { seq, total: seq * 100, stored: 1, quarantined: 0 }, 0);
    }
    expect(ledger.settled.length).toBe(ledgerLimits.rangesPerBoot);
    expect(ledger.stored).toBe(most);
    expect(isSettled(ledger, most)).toBe(true);
  });
});
