import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BootDelivery } from "../../../controller/ingest/delivery.ts";
import { account } from "../../../controller/ingest/ledger/account.ts";
import { type BootLedger, drop, emptyBoot, loseTail, settle, state } from "../../../controller/ingest/ledger/boot.ts";
import { deliveryOf, fold } from "../../../controller/ingest/ledger/sums.ts";

const boot = "abcdefghijklmnopqrst";
const fates = ["stored", "quarantined", "full", "thinned", "held", "lost"] as const;
type Fate = (typeof fates)[number];
interface Made {
  points: number;
  fate: Fate;
}

/** Everything that the controller may hear of a boot, one call each. */
function wordsOf(made: readonly Made[]): ((ledger: BootLedger) => void)[] {
  let total = 0;
  const words = made.flatMap(({ points, fate }, i) => {
    const before = total;
    total += points;
    const seq = i + 1;
    const at = 1_000 * seq;
    if (fate === "stored" || fate === "quarantined") {
      const quarantined = fate === "quarantined" ? points : 0;
      const batch = { seq, total: before + points, stored: points - quarantined, quarantined, madeAt: at };
      return [(ledger: BootLedger) => settle(ledger, batch, 1)];
    }
    if (fate === "held" || fate === "lost") return [];
    return [(ledger: BootLedger) => drop(ledger, { from: seq, points: [points], before, why: fate })];
  });
  let sum = 0;
  const held = made.flatMap(({ points, fate }, i) => {
    sum += points;
    return fate === "held" ? [{ from: i + 1, to: i + 1, points, before: sum - points }] : [];
  });
  const said = { seq: made.length, total, held };
  return [
    ...words,
    (ledger) => state(ledger, said, 1),
    (ledger) => loseTail(ledger, { afterSeq: made.length, atMostMs: 5_000 }),
  ];
}

const anyMade = fc.array(fc.record({ points: fc.integer({ min: 1, max: 9 }), fate: fc.constantFrom(...fates) }), {
  maxLength: 30,
});
/** An order with repeats in which everything is heard at least once. */
const anyOrder = (many: number) =>
  fc
    .tuple(
      fc.shuffledSubarray(
        Array.from({ length: many }, (_, i) => i),
        { minLength: many },
      ),
      fc.array(fc.nat({ max: Math.max(0, many - 1) }), { maxLength: 20 }),
    )
    .map(([once, more]) => [...more, ...once]);

const hear = (words: ReturnType<typeof wordsOf>, order: readonly number[]): BootLedger => {
  const ledger = emptyBoot(0);
  for (const i of order) words[i]?.(ledger);
  return ledger;
};
const withoutDuplicates = ({ duplicates: _, ...told }: BootDelivery) => told;

