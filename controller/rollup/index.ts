import type { Actor, Audit } from "../auth/index.ts";
import type { Clock } from "../base/clock.ts";
import { invalid, Problem } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { turn } from "../base/turn.ts";
import { hourMs, hourOf, type SeriesStore, StoreAway } from "../store/series/index.ts";
import { rollupLimits } from "./limits.ts";
import type { RollupMarks } from "./marks.ts";
import { createWork, type Progress } from "./work.ts";

export { createRollupMarks, forgetBackfill, keepMarks, type Mark, type RollupMarks } from "./marks.ts";
export type { Progress } from "./work.ts";

export type Rollups = ReturnType<typeof createRollups>;

export interface RollupsView extends Progress {
  /** Raw points are kept from here on: what can be made anew. */
  rawSince: number;
  /** Everything from before there were roll-ups is marked. */
  backfilled: boolean;
}

const dayMs = 24 * hourMs;

/** Keeps the buckets of every hour true: made when the hour is over, and anew when something late comes in. */
export function createRollups(needs: {
  clock: Clock;
  log: Log;
  marks: RollupMarks;
  store: Pick<SeriesStore, "rollUp" | "devicesOn" | "hoursOn">;
  audit: Pick<Audit, "note">;
  retention: { rawDays: number };
}) {
  const { clock, log, marks, store } = needs;
  const rawRetentionMs = needs.retention.rawDays * dayMs;
  let backfilled = false;
  const work = createWork({ clock, log, marks, store, first: backfill });

  const rawSince = (): number => hourOf(clock.now() - rawRetentionMs) + hourMs;

  /** Every hour of [from, to) in which there are raw points, day by day. Others are left alone: what is kept of them was
   *  brought from elsewhere, or is all that is left. */
  async function markAll(from: number, to: number, device: string | undefined): Promise<Rebuilt> {
    const counts: Rebuilt = { marked: 0, leftAlone: 0 };
    for (let day = from - (from % dayMs); day < to; day += dayMs) {
      const devices = device === undefined ? await store.devicesOn(day) : [device];
      const hours = Math.ceil((Math.min(day + dayMs, to) - Math.max(day, from)) / hourMs);
      for (let i = 0; i < devices.length; i += rollupLimits.devicesAtOnce) {
        const some = devices.slice(i, i + rollupLimits.devicesAtOnce);
        const due = new Map<number, string[]>();
        let marked = 0;
        for (const { device: one, hourAt } of await store.hoursOn(day, some)) {
          if (hourAt < from || hourAt >= to) continue;
          due.set(hourAt, [...(due.get(hourAt) ?? []), one]);
          marked += 1;
        }
        for (const [hourAt, those] of due) {
          await marks.mark(hourAt, those);
          await turn();
        }
        counts.marked += marked;
        counts.leftAlone += some.length * hours - marked;
      }
    }
    return counts;
  }

  /** Once in the life of a data folder: what was stored before there were roll-ups. */
  async function backfill(): Promise<void> {
    backfilled = await marks.isBackfilled();
    if (backfilled) return;
    const { marked } = await markAll(
      hourOf(Math.max(0, clock.now() - rawRetentionMs)),
      hourOf(clock.now()) + hourMs,
      undefined,
    );
    await marks.setBackfilled(clock.now());
    backfilled = true;
    if (marked > 0) log.info("roll-ups of everything before are due", { hours: marked });
  }

  return {
    start: work.start,
    stop: work.stop,
    view: (): RollupsView => ({ ...work.progress(), rawSince: rawSince(), backfilled }),

    /** Marks every hour of [from, to) whose raw points are there, so that its buckets are made anew. Rejects with "invalid", "unprocessable" on a time without raw points, "away" while the store
     *  is. */
    async rebuild(by: Actor, wish: RebuildWish): Promise<Rebuilt> {
      const from = wish.from ?? rawSince();
      const to = Math.min(wish.to ?? clock.now(), clock.now());
      if (from >= to) throw invalid("from: before to, and not in the future", [{ path: "from", message: "before to" }]);
      if (from < rawSince()) {
        const message = `not before ${new Date(rawSince()).toISOString()}: raw points are not kept longer`;
        const faults = [{ path: "from", message }];
        throw new Problem("unprocessable", "beyond-retention", `from: ${message}`, { faults });
      }
      const { device } = wish;
      const subject = device === undefined ? { kind: "rollups", id: "all" } : { kind: "device", id: device };
      await needs.audit.note({ actor: by, action: "rollups.rebuilt", subject, after: { from, to } });
      const rebuilt = await markAll(hourOf(from), to, device).catch((error: unknown) => {
        if (!(error instanceof StoreAway)) throw error;
        throw new Problem("away", "store-away", error.message, { retryAfterMs: rollupLimits.retryMs });
      });
      log.info("roll-ups are made anew", { hours: rebuilt.marked, leftAlone: rebuilt.leftAlone });
      work.hurry();
      return rebuilt;
    },
  };
}

/** Hours of devices. */
export interface Rebuilt {
  /** Their buckets are made anew. */
  marked: number;
  /** Without raw points: what is kept of them stays as it is. */
  leftAlone: number;
}

export interface RebuildWish {
  /** Absent: from where raw points are kept. */
  from?: number | undefined;
  /** Absent: now. */
  to?: number | undefined;
  /** Absent: all. */
  device?: string | undefined;
}
