import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { systemClock } from "../../../controller/base/clock.ts";
import { createLog } from "../../../controller/base/log.ts";
import { createDeliveryRecords, createIngest } from "../../../controller/ingest/index.ts";
import { openRecords } from "../../../controller/store/records/index.ts";
import type { StoredPoint } from "../../../controller/store/series/index.ts";
import { until } from "../../system/until.ts";
import { later } from "../../undo.ts";

const log = createLog({ level: "silent" });
const [old, current] = ["a".repeat(20), "b".repeat(20)];

it("5-minute values that stand for batches are stored, and what they replace is listed as thinned", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lamplighter-thinned-"));
  later(async () => rmSync(folder, { recursive: true }));
  const records = await openRecords({ file: join(folder, "records.db"), log, clock: systemClock });
  later(() => records.close());
  const stored: StoredPoint[] = [];
  const ingest = createIngest({
    clock: systemClock,
    log,
    store: {
      async write(points: readonly StoredPoint[]) {
        stored.push(...points);
        return points.map(() => ({ ok: true as const }));
      },
      latest: async () => [],
    },
    marks: { due: () => [] },
    records: createDeliveryRecords(records.db),
    rawRetentionMs: 14 * 86_400_000,
    isVia: () => false,
    knownSince: () => 0,
    send: () => true,
    disconnect: () => {},
    stored: () => {},
  });
  ingest.start();
  later(() => ingest.stop());

  const at = Date.now();
  const head = { v: 1, boot: current, session: 1, at, upMs: 1, clock: "synced" };
  const give = (suffix: "telemetry" | "event", message: object): void =>
    ingest.receive({
      device: "ap-1",
      suffix,
      payload: Buffer.from(JSON.stringify({ ...head, ...message })),
      receivedAt: at,
    });
  const config = { revision: 0, hash: "", state: "applied" as const };
  const spool = { batches: 0, points: 0, bytes: 0, held: [] };
  ingest.stated("ap-1", {
    ...{ v: 1, online: true, boot: current, session: 1, at, upMs: 1, clock: "synced", agent: "0", firmware: "demo" },
    ...{ hardware: { model: "demo", serial: "1" }, intervalMs: 1_000, config, spool, seq: 2, total: 3 },
    unfinished: [{ boot: old, lastSeq: 40, total: 120 }],
  });
  const detail = { boot: old, from: 1, points: Array.from({ length: 40 }, () => 3), before: 0, why: "thinned" };
  give("event", { seq: 1, total: 1, kind: "spool-dropped", severity: "warning", detail });
  const points = [0, 300_000].map((ms) => ({ m: "system", at: at - 3_600_000 + ms, f: { load1: 1 } }));
  give("telemetry", { seq: 2, total: 3, replaces: [{ boot: old, from: 1, to: 40 }], points });

  await until(async () => (await ingest.deliveryOf("ap-1")).dropped === 120);
  const delivery = await ingest.deliveryOf("ap-1");
  expect(delivery).toMatchObject({ made: 123, stored: 3, dropped: 120, onDevice: 0, missing: 0 });
  expect(stored.map((point) => point.at)).toEqual(points.map((point) => point.at));
});
