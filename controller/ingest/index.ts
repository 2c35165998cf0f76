import type { Birth, Heartbeat } from "#wire";
import { type Cancel, type Clock, sleep } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { createSerial } from "../base/serial.ts";
import type { RollupMarks } from "../rollup/index.ts";
import type { Outcome, SeriesStore, StoredPoint } from "../store/series/index.ts";
import { createAcknowledge } from "./acknowledge.ts";
import { createGathering, type Group, groupLimits } from "./group.ts";
import { type JudgedBatch, judge } from "./judge.ts";
import { createLatest } from "./latest.ts";
import { createLedger } from "./ledger/index.ts";
import { createPatience } from "./patience.ts";
import { type Arrival, createQueue, type QueueLimits, queueLimits } from "./queue.ts";
import type { DeliveryRecords } from "./records.ts";
import { createSettling } from "./settle.ts";
import { createWriting } from "./write.ts";

export type { BootDelivery, Delivery, Restored } from "./delivery.ts";
export type { Late } from "./late.ts";
export { createReception } from "./reception.ts";
export { createDeliveryRecords, type DeliveryRecords, noteRestored, readRestores } from "./records.ts";

export const ingestLimits = {
  ...queueLimits,
  ...groupLimits,
  /** Groups that are being written at once: while one waits for the store, the next is judged. */
  groupsAtOnce: 4,
  /** Between two groups that are not full: each costs two commits to a disk. */
  gatherMs: 20,
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
  /** Hours in which something was stored: their roll-ups are due. */
  marks: Pick<RollupMarks, "due">;
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
  const ledger = createLedger({ load: needs.records.ledgerOf, restores: needs.records.restores() });
  const patience = createPatience({ clock, log, baseMs: limits.retryBaseMs, maxMs: limits.retryMaxMs });
  const acknowledge = createAcknowledge({ clock, send: needs.send });
  const counts = { forgotten: 0, unreadable: 0 };
  const forgotten = (messages: number): void => {
    counts.forgotten += messages;
  };
  const serial = createSerial(limits.changesWaiting);
  const write = createWriting({ store: needs.store, patience });
  const settling = createSettling({ ...needs, ledger, latest, patience, acknowledge, forgotten });
  const gather = createGathering({
    queue,
    ledger,
    limits,
    judge: (arrival) =>
      judge(arrival, {
        now: clock.now(),
        rawRetentionMs: needs.rawRetentionMs,
        isVia: needs.isVia,
        hasRoom: latest.hasRoom,
      }),
    unreadable({ device }, problem) {
      counts.unreadable++;
      log.warn("unreadable message, session ended", { device, problem });
      needs.disconnect(device);
      // The rest of that session: read later, it would end the next one, too. What was worth it comes again.
      forgotten(queue.forget(device));
    },
    forgotten,
  });
  const underWay = new Set<Promise<void>>();
  const written: Group[] = [];
  let running: Promise<void> | null = null;
  let warming: Promise<void> | null = null;
  let counting: Promise<void> | null = null;
  let stopping = false;
  let wake: () => void = () => {};
  let statementsTimer: Cancel | null = null;
  let statementsWait = false;

  /** Nothing of what fails here was acknowledged: the devices send it again. */
  const failed = (error: unknown): Promise<void> => {
    log.error("a group could not be handled", { error });
    return sleep(clock, limits.retryBaseMs);
  };

  async function run(): Promise<void> {
    let next = Number.NEGATIVE_INFINITY;
    while (!stopping) {
      if (queue.isEmpty() || underWay.size >= limits.groupsAtOnce) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      const early = next - clock.monotonic();
      if (early > 0 && queue.size().messages < limits.groupMessages) await sleep(clock, early);
      next = clock.monotonic() + limits.gatherMs;
      const group = await gather().catch(failed);
      if (!group) continue;
      const handling = handle(group)
        .catch((error: unknown) => {
          forgotten(group.batches.length);
          return failed(error);
        })
        .finally(() => {
          underWay.delete(handling);
          wake();
        });
      underWay.add(handling);
    }
    await Promise.all(underWay);
  }

  async function handle(group: Group): Promise<void> {
    const points = group.fresh.flatMap((batch) => batch.admitted.map(({ index, point }) => ({ batch, index, point })));
    for (let i = 0; i < points.length; i += limits.groupPoints) {
      const part = points.slice(i, i + limits.groupPoints);
      const outcomes = await write(part.map((p) => p.point));
      if (!outcomes) return; // stopping: nothing was acknowledged
      for (const [at, { batch, index }] of part.entries()) refuse(batch, index, outcomes[at]);
    }
    written.push(group);
    // Whatever was written while the commit before was under way shares the next one.
    await serial(async () => {
      const groups = written.splice(0);
      if (groups.length > 0) await settling.settle(groups);
    });
  }

  /** Newest values from the store, as soon as it answers. */
  async function warm(): Promise<void> {
    const points = await patience.until(() => needs.store.latest(clock.now(), limits.latestWithinMs));
    for (const point of points ?? []) {
      latest.hasRoom(point);
      latest.note(point);
    }
  }

  /** The sums of devices that have not been heard since the start. */
  async function countAll(): Promise<void> {
    for await (const { device, own } of needs.records.allLedgers()) {
      if (stopping) return;
      ledger.countOf(device, own);
    }
  }

  return {
    start(): void {
      running = run();
      warming = warm();
      counting = countAll().catch((error: unknown) => log.error("the ledgers could not be counted", { error }));
    },
    async stop(): Promise<void> {
      stopping = true;
      statementsTimer?.();
      wake();
      patience.end();
      await running;
      await warming;
      await counting;
      acknowledge.stop();
      await writeStatements();
    },

    /** Takes a message or forgets it; never waits. */
    receive(arrival: Arrival): void {
      if (queue.push(arrival)) wake();
      else forgotten(1);
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
    /** Points that a device misses, without asking the disk. */
    missingOf: ledger.tally.missingOf,
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
    counts: () => ({ ...settling.counts(), ...counts, retries: patience.retries(), ...prefixed(queue.size()) }),
    /** How far behind it is: the worst since the last call, and how much of the queue's room is taken. */
    takeLag: () => ({ lagMs: settling.takeWorstLagMs(), queueShare: queue.size().bytes / limits.bytes }),
    /** Refused points since the start, by why. */
    refusals: settling.refusals,
    /** Where the points of the whole fleet are, by the ledger. */
    fleet: () => ({ figures: ledger.tally.fleet(), devicesMissing: ledger.tally.devicesMissing() }),
  };

  async function writeStatements(): Promise<void> {
    statementsWait = true;
    try {
      for (let left = true; left; ) {
        left = await serial(async () => {
          statementsWait = false;
          const rows = ledger.changed();
          if (rows.ledgers.length === 0 && rows.evicted.length === 0) return false;
          await needs.records.commit({ ...rows, quarantined: [], events: [], late: [] }).catch((error: unknown) => {
            ledger.again(rows);
            throw error;
          });
          // Of many at once it takes some at a time; whoever waits for a commit goes in between.
          return true;
        });
      }
    } catch (error) {
      statementsWait = false;
      log.error("ledger could not be written", { error });
    }
  }
}

function refuse(batch: JudgedBatch, index: number, outcome: Outcome | undefined): void {
  if (outcome?.ok) return;
  const refused = batch.admitted.find((one) => one.index === index);
  if (!refused) return;
  batch.admitted = batch.admitted.filter((one) => one !== refused);
  const problem = outcome?.why ?? "the store gave no outcome";
  batch.refused.push({ index, why: "store", problem, raw: JSON.stringify(refused.point), points: 1 });
}

const prefixed = (size: { messages: number; bytes: number }) => ({
  queuedMessages: size.messages,
  queuedBytes: size.bytes,
});

export type Ingest = ReturnType<typeof createIngest>;
