import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Birth } from "#wire";
import { account } from "../../../controller/ingest/ledger/account.ts";
import { drop, emptyBoot, loseTail, settle, state } from "../../../controller/ingest/ledger/boot.ts";
import { foldLimits, isFolded } from "../../../controller/ingest/ledger/folded.ts";
import { createLedger } from "../../../controller/ingest/ledger/index.ts";
import { quickFigures } from "../../../controller/ingest/ledger/quick.ts";
import { figuresOf } from "../../../controller/ingest/ledger/sums.ts";

const device = "ap-1";
const day = 86_400_000;
const bootName = (n: number): string => `boot${String.fromCharCode(97 + (n % 26))}`.padEnd(20, "a");

/** A birth of a boot that says that all others are over. */
const birthOf = (boot: string, seq = 0): Birth => ({
  ...{ v: 1, online: true, boot, session: 1, at: 1, upMs: 1, clock: "synced", agent: "0", firmware: "demo" },
  ...{ hardware: { model: "demo", serial: "1" }, intervalMs: 1_000, unfinished: [], seq, total: seq },
  config: { revision: 0, hash: "", state: "applied" },
  spool: { batches: 0, points: 0, bytes: 0, held: [] },
});
type Limits = NonNullable<Parameters<typeof createLedger>[0]["limits"]>;
async function fresh(limits: Limits = {}) {
  const ledger = createLedger({ load: async () => ({ boots: new Map(), folded: null }), limits });
  await ledger.load(device);
  return ledger;
}
type Ledger = Awaited<ReturnType<typeof fresh>>;

/** One point a batch. @returns whether there was room for it */
function send(ledger: Ledger, boot: string, seq: number, now: number): boolean {
  if (ledger.isFull(device, boot, seq)) return false;
  ledger.settle(device, boot, { seq, total: seq, stored: 1, quarantined: 0 }, now);
  return true;
}

const totalsOf = async (ledger: Ledger) => {
  const { made, stored, missing, duplicates, received } = await ledger.of(device);
  return { made, stored, missing, duplicates, received };
};

describe("what comes of a boot that is folded into sums", () => {
  const batches = fc.array(fc.tuple(fc.nat(7), fc.integer({ min: 1, max: 5 }), fc.nat(9)), { maxLength: 80 });

  it("is never counted twice: any order, any repeats, folded at any moment", async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (sent) => {
        const ledger = await fresh({ bootsAtEase: 1, bootsPerDevice: 3 });
        const distinct = new Set<string>();
        let taken = 0;
        for (const [now, [boot, seq, over]] of sent.entries()) {
          if (send(ledger, bootName(boot), seq, now)) {
            taken++;
            distinct.add(`${boot}/${seq}`);
          }
          // Another boot begins, and all others are over.
          if (over === 0) await ledger.stated(device, birthOf(bootName(boot), 5), now);
          if (over === 1) ledger.changed();
        }
        const told = await ledger.of(device);
        expect(told.received).toBe(taken);
        expect(told.stored).toBeLessThanOrEqual(distinct.size);
        expect(told.made).toBe(told.stored + told.quarantined + told.dropped + told.onDevice + told.missing);
        expect(told.made).toBeLessThanOrEqual(8 * 5);
        // Once more, all of it: nothing but repeats.
        let again = 0;
        for (const [boot, seq] of sent) {
          const own = bootName(boot);
          if (ledger.isSettled(device, own, seq) && send(ledger, own, seq, 99)) again++;
        }
        const after = await ledger.of(device);
        expect({ ...after, boots: [] }).toMatchObject({ made: told.made, stored: told.stored, missing: told.missing });
        expect(after.duplicates).toBe(told.duplicates + again);
        ledger.changed();
        expect(ledger.tally.fleet()).toMatchObject(figuresAbove(after));
      }),
      { numRuns: 100 },
    );
  });

  it("finds its gap as long as there is room for its boot: the same totals in any order", async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.nat(), async (sent, turns) => {
        const totals = [];
        for (const order of [sent, [...sent.slice(turns % 80), ...sent.slice(0, turns % 80)], [...sent].reverse()]) {
          const ledger = await fresh({ bootsAtEase: 2, bootsPerDevice: 9 });
          for (let boot = 0; boot < 8; boot++) await ledger.stated(device, birthOf(bootName(boot), 5), boot);
          for (const [boot, seq] of order) send(ledger, bootName(boot), seq, 10);
          totals.push(await totalsOf(ledger));
        }
        expect(totals[1]).toEqual(totals[0]);
        expect(totals[2]).toEqual(totals[0]);
        const distinct = new Set(sent.map(([boot, seq]) => `${boot}/${seq}`)).size;
        expect(totals[0]).toMatchObject({ made: 40, stored: distinct, missing: 40 - distinct });
      }),
      { numRuns: 30 },
    );
  });

  it("is told by name while it may come, fifteen days at most and a thousand boots; then nothing of it is kept", async () => {
    const ledger = await fresh({ bootsAtEase: 1, bootsPerDevice: 1, namesPerDevice: 2 });
    const began = 100 * day;
    for (let n = 0; n < 5; n++) {
      await ledger.stated(device, birthOf(bootName(n), 1), began + n);
      send(ledger, bootName(n), 1, began + n);
      // The next one makes it be over, and then takes its place.
      await ledger.stated(device, birthOf(bootName(n + 1)), began + n);
      await ledger.stated(device, birthOf(bootName(n + 1)), began + n);
    }
    const names = (rows = ledger.changed()) => rows.folded.at(-1)?.folded.lately?.map(([name]) => name);
    expect(names()).toEqual([bootName(3), bootName(4)]);
    const later = began + foldLimits.fillsForMs + day;
    await ledger.stated(device, birthOf(bootName(9)), later);
    await ledger.stated(device, birthOf(bootName(9)), later);
    expect(names()).toBeUndefined();
    expect(isFolded(null, bootName(3))).toBe(false);
    expect(foldLimits.namesPerDevice).toBe(1_000);
  });

  it("is kept one by one beyond a hundred boots only while something may come of it", async () => {
    const ledger = await fresh({ bootsAtEase: 2, bootsPerDevice: 9 });
    for (let n = 0; n < 5; n++) {
      await ledger.stated(device, birthOf(bootName(n), 1), n);
      send(ledger, bootName(n), 1, n);
    }
    expect((await ledger.of(device)).boots).toHaveLength(5);
    for (let n = 5; n < 8; n++) await ledger.stated(device, birthOf(bootName(n)), 20 * day + n);
    const told = await ledger.of(device);
    expect([told.boots.length, told.folded, told.stored]).toEqual([5, 3, 5]);
    expect([foldLimits.bootsAtEase, foldLimits.fillsForMs]).toEqual([100, 15 * day]);
  });
});

