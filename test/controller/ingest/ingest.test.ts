import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../controller/base/clock.ts";
import { createLog } from "../../../controller/base/log.ts";
import { createDeliveryRecords, createIngest, type Ingest } from "../../../controller/ingest/index.ts";
import { openRecords, type Records } from "../../../controller/store/records/index.ts";
import { type Outcome, StoreAway, type StoredPoint } from "../../../controller/store/series/index.ts";
import { until } from "../../system/until.ts";

const log = createLog({ level: "silent" });
const boot = "abcdefghijklmnopqrst";

/** A series store that can be away, and refuses what is told to; what it has is what a test asks. */
function createStore() {
  const points: StoredPoint[] = [];
  const store = {
    points,
    away: false,
    refuse: (_point: StoredPoint): string | null => null,
    writes: 0,
    async write(some: readonly StoredPoint[]): Promise<Outcome[]> {
      store.writes++;
      if (store.away) throw new StoreAway("told to be");
      return some.map((point) => {
        const why = store.refuse(point);
        if (why) return { ok: false, why };
        points.push(point);
        return { ok: true };
      });
    },
    latest: async () => [],
  };
  return store;
}

describe("ingest", () => {
  let folder: string;
  let records: Records;
  let store: ReturnType<typeof createStore>;
  let ingest: Ingest;
  let sent: { device: string; ranges: { boot: string; from: number; to: number }[] }[];
  let closed: string[];
  const start = (limits = {}) => {
    ingest = createIngest({
      clock: systemClock,
      log,
      store,
      records: createDeliveryRecords(records.db),
      rawRetentionMs: 14 * 86_400_000,
      limits: { retryBaseMs: 5, retryMaxMs: 20, ...limits },
      isVia: () => false,
      send(device, payload) {
        sent.push({ device, ...JSON.parse(payload) });
        return true;
      },
      disconnect: (device) => closed.push(device),
      stored: () => {},
    });
    ingest.start();
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lamplighter-ingest-"));
    records = await openRecords({ file: join(folder, "records.db"), log, clock: systemClock });
    store = createStore();
    sent = [];
    closed = [];
    start();
  });
  afterEach(async () => {
    await ingest.stop();
    await records.close();
    rmSync(folder, { recursive: true });
  });

  const batch = (seq: number, points = 2, over: object = {}) => {
    const at = Date.now();
    return {
      v: 1,
      boot,
      session: 1,
      seq,
      at,
      upMs: 1,
      clock: "synced",
      total: seq * points,
      points: Array.from({ length: points }, (_, i) => ({ m: "system", at: at - i, f: { load1: i } })),
      ...over,
    };
  };
  const give = (message: object | string, device = "ap-1", suffix: "telemetry" | "event" = "telemetry") =>
    ingest.receive({
      device,
      suffix,
      payload: Buffer.from(typeof message === "string" ? message : JSON.stringify(message)),
      receivedAt: Date.now(),
    });
  const delivered = () => sent.flatMap((s) => s.ranges.map((r) => [s.device, r.from, r.to]));

  it("says delivered after store and ledger, once for what came together", async () => {
    for (let seq = 1; seq <= 5; seq++) give(batch(seq));
    await until(() => delivered().length > 0);
    expect(delivered()).toEqual([["ap-1", 1, 5]]);
    expect(store.points).toHaveLength(10);
    expect(await ingest.deliveryOf("ap-1")).toMatchObject({ made: 10, stored: 10, missing: 0, duplicates: 0 });
  });

  it("a duplicate earns its delivered and is not stored again", async () => {
    give(batch(1));
    await until(() => delivered().length === 1);
    give(batch(1));
    await until(() => delivered().length === 2);
    expect(store.points).toHaveLength(2);
    expect(await ingest.deliveryOf("ap-1")).toMatchObject({ made: 2, stored: 2, duplicates: 2, received: 4 });
  });

  it("says nothing while the store is away, then everything, and accuses nobody", async () => {
    store.away = true;
    give(batch(1));
    await until(() => ingest.cannotStore() !== null);
    give(batch(2));
    expect(sent).toEqual([]);
    store.away = false;
    await until(() => ingest.cannotStore() === null && delivered().some(([, , to]) => to === 2));
    expect(store.points).toHaveLength(4);
  });

  it("forgets and counts what finds the queue full, so that the device sends it again", async () => {
    await ingest.stop();
    start({ messages: 2 });
    store.away = true;
    give(batch(1));
    await until(() => ingest.counts().retries > 0);
    for (let seq = 2; seq <= 6; seq++) give(batch(seq));
    expect(ingest.counts()).toMatchObject({ forgotten: 3, queuedMessages: 2 });
    store.away = false;
    for (let seq = 2; seq <= 6; seq++) {
      await until(async () => {
        give(batch(seq));
        return (await ingest.deliveryOf("ap-1")).stored >= seq * 2;
      });
    }
    expect(await ingest.deliveryOf("ap-1")).toMatchObject({ stored: 12, missing: 0 });
  });

  it("quarantines what is refused with the reason, durable before delivered, and the neighbours are stored", async () => {
    store.refuse = (point) => (point.fields["load1"] === 1 ? "field type conflict" : null);
    give(batch(1, 3));
    give(batch(2, 1, { total: 4, points: [{ m: "nonsense", at: 1, f: { x: 1 } }] }));
    await until(() => delivered().length > 0);
    const kept = await createDeliveryRecords(records.db).quarantined("ap-1", 10);
    expect(kept.map((row) => [row.seq, row.why])).toEqual([
      [2, "unknown-measurement"],
      [1, "store"],
    ]);
    expect(await ingest.deliveryOf("ap-1")).toMatchObject({ made: 4, stored: 2, quarantined: 2, missing: 0 });
  });

  it("keeps no more than its share of refused points, and still counts them", async () => {
    await ingest.stop();
    const few = createDeliveryRecords(records.db, { quarantineBytesPerDevice: 200, eventsPerDevice: 2 });
    await few.commit({
      ledgers: [],
      events: [],
      quarantined: Array.from({ length: 9 }, (_, i) => ({
        device: "ap-1",
        boot,
        seq: i,
        index: 0,
        why: "x",
        problem: "y",
        raw: "z".repeat(50),
        points: 1,
        receivedAt: 1,
      })),
    });
    expect(await few.quarantined("ap-1", 100)).toHaveLength(4);
    const event = (seq: number) => ({
      device: "ap-1",
      receivedAt: seq,
      event: {
        v: 1 as const,
        boot,
        session: 1,
        seq,
        at: 1,
        upMs: 1,
        clock: "synced" as const,
        total: 1,
        kind: "k",
        severity: "info" as const,
        detail: {},
      },
    });
    await few.commit({ ledgers: [], quarantined: [], events: [1, 2, 3, 3].map(event) });
    expect((await few.events("ap-1", { limit: 10 })).map((e) => e.seq)).toEqual([3, 2]);
  });

  it("ends the session of who can't be understood, and keeps what it said", async () => {
    give("{not json");
    await until(() => closed.length === 1);
    const kept = await until(
      () => createDeliveryRecords(records.db).quarantined("ap-1", 10),
      (rows) => rows.length === 1,
    );
    expect(kept[0]).toMatchObject({ why: "unreadable", raw: "{not json", seq: null });
    expect(sent).toEqual([]);
  });

  it("goes on from what it knew after a restart", async () => {
    give(batch(1));
    await until(() => delivered().length === 1);
    await ingest.stop();
    start();
    give(batch(1));
    give(batch(2));
    await until(async () => (await ingest.deliveryOf("ap-1")).stored === 4);
    expect(await ingest.deliveryOf("ap-1")).toMatchObject({ duplicates: 2, missing: 0 });
  });

  it("lists what the device dropped, by its own word", async () => {
    give(batch(4, 2, { total: 14 }));
    give(
      {
        ...batch(5),
        points: undefined,
        total: 15,
        kind: "spool-dropped",
        severity: "warning",
        detail: { boot, from: 1, points: [4, 4, 4], before: 0, why: "full" },
      },
      "ap-1",
      "event",
    );
    ingest.stated("ap-1", {
      v: 1,
      boot,
      session: 1,
      at: 1,
      seq: 5,
      total: 15,
      config: { revision: 0, hash: "", state: "applied" },
      spool: { batches: 0, points: 0, bytes: 0, held: [] },
    });
    await until(async () => (await ingest.deliveryOf("ap-1")).dropped === 12);
    expect(await ingest.deliveryOf("ap-1")).toMatchObject({ made: 15, stored: 3, dropped: 12, missing: 0 });
  });
});
