import { systemClock } from "../../../controller/base/clock.ts";
import {
  createDeliveryRecords,
  createIngest,
  type DeliveryRecords,
  type Ingest,
  type ingestLimits,
} from "../../../controller/ingest/index.ts";
import { type Outcome, StoreAway, type StoredPoint } from "../../../controller/store/series/index.ts";
import { later } from "../../undo.ts";
import { freshRecords, quiet } from "../records/fresh.ts";

export const boot = "abcdefghijklmnopqrst";

/** A series store whose writes a test holds, refuses or lets fail; a point is kept once, however often it is written. */
export function createStandIn() {
  const points = new Map<string, StoredPoint>();
  let held: (() => void)[] = [];
  const store = {
    points,
    holding: false,
    writing: 0,
    mostWriting: 0,
    writes: 0,
    /** Throws what the write is to fail with. */
    before: (_points: readonly StoredPoint[]): void => {},
    async write(some: readonly StoredPoint[]): Promise<Outcome[]> {
      store.writes++;
      store.writing++;
      store.mostWriting = Math.max(store.mostWriting, store.writing);
      try {
        if (store.holding) await new Promise<void>((done) => held.push(done));
        store.before(some);
        for (const point of some) points.set(`${point.device} ${point.m} ${point.at}`, point);
        return some.map(() => ({ ok: true }));
      } finally {
        store.writing--;
      }
    },
    /** The oldest write that is held goes on; the next is held again. */
    release(): void {
      held.shift()?.();
    },
    open(): void {
      store.holding = false;
      for (const go of held) go();
      held = [];
    },
    latest: async () => [],
  };
  return store;
}
export const away = (): never => {
  throw new StoreAway("told to be");
};

/** Real records under an ingest; `again` is the next process on the same disk. */
export async function freshIngest(limits: Partial<typeof ingestLimits> = {}) {
  const { records, end } = await freshRecords();
  later(end);
  const store = createStandIn();
  const delivered: [device: string, from: number, to: number][] = [];
  const delivery = createDeliveryRecords(records.db);

  function start(over: Partial<DeliveryRecords> = {}): Ingest {
    const ingest = createIngest({
      clock: systemClock,
      log: quiet,
      store,
      marks: { due: () => [] },
      records: { ...delivery, ...over },
      rawRetentionMs: 14 * 86_400_000,
      limits: { retryBaseMs: 2, retryMaxMs: 4, ...limits },
      isVia: () => false,
      knownSince: () => 0,
      send(device, payload) {
        for (const { from, to } of (JSON.parse(payload) as { ranges: { from: number; to: number }[] }).ranges)
          delivered.push([device, from, to]);
        return true;
      },
      disconnect: () => {},
      stored: () => {},
    });
    ingest.start();
    later(() => ingest.stop());
    return ingest;
  }
  return { records, delivery, store, delivered, start };
}

/** A batch of points that no other sequence has. */
export function batch(seq: number, points = 2) {
  const at = Date.now();
  const made = Array.from({ length: points }, (_, i) => ({ m: "system", at: at - seq * 100 - i, f: { load1: i } }));
  const head = { v: 1, boot, session: 1, seq, at, upMs: seq, clock: "synced", total: seq * points };
  return { ...head, points: made };
}
export const arrival = (message: object, device = "ap-1") => ({
  device,
  suffix: "telemetry" as const,
  payload: Buffer.from(JSON.stringify(message)),
  receivedAt: Date.now(),
});
