import type { Cancel, Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import {
  hourOf,
  type ImportedBucket,
  type Level,
  type SeriesStore,
  StoreAway,
  seriesLimits,
} from "../../store/series/index.ts";
import type { Sampled } from "../host/index.ts";
import { bucketsOf } from "./buckets.ts";

const dayMs = 86_400_000;

export const weeksLimits = {
  days: 35,
  /** From one look to the next, whether it may begin. */
  lookMs: 1_000,
  /** It begins then, whatever the devices still do. */
  patienceMs: 60_000,
  /** Of the time that a day of a device takes, so much again is left to others. */
  restShare: 0.6,
  retryMs: 5_000,
} as const;

/** What is still to be written: from the newest to the oldest. */
export interface Stretch {
  from: number;
  /** What lies before it is missing yet; `from`: nothing is. */
  until: number;
}

/** The weeks before the raw hours, which begin at `rawFrom` (the start of an hour). */
export const wholeStretch = (rawFrom: number): Stretch => ({
  from: hourOf(rawFrom) - weeksLimits.days * dayMs,
  until: hourOf(rawFrom),
});

export type Weeks = ReturnType<typeof createWeeks>;

/** Writes the weeks before a first start into the store's roll-ups, a day of a device at a time, the newest days first.
 *  @param needs.sample null: it will not answer any more */
export function createWeeks(needs: {
  clock: Clock;
  log: Log;
  store: Pick<SeriesStore, "importRollups">;
  stretch: Stretch;
  intervalMs: number;
  devices: readonly { key: string; id: string }[];
  sample(key: string, from: number, to: number): Promise<Sampled[] | null>;
  /** Nothing more urgent is under way. */
  ready(): boolean;
  /** A day is written, of all devices. */
  written(stretch: Stretch): void;
}) {
  const { clock, log, devices, stretch } = needs;
  const { from } = stretch;
  let { until } = stretch;
  let devicesDone = 0;
  let stopping = false;
  let running: Promise<void> = Promise.resolve();
  let wake: () => void = () => {};

  /** Ends early when all is to stop. */
  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (stopping) return resolve();
      let cancel: Cancel = () => {};
      wake = () => {
        cancel();
        resolve();
      };
      cancel = clock.after(ms, wake);
    });

  /** Whole imports only, so that the store commits seldom; `all`: also what is left then. */
  async function write(level: Level, buckets: ImportedBucket[], all: boolean): Promise<void> {
    const most = seriesLimits.bucketsPerImport;
    while (!stopping && buckets.length > 0 && (all || buckets.length >= most)) {
      try {
        await needs.store.importRollups(level, buckets.slice(0, most));
        buckets.splice(0, most);
      } catch (error) {
        if (!(error instanceof StoreAway)) throw error;
        await rest(weeksLimits.retryMs);
      }
    }
  }

  async function run(): Promise<void> {
    const startedAt = clock.monotonic();
    while (!stopping && !needs.ready() && clock.monotonic() - startedAt < weeksLimits.patienceMs)
      await rest(weeksLimits.lookMs);
    while (until > from) {
      const start = Math.max(from, until - dayMs);
      const waiting: Record<Level, ImportedBucket[]> = { "5-minute": [], hourly: [] };
      for (devicesDone = 0; devicesDone < devices.length; devicesDone++) {
        const { key, id } = devices[devicesDone] as (typeof devices)[number];
        const began = clock.monotonic();
        const sampled = stopping ? null : await needs.sample(key, start, until);
        if (sampled === null) return;
        const isLast = devicesDone + 1 === devices.length;
        const made = bucketsOf(id, sampled, needs.intervalMs);
        for (const level of ["5-minute", "hourly"] as const) {
          waiting[level].push(...made[level]);
          await write(level, waiting[level], isLast);
        }
        if (stopping) return;
        await rest((clock.monotonic() - began) * weeksLimits.restShare);
      }
      until = start;
      devicesDone = 0;
      needs.written({ from, until });
    }
  }

  return {
    start(): void {
      running = run().catch((error: unknown) => log.error("the street has no past weeks", { error }));
    },
    /** How much of the weeks is written, 0 to 1. */
    share(): number {
      const days = Math.ceil((until - from) / dayMs) - devicesDone / Math.max(1, devices.length);
      return 1 - Math.max(0, days) / weeksLimits.days;
    },
    /** Resolves when nothing is under way; what was written of a day is written again at the next start. */
    async stop(): Promise<void> {
      stopping = true;
      wake();
      await running;
    },
  };
}
