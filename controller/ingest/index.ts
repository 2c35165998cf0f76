import { type Birth, check, type Heartbeat, messages } from "#wire";
import { type Cancel, type Clock, sleep } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { createSerial } from "../base/serial.ts";
import type { Outcome, SeriesStore, StoredPoint } from "../store/series/index.ts";
import { createAcknowledge } from "./acknowledge.ts";
import { isUnreadable, type JudgedBatch, judge, type Unreadable } from "./judge.ts";
import { lateOf } from "./late.ts";
import { createLatest } from "./latest.ts";
import { createLedger } from "./ledger/index.ts";
import { createPatience } from "./patience.ts";
import { type Arrival, createQueue, type QueueLimits, queueLimits } from "./queue.ts";
import type { Commit, DeliveryRecords } from "./records.ts";

export type { BootDelivery, Delivery } from "./delivery.ts";
export type { Late } from "./late.ts";
export { createReception } from "./reception.ts";
export { createDeliveryRecords, type DeliveryRecords } from "./records.ts";

export const ingestLimits = {
  ...queueLimits,
  /** Messages of one group: one write, one commit, one round of `delivered`. */
  groupMessages: 1_000,
  /** Points of one write: what a series store takes. */
  groupPoints: 5_000,
  retryBaseMs: 250,
  retryMaxMs: 5_000,
  /** Changes to the records that wait for the one before them. */
  changesWaiting: 10_000,
  /** How far back newest values are looked up at a start. */
  latestWithinMs: 24 * 3_600_000,
};

export interface IngestNeeds {
  clock: Clock;
  log: Log;
  store: Pick<SeriesStore, "write" | "latest">;
  records: DeliveryRecords;
  rawRetentionMs: number;
  limits?: Partial<typeof ingestLimits>;
  isVia(of: string, sender: string, at: number): boolean;
  /** When the device was first here. */
  knownSince(device: string): number;
  /** Straight to the device; false when it can't be had now. */
  send(device: string, payload: string): boolean;
  /** Ends a session that speaks gibberish. */
  disconnect(device: string): void;
  /** Newest values of a device, after they are stored. */
  stored(device: string, points: StoredPoint[]): void;
}

