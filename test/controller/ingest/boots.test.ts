import { describe, expect, it } from "vitest";
import type { Birth } from "#wire";
import { ledgerLimits } from "../../../controller/ingest/ledger/boot.ts";
import { createLedger } from "../../../controller/ingest/ledger/index.ts";
import { until } from "../../system/until.ts";
import { arrival, batch, boot, freshIngest } from "./room.ts";

const device = "ap-1";
const bootName = (n: number): string =>
  String(n)
    .replace(/\d/g, (d) => "abcdefghij"[Number(d)] ?? "")
    .padStart(20, "z");
const birthOf = (name: string, over: Partial<Birth> = {}): Birth => ({
  ...{ v: 1, online: true, boot: name, session: 1, at: 1, upMs: 1_000, clock: "synced", agent: "0", firmware: "demo" },
  hardware: { model: "demo", serial: "1" },
  intervalMs: 1_000,
  config: { revision: 0, hash: "", state: "applied" },
  ...{ seq: 0, total: 0, unfinished: [], spool: { batches: 0, points: 0, bytes: 0, held: [] } },
  ...over,
});
const held = (from: number, to: number, points: number) => ({
  spool: { batches: 1, points, bytes: 1, held: [{ boot, from, to, points, before: from - 1 }] },
});
const fresh = async (restores: { from: number; to: number }[] = [], limits = {}) => {
  const ledger = createLedger({ load: async () => ({ boots: new Map(), folded: null }), restores, limits });
  await ledger.load(device);
  return ledger;
};

describe("the ledger of a device that starts again and again", () => {
  it("does not grow with its boots, and its sums stay true", async () => {
    const most = 60;
    const ledger = await fresh([], { bootsPerDevice: most });
    const boots = most * 2;
    const [batches, lost] = [20, 7];
    for (let n = 0; n < boots; n++) {
      await ledger.stated(device, birthOf(bootName(n), { seq: batches, total: batches }), n);
      for (let seq = 1; seq <= batches; seq++) {
        if (seq % lost === 0) continue;
        ledger.settle(device, bootName(n), { seq, total: seq, stored: 1, quarantined: 0, madeAt: n }, n);
      }
      ledger.changed();
    }
    const missing = Math.floor(batches / lost) * boots;
    const told = await ledger.of(device);
    expect(told).toMatchObject({ made: batches * boots, missing, stored: batches * boots - missing });
    expect(told.losses).toEqual([{ why: "unknown", points: missing }]);
    expect(told.folded + told.boots.length).toBe(boots);
    expect(told.since).toBe(0);
    expect(ledger.tally.fleet()).toMatchObject({ made: batches * boots, missing });
    expect(ledger.tally.devicesMissing()).toBe(1);
    expect(JSON.stringify(told).length).toBeLessThan(100_000);
  });

  it("folds those with nothing missing first: what comes late still finds its gap", async () => {
    const ledger = await fresh();
    await ledger.stated(device, birthOf(boot, { seq: 2, total: 2, ...held(2, 2, 1) }), 0);
    ledger.settle(device, boot, { seq: 1, total: 1, stored: 1, quarantined: 0 }, 0);
    for (let n = 1; n <= ledgerLimits.bootsPerDevice + 20; n++) {
      await ledger.stated(device, birthOf(bootName(n)), n);
      ledger.changed();
    }
    expect(await ledger.of(device)).toMatchObject({ made: 2, stored: 1, missing: 1 });
    ledger.settle(device, boot, { seq: 2, total: 2, stored: 1, quarantined: 0 }, 999);
    expect(await ledger.of(device)).toMatchObject({ made: 2, stored: 2, missing: 0 });
    ledger.changed();
    expect(ledger.tally.fleet()).toMatchObject({ made: 2, stored: 2, missing: 0 });
    expect(ledger.tally.devicesMissing()).toBe(0);
  });

  it("has what a birth said on disk when what came after it is delivered: the device forgets it then", async () => {
    const { start, delivered, delivery } = await freshIngest();
    const ingest = start();
    const lost = [{ boot: bootName(1), lastSeq: 7, total: 70 }];
    ingest.stated(device, birthOf(boot, { unfinished: lost }));
    ingest.receive(arrival(batch(1)));
    await until(() => delivered.length === 1);
    const { boots } = await delivery.ledgerOf(device);
    expect(boots.get(bootName(1))?.stated).toMatchObject({ seq: 7, total: 70 });
  });

  it("says wiped when it comes back without what it held, and replaced when it is other hardware", async () => {
    const ledger = await fresh();
    await ledger.stated(device, birthOf(boot, { seq: 3, total: 3, ...held(2, 3, 2) }), 1);
    ledger.settle(device, boot, { seq: 1, total: 1, stored: 1, quarantined: 0 }, 1);
    expect(await ledger.of(device)).toMatchObject({ onDevice: 2, missing: 0 });
    await ledger.stated(device, birthOf(bootName(1)), 2);
    expect(await ledger.of(device)).toMatchObject({ onDevice: 0, missing: 2, losses: [{ why: "wiped", points: 2 }] });

    const other = await fresh();
    await other.stated(device, birthOf(boot, { seq: 3, total: 3, ...held(1, 3, 3) }), 1);
    await other.stated(device, birthOf(bootName(1), { hardware: { model: "demo", serial: "2" } }), 2);
    expect((await other.of(device)).losses).toEqual([{ why: "replaced", points: 3 }]);
  });

  it("keeps its fleet's sums while devices come, change and go", async () => {
    const ledger = await fresh();
    ledger.settle(device, boot, { seq: 1, total: 4, stored: 3, quarantined: 1 }, 1);
    ledger.changed();
    ledger.countOf("ap-2", {
      boots: new Map(),
      folded: { boots: 1, figures: { made: 5, missing: 5 }, firstAt: 1, lastLoss: null },
    });
    expect(ledger.tally.fleet()).toMatchObject({ made: 9, stored: 3, quarantined: 1, missing: 5 });
    ledger.countOf(device, { boots: new Map(), folded: null });
    expect(ledger.tally.missingOf("ap-2")).toBe(5);
    ledger.forget("ap-2");
    expect(ledger.tally.fleet()).toMatchObject({ made: 4, missing: 0 });
    expect(ledger.tally.devicesMissing()).toBe(0);
  });
});

it("folded sums, restores and the fleet's figures outlive the process", async () => {
  const { start, delivery, records, delivered } = await freshIngest();
  const first = start();
  const most = ledgerLimits.bootsPerDevice;
  for (let n = 0; n < most; n++) first.receive(arrival({ ...batch(1, 2), boot: bootName(n) }));
  await until(() => first.counts()["stored"] === 2 * most);
  first.stated("ap-1", birthOf(bootName(most)));
  first.receive(arrival({ ...batch(1, 2), boot: bootName(most) }));
  await until(() => delivered.length > most);
  const before = await first.deliveryOf("ap-1");
  await first.stop();
  expect(delivered.length).toBe(ledgerLimits.bootsPerDevice + 1);
  const rows = await records.db.selectFrom("boot_ledgers").select("boot").execute();
  expect(rows.length).toBeLessThanOrEqual(ledgerLimits.bootsPerDevice);
  expect(await records.db.selectFrom("folded_ledgers").select("device").execute()).toHaveLength(1);
  const second = start();
  expect(await second.deliveryOf("ap-1")).toMatchObject({ made: before.made, stored: before.stored });
  await until(() => second.fleet().figures["stored"] === before.stored);
  await delivery.forget("ap-1");
  expect(await records.db.selectFrom("folded_ledgers").select("device").execute()).toEqual([]);
});
