import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../controller/base/clock.ts";
import { createLog } from "../../../controller/base/log.ts";
import { createDeliveryRecords, createIngest, type Ingest } from "../../../controller/ingest/index.ts";
import { ledgerLimits } from "../../../controller/ingest/ledger/boot.ts";
import { rowBytes } from "../../../controller/ingest/records.ts";
import { openRecords, type Records } from "../../../controller/store/records/index.ts";
import { type Outcome, StoreAway, type StoredPoint } from "../../../controller/store/series/index.ts";
import { until } from "../../system/until.ts";

const log = createLog({ level: "silent" });
const boot = "abcdefghijklmnopqrst";

const config = { revision: 0, hash: "", state: "applied" } as const;
const spool = { batches: 0, points: 0, bytes: 0, held: [] };
/** A heartbeat. */
const statement = (seq: number, total = seq * 2) => ({
  v: 1 as const,
  boot,
  session: 1,
  at: 1,
  seq,
  total,
  config,
  spool,
});
const birth = {
  ...statement(1),
  online: true as const,
  upMs: 1,
  clock: "synced" as const,
  agent: "0",
  hardware: { model: "demo", serial: "1" },
  firmware: "demo",
  intervalMs: 1_000,
  unfinished: [],
};
const bootName = (n: number): string =>
  String(n)
    .replace(/\d/g, (d) => "abcdefghij"[Number(d)] ?? "")
    .padStart(20, "z");

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
        // Written over by itself.
        if (!points.includes(point)) points.push(point);
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
      marks: { due: () => [] },
      records: createDeliveryRecords(records.db),
      rawRetentionMs: 14 * 86_400_000,
      limits: { retryBaseMs: 5, retryMaxMs: 20, ...limits },
      isVia: () => false,
      knownSince: () => 0,
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
    const quarantineBytesPerDevice = 4 * (50 + 1 + rowBytes);
    const most = { quarantineBytesPerDevice, eventsPerDevice: 2, eventBytesPerDevice: 2 * rowBytes + 100 };
    const few = createDeliveryRecords(records.db, most);
    await few.commit({
      ledgers: [],
      evicted: [],
      folded: [],
      events: [],
      late: [],
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
    const event = (seq: number, detail: Record<string, unknown> = {}) => ({
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
        detail,
      },
    });
    const keep = async (...events: ReturnType<typeof event>[]) => {
      await few.commit({ ledgers: [], evicted: [], folded: [], quarantined: [], late: [], events });
      return (await few.events("ap-1", { limit: 10 })).map((e) => e.seq);
    };
    expect(await keep(event(1), event(2), event(3), event(3))).toEqual([3, 2]);
    expect(await keep(event(4, { long: "x".repeat(120) }))).toEqual([4]);
  });

  it("counts refused points by bytes, with what a row costs, also after a restart", async () => {
    await ingest.stop();
    const most = { quarantineBytesPerDevice: 3 * (2 + rowBytes) + 1, eventsPerDevice: 2, eventBytesPerDevice: 1 };
    const row = { device: "ap-1", boot, seq: 1, index: 0, why: "x", problem: "", points: 1, receivedAt: 1 };
    // Two bytes in UTF-8, one letter.
    const quarantined = Array.from({ length: 2 }, () => ({ ...row, raw: "é" }));
    const commit = { ledgers: [], evicted: [], folded: [], events: [], late: [], quarantined };
    await createDeliveryRecords(records.db, most).commit(commit);
    const restarted = createDeliveryRecords(records.db, most);
    await restarted.commit(commit);
    expect(await restarted.quarantined("ap-1", 100)).toHaveLength(3);
  });

  it("one device's nesting without end takes nobody else with it", async () => {
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const said = (over: string) => JSON.stringify({ ...batch(1), points: ["HERE"] }).replace('"HERE"', over);
    give(said(deep), "ap-2");
    const event = { ...batch(2), points: undefined, kind: "demo", severity: "info", detail: { a: "HERE" } };
    give(JSON.stringify(event).replace('"HERE"', deep), "ap-2", "event");
    give(batch(1));
    await until(() => delivered().length > 0);
    expect(delivered()).toEqual([["ap-1", 1, 1]]);
    expect(closed).toEqual(["ap-2", "ap-2"]);
    expect(ingest.counts()).toMatchObject({ unreadable: 2, forgotten: 0, retries: 0 });
  });

  it("keeps nothing of a device that was removed, whatever of it was on its way", async () => {
    give(batch(1, 2, { points: [{ m: "nonsense", at: 1, f: { x: 1 } }], total: 1 }));
    give({ ...batch(2), points: undefined, kind: "demo", severity: "info", detail: {} }, "ap-1", "event");
    await until(() => delivered().length > 0);
    let release = () => {};
    const write = store.write;
    store.write = async (points) => {
      await new Promise<void>((done) => (release = done));
      return write(points);
    };
    give(batch(3));
    give(batch(1), "ap-2");
    await until(() => ingest.counts().queuedMessages === 0 && store.writes === 0);
    give(batch(4));
    ingest.stated("ap-1", statement(4));
    ingest.forget("ap-1");
    store.write = write;
    release();
    await until(() => delivered().some(([device]) => device === "ap-2"));
    await ingest.stop();
    expect(delivered().filter(([device]) => device === "ap-1")).toHaveLength(1);
    expect(ingest.counts()).toMatchObject({ forgotten: 0, queuedBytes: 0 });
    for (const table of ["boot_ledgers", "quarantine", "device_events"] as const) {
      const rows = await records.db.selectFrom(table).select("device").execute();
      expect(rows.filter(({ device }) => device === "ap-1")).toEqual([]);
    }
    const kept = await records.db.selectFrom("boot_ledgers").select("device").execute();
    expect(kept).toEqual([{ device: "ap-2" }]);
  });

  it("bounds the boots of a device: the oldest that is over makes room, on disk too", async () => {
    const names = Array.from({ length: ledgerLimits.bootsPerDevice + 1 }, (_, i) => bootName(i));
    for (const name of names.slice(0, -1)) give(batch(1, 1, { boot: name }));
    await until(() => delivered().length >= ledgerLimits.bootsPerDevice);
    const last = batch(1, 1, { boot: names.at(-1) });
    give(last);
    await until(() => ingest.counts().forgotten === 1);
    ingest.stated("ap-1", { ...birth, boot: names[1] as string });
    give(last);
    await until(() => delivered().length === names.length);
    await ingest.stop();
    const rows = await records.db.selectFrom("boot_ledgers").select("boot").execute();
    expect(rows).toHaveLength(ledgerLimits.bootsPerDevice);
    expect(rows.map((row) => row.boot)).not.toContain(names[0]);
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
    ingest.stated("ap-1", statement(5, 15));
    await until(async () => (await ingest.deliveryOf("ap-1")).dropped === 12);
    expect(await ingest.deliveryOf("ap-1")).toMatchObject({ made: 15, stored: 3, dropped: 12, missing: 0 });
  });
});