/** message → schema → catalogue → store → ledger → `delivered`; what is refused goes to quarantine. */
export function createIngest(needs: IngestNeeds) {
  const { clock, log } = needs;
  const limits = { ...ingestLimits, ...needs.limits };
  const queue = createQueue(limits satisfies QueueLimits);
  const latest = createLatest();
  const ledger = createLedger({ load: (device) => needs.records.ledgersOf(device) });
  const patience = createPatience({ clock, log, baseMs: limits.retryBaseMs, maxMs: limits.retryMaxMs });
  const acknowledge = createAcknowledge({ clock, send: needs.send });
  const counts = {
    received: 0,
    stored: 0,
    duplicates: 0,
    quarantined: 0,
    forgotten: 0,
    unreadable: 0,
    cut: 0,
  };
  let running: Promise<void> | null = null;
  let warming: Promise<void> | null = null;
  let stopping = false;
  let wake: () => void = () => {};
  let statementsTimer: Cancel | null = null;
  let statementsWait = false;
  /** One commit at a time, from the change in memory on: else one could write half of what another has just settled. */
  const serial = createSerial(limits.changesWaiting);

  async function run(): Promise<void> {
    while (!stopping) {
      const arrivals = queue.take(limits.groupMessages);
      if (arrivals.length === 0) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      try {
        await group(arrivals);
      } catch (error) {
        // Nothing was acknowledged: the devices send it all again.
        counts.forgotten += arrivals.length;
        log.error("a group could not be handled", { error, messages: arrivals.length });
        await sleep(clock, limits.retryBaseMs);
      }
    }
  }

  /** Newest values from the store, as soon as it answers. */
  async function warm(): Promise<void> {
    const points = await patience.until(() => needs.store.latest(clock.now(), limits.latestWithinMs));
    for (const point of points ?? []) {
      latest.hasRoom(point);
      latest.note(point);
    }
  }

  async function group(arrivals: Arrival[]): Promise<void> {
    await Promise.all([...new Set(arrivals.map((a) => a.device))].map((device) => ledger.load(device)));
    const commit: Commit = { ledgers: [], evicted: [], quarantined: [], events: [], late: [] };
    const batches: JudgedBatch[] = [];
    for (const arrival of arrivals) {
      const judged = judgeArrival(arrival);
      if (isUnreadable(judged)) refuseUnreadable(arrival, judged, commit);
      else if (ledger.isFull(judged.device, judged.boot, judged.seq)) counts.forgotten++;
      else batches.push(judged);
    }
    const fresh = batches.filter((b) => !ledger.isSettled(b.device, b.boot, b.seq));
    const points = fresh.flatMap((batch) => batch.admitted.map(({ index, point }) => ({ batch, index, point })));
    for (let i = 0; i < points.length; i += limits.groupPoints) {
      const part = points.slice(i, i + limits.groupPoints);
      const outcomes = await patience.until(() => needs.store.write(part.map((p) => p.point)));
      if (!outcomes) return; // stopping: nothing was acknowledged
      for (const [at, { batch, index, point }] of part.entries()) refuseByStore(batch, index, point, outcomes[at]);
    }
    await serial(() => settleAll(batches, commit, new Set(fresh)));
  }

  async function settleAll(batches: JudgedBatch[], commit: Commit, fresh: ReadonlySet<JudgedBatch>): Promise<void> {
    const settled: JudgedBatch[] = [];
    for (const batch of batches) {
      // Its device was removed meanwhile.
      if (!ledger.isLoaded(batch.device)) continue;
      if (ledger.isFull(batch.device, batch.boot, batch.seq)) {
        counts.forgotten++;
        continue;
      }
      settle(batch, commit);
      settled.push(batch);
    }
    const { ledgers, evicted } = ledger.changed();
    const quarantined = commit.quarantined.filter((row) => ledger.isLoaded(row.device));
    const late = lateOf(
      settled.filter((batch) => fresh.has(batch)),
      needs.knownSince,
    );
    const all: Commit = { ...commit, quarantined, ledgers, evicted, late };
    const done = await patience.until(() => needs.records.commit(all).then(() => true));
    if (!done) return ledger.again(all);
    for (const batch of settled) acknowledge.delivered(batch.device, batch.boot, batch.seq);
    tellLatest(settled.filter((batch) => fresh.has(batch) && ledger.isLoaded(batch.device)));
  }

  const judgeArrival = (arrival: Arrival): JudgedBatch | Unreadable =>
    judge(arrival, {
      now: clock.now(),
      rawRetentionMs: needs.rawRetentionMs,
      isVia: needs.isVia,
      hasRoom: latest.hasRoom,
    });

  function refuseUnreadable(arrival: Arrival, { unreadable, raw }: Unreadable, commit: Commit): void {
    counts.unreadable++;
    log.warn("unreadable message, session ended", { device: arrival.device, problem: unreadable });
    const { device, receivedAt } = arrival;
    commit.quarantined.push({
      device,
      boot: null,
      seq: null,
      index: null,
      why: "unreadable",
      problem: unreadable,
      raw,
      points: 0,
      receivedAt,
    });
    needs.disconnect(arrival.device);
  }

  function refuseByStore(batch: JudgedBatch, index: number, point: StoredPoint, outcome: Outcome | undefined): void {
    if (outcome?.ok) return;
    batch.admitted = batch.admitted.filter((a) => a.index !== index);
    const problem = outcome?.why ?? "the store gave no outcome";
    batch.refused.push({ index, why: "store", problem, raw: JSON.stringify(point), points: 1 });
  }

  function settle(batch: JudgedBatch, commit: Commit): void {
    const { device, boot, seq, total, points, refused, event, receivedAt } = batch;
    const quarantined = refused.reduce((n, r) => n + r.points, 0);
    const again = ledger.isSettled(device, boot, seq);
    ledger.settle(device, boot, { seq, total, stored: points - quarantined, quarantined }, receivedAt);
    counts.received += points;
    if (again) {
      counts.duplicates += points;
      return;
    }
    counts.stored += points - quarantined;
    counts.quarantined += quarantined;
    counts.cut += batch.cut;
    for (const refusal of refused) commit.quarantined.push({ ...refusal, device, boot, seq, receivedAt });
    if (!event || quarantined > 0) return;
    commit.events.push({ device, event, receivedAt });
    if (event.kind === "spool-dropped") {
      const told = check(messages.spoolDropped, event.detail);
      if (told.ok) ledger.dropped(device, told.message.boot, told.message, receivedAt);
    } else if (event.kind === "tail-lost") {
      const told = check(messages.tailLost, event.detail);
      const { boot: lost, ...tail } = told.ok ? told.message : { boot: "" };
      if (told.ok) ledger.tailLost(device, lost, tail as { afterSeq: number; atMostMs: number }, receivedAt);
    }
  }

  function tellLatest(batches: JudgedBatch[]): void {
    const news = new Map<string, StoredPoint[]>();
    for (const { admitted } of batches) {
      for (const { point } of admitted) {
        if (!latest.note(point)) continue;
        const points = news.get(point.device) ?? [];
        points.push(point);
        news.set(point.device, points);
      }
    }
    for (const [device, points] of news) needs.stored(device, points);
  }

  return {
    start(): void {
      running = run();
      warming = warm();
    },
    async stop(): Promise<void> {
      stopping = true;
      statementsTimer?.();
      wake();
      patience.end();
      await running;
      await warming;
      acknowledge.stop();
      await writeStatements();
    },

    /** Takes a message or forgets it; never waits. */
    receive(arrival: Arrival): void {
      if (queue.push(arrival)) wake();
      else counts.forgotten++;
    },

    /** What a birth or heartbeat says of batches. Memory at once, disk within a second or with the next group. */
    stated(device: string, said: Birth | Heartbeat): void {
      ledger.stated(device, said, clock.now()).catch((error: unknown) => {
        // It says it again with the next heartbeat.
        log.error("a statement could not be taken", { device, error });
      });
      statementsTimer ??= clock.after(1_000, () => {
        statementsTimer = null;
        if (!statementsWait) void writeStatements();
      });
    },

    latestOf: latest.of,
    deliveryOf: ledger.of,
    /** A person removed the device: nothing of it stays but what the series store has. */
    forget(device: string): void {
      queue.forget(device);
      latest.forget(device);
      ledger.forget(device);
      serial(() => needs.records.forget(device)).catch((error: unknown) => {
        log.error("records of a removed device could not be deleted", { device, error });
      });
    },
    cannotStore: patience.away,
    counts: () => ({ ...counts, retries: patience.retries(), ...prefixed(queue.size()) }),
  };

  async function writeStatements(): Promise<void> {
    statementsWait = true;
    try {
      await serial(async () => {
        statementsWait = false;
        const rows = ledger.changed();
        if (rows.ledgers.length === 0 && rows.evicted.length === 0) return;
        await needs.records.commit({ ...rows, quarantined: [], events: [], late: [] }).catch((error: unknown) => {
          ledger.again(rows);
          throw error;
        });
      });
    } catch (error) {
      statementsWait = false;
      log.error("ledger could not be written", { error });
    }
  }
}

const prefixed = (size: { messages: number; bytes: number }) => ({
  queuedMessages: size.messages,
  queuedBytes: size.bytes,
});

export type Ingest = ReturnType<typeof createIngest>;