describe("the account of a boot", () => {
  it("is the same in any order and with any repeats, and balances", () => {
    fc.assert(
      fc.property(
        anyMade.chain((made) => fc.tuple(fc.constant(made), anyOrder(made.length + 2), anyOrder(made.length + 2))),
        ([made, one, other]) => {
          const words = wordsOf(made);
          const told = account(boot, hear(words, one), true);
          expect(withoutDuplicates(told)).toEqual(withoutDuplicates(account(boot, hear(words, other), true)));
          const points = (...some: Fate[]) => made.reduce((n, b) => n + (some.includes(b.fate) ? b.points : 0), 0);
          expect(told.made).toBe(told.stored + told.quarantined + told.dropped + told.onDevice + told.missing);
          expect(told).toMatchObject({
            stored: points("stored"),
            quarantined: points("quarantined"),
            onDevice: points("held"),
            missing: points("lost"),
          });
          for (const why of ["full", "thinned"] as const)
            expect(told.drops.find((drop) => drop.why === why)?.points ?? 0).toBe(points(why));
          const { received, stored, duplicates, quarantined } = deliveryOf([told], null);
          expect(received).toBe(stored + duplicates + quarantined);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("folded boots stay in every sum", () => {
    fc.assert(
      fc.property(fc.array(anyMade, { minLength: 1, maxLength: 6 }), fc.nat({ max: 6 }), (boots, folding) => {
        const told = boots.map((made) => {
          const words = wordsOf(made);
          const ledger = hear(
            words,
            words.map((_, i) => i),
          );
          ledger.over = true;
          return account(boot, ledger, false);
        });
        const folded = told.slice(0, folding).reduce<ReturnType<typeof fold> | null>(fold, null);
        const { boots: listed, ...sums } = deliveryOf(told.slice(folding), folded);
        const { boots: all, ...whole } = deliveryOf(told, null);
        const sorted = <T extends { why: string }>(some: T[]) => [...some].sort((a, b) => (a.why < b.why ? -1 : 1));
        const plain = (d: typeof sums) => ({
          ...d,
          folded: 0,
          lastLoss: null,
          drops: sorted(d.drops),
          losses: sorted(d.losses),
        });
        expect(plain(sums)).toEqual(plain(whole));
        expect(sums.folded).toBe(Math.min(folding, boots.length));
        expect(listed.length + sums.folded).toBe(all.length);
      }),
      { numRuns: 60 },
    );
  });
});

/** Batch 1 and 4 arrived, 2 and 3 did not. */
function withGap(): BootLedger {
  const ledger = emptyBoot(500);
  settle(ledger, { seq: 1, total: 2, stored: 2, quarantined: 0, madeAt: 1_000 }, 1_000);
  settle(ledger, { seq: 4, total: 8, stored: 2, quarantined: 0, madeAt: 4_000 }, 4_000);
  return ledger;
}
const gapsOf = (ledger: BootLedger, restores: { from: number; to: number }[] = []) =>
  account(boot, ledger, false, restores).gaps.map(({ from, to, points, why }) => [from, to, points, why]);

describe("why something is missing", () => {
  it("unknown, between the batch before it and the one behind it", () => {
    const ledger = withGap();
    state(ledger, { seq: 4, total: 8, held: [] }, 5_000);
    expect(account(boot, ledger, true).gaps).toEqual([
      { from: 2, to: 3, points: 4, why: "unknown", fromAt: 1_000, toAt: 4_000 },
    ]);
  });

  it("power: behind what the device says was its last flush, and no further", () => {
    const ledger = withGap();
    state(ledger, { seq: 6, total: 12, held: [] }, 5_000);
    loseTail(ledger, { afterSeq: 4, atMostMs: 5_000 });
    expect(gapsOf(ledger)).toEqual([
      [2, 3, 4, "unknown"],
      [5, 6, 4, "power"],
    ]);
  });

  it("wiped: it held it and came back without; replaced: as other hardware", () => {
    const ledger = withGap();
    state(ledger, { seq: 4, total: 8, held: [{ from: 2, to: 2, points: 2, before: 2 }] }, 5_000);
    ledger.over = true;
    expect(gapsOf(ledger)).toEqual([
      [2, 2, 2, "wiped"],
      [3, 3, 2, "unknown"],
    ]);
    ledger.replaced = true;
    expect(gapsOf(ledger)[0]).toEqual([2, 2, 2, "replaced"]);
    // It comes after all: a late fill closes the gap.
    settle(ledger, { seq: 2, total: 4, stored: 2, quarantined: 0, madeAt: 2_000 }, 9_000);
    expect(gapsOf(ledger)).toEqual([[3, 3, 2, "unknown"]]);
  });

  it("restored: made between the backup and its return, and nothing else", () => {
    const ledger = withGap();
    state(ledger, { seq: 4, total: 8, held: [] }, 5_000);
    expect(gapsOf(ledger, [{ from: 2_000, to: 3_000 }])).toEqual([[2, 3, 4, "restored"]]);
    expect(gapsOf(ledger, [{ from: 4_500, to: 5_000 }])).toEqual([[2, 3, 4, "unknown"]]);
  });
});
