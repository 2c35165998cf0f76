import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, it } from "vitest";
import { systemClock } from "../../controller/base/clock.ts";
import { createDeliveryRecords, createIngest } from "../../controller/ingest/index.ts";
import { createEmbeddedSeries } from "../../controller/store/series/index.ts";
import { arrival, batch } from "../controller/ingest/room.ts";
import { freshRecords, quiet } from "../controller/records/fresh.ts";
import { later, undo } from "../undo.ts";
import { retention, until } from "./backends.ts";

afterEach(undo);
const run = promisify(execFile);
const workerUrl = new URL("../../dist/series-worker.js", import.meta.url);

/** A disk of 4 MiB, or undefined where this process may not mount one. */
async function smallDisk(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "lamplighter-disk-"));
  later(() => rm(folder, { recursive: true, force: true }));
  try {
    await run("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", folder]);
  } catch {
    return undefined;
  }
  later(() => run("umount", ["-l", folder]));
  return folder;
}

it("says nothing is stored while the disk is full, and stores everything once when there is room", async (context) => {
  const disk = await smallDisk();
  if (!disk) return context.skip();
  const { records, end } = await freshRecords();
  later(end);
  const file = join(disk, "series.db");
  const store = createEmbeddedSeries({ workerUrl, file, clock: systemClock, log: quiet, retention });
  await store.start();
  later(() => store.stop());
  const delivered = new Map<string, Set<number>>();
  const ingest = createIngest({
    clock: systemClock,
    log: quiet,
    store,
    marks: { due: () => [] },
    records: createDeliveryRecords(records.db),
    rawRetentionMs: retention.rawMs,
    limits: { retryBaseMs: 5, retryMaxMs: 20 },
    isVia: () => false,
    knownSince: () => 0,
    send(device, payload) {
      const seen = delivered.get(device) ?? new Set<number>();
      for (const { from, to } of (JSON.parse(payload) as { ranges: { from: number; to: number }[] }).ranges)
        for (let seq = from; seq <= to; seq++) seen.add(seq);
      delivered.set(device, seen);
      return true;
    },
    disconnect: () => {},
    stored: () => {},
  });
  ingest.start();
  later(() => ingest.stop());
  const devices = ["ap-1", "ap-2"];
  const beganAt = Date.now();
  const send = (seq: number): void => {
    const points = Array.from({ length: 50 }, (_, i) => ({
      m: "system",
      at: beganAt - seq * 100 - i,
      f: { load1: i },
    }));
    for (const device of devices) ingest.receive(arrival({ ...batch(seq, 50), points }, device));
  };
  const told = (seq: number): boolean => devices.every((device) => delivered.get(device)?.has(seq));

  send(1);
  await until(() => told(1), "the first batch is delivered");
  // Down to the last byte, and back in one stroke.
  const ballast = join(disk, "ballast");
  await writeFile(ballast, Buffer.alloc(8 * 1024 * 1024)).catch(() => {});
  let seq = 1;
  // What SQLite has set aside in its log may still take some.
  while (ingest.cannotStore() === null) {
    send(++seq);
    const sent = seq;
    await until(() => told(sent) || ingest.cannotStore() !== null, "delivered, or cannot store");
  }
  const held = seq;
  expect(ingest.cannotStore()).toMatchObject({ why: expect.stringMatching(/full/) });
  send(++seq);
  await until(() => ingest.counts().retries > 5, "it goes on trying");
  expect(told(held)).toBe(false);
  expect(told(seq)).toBe(false);
  expect(store.state()).toMatchObject({ ready: false });
  // Nobody who only asks is refused.
  expect(await store.count("ap-1", 0, Date.now() + 60_000)).toBe(50 * (held - 1));

  await rm(ballast);
  await until(() => told(held) && told(seq), "all is delivered");
  expect(ingest.cannotStore()).toBeNull();
  for (const device of devices) {
    expect(await store.count(device, 0, Date.now() + 60_000)).toBe(50 * seq);
    expect(await ingest.deliveryOf(device)).toMatchObject({ stored: 50 * seq, missing: 0, duplicates: 0 });
  }
});