const figuresAbove = ({ made, stored }: { made: number; stored: number }) =>
  Object.fromEntries(Object.entries({ made, stored }).filter(([, points]) => points > 0));

describe("the figures of a boot, the quick way", () => {
  const seq = fc.integer({ min: 1, max: 8 });
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ settle: seq, points: fc.nat(3), bad: fc.nat(1), off: fc.nat(9) }) },
    { weight: 2, arbitrary: fc.record({ seq: fc.nat(8), total: fc.nat(30), held: fc.array(seq, { maxLength: 1 }) }) },
    { weight: 1, arbitrary: fc.record({ drop: seq }) },
    { weight: 1, arbitrary: fc.record({ tail: fc.nat(8) }) },
    { weight: 1, arbitrary: fc.record({ over: fc.boolean() }) },
  );

  it("are those of the account, whatever was settled, said, dropped or lost", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        const ledger = emptyBoot(0);
        for (const one of steps) {
          if ("settle" in one) {
            const total = one.settle * 3 + (one.off === 0 ? 1 : 0);
            settle(ledger, { seq: one.settle, total, stored: one.points, quarantined: one.bad }, 1);
          } else if ("seq" in one) {
            const held = one.held.map((from) => ({ from, to: from, points: 1 }));
            state(ledger, { seq: one.seq, total: one.total, held }, 1);
          } else if ("drop" in one) drop(ledger, { from: one.drop, points: [2], why: "full" });
          else if ("tail" in one) loseTail(ledger, { afterSeq: one.tail, atMostMs: 1 });
          else ledger.over = one.over;
          expect(quickFigures("b", ledger, [])).toEqual(figuresOf(account("b", ledger, false)));
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("how a boot ended", () => {
  it("is the same whoever is heard first: the longer word on the same end stays", () => {
    const words = [
      { afterSeq: 3, atMostMs: 5_000 },
      { afterSeq: 3, atMostMs: 30_000 },
      { afterSeq: 1, atMostMs: 90_000 },
    ];
    for (const order of [words, [...words].reverse()]) {
      const ledger = emptyBoot(0);
      for (const word of order) loseTail(ledger, word);
      expect(ledger.tailLost).toEqual(words[1]);
    }
  });
});

describe("what has to be written", () => {
  it("is all that was settled with what its device said before, and of other words so much that nobody waits", async () => {
    const ledger = await fresh({ atOnce: 10 });
    const ids = Array.from({ length: 35 }, (_, i) => `d-${i}`);
    for (const id of ids) await ledger.stated(id, birthOf(bootName(0), 1), 1);
    await ledger.stated("d-34", birthOf(bootName(1), 1), 2);
    for (const id of ["d-34", "d-33"])
      ledger.settle(id, bootName(2), { seq: 1, total: 1, stored: 1, quarantined: 0 }, 3);
    const first = ledger.changed().ledgers;
    const of = (id: string) => first.filter((row) => row.device === id).map((row) => row.boot);
    expect(of("d-34").sort()).toEqual([bootName(0), bootName(1), bootName(2)]);
    expect(of("d-33").sort()).toEqual([bootName(0), bootName(2)]);
    expect(first.length).toBeLessThanOrEqual(10 + 1);
    const all = new Set(first.map((row) => row.device));
    for (let i = 0; i < 5; i++) for (const row of ledger.changed().ledgers) all.add(row.device);
    expect(all.size).toBe(35);
    expect(ledger.changed().ledgers).toEqual([]);
    for (let i = 0; i < 9; i++) ledger.tally.fleet();
    expect(ledger.tally.fleet()).toMatchObject({ made: 35 + 1 + 2, stored: 2 });
    expect(ledger.tally.missingOf("d-0")).toBe(1);
  });
});
