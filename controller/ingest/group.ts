import { turn } from "../base/turn.ts";
import { isUnreadable, type JudgedBatch, type Unreadable } from "./judge.ts";
import type { Ledger } from "./ledger/index.ts";
import type { Arrival, Queue } from "./queue.ts";
import type { Quarantined } from "./records.ts";

export const groupLimits = {
  /** Messages of one group: one write, one commit, one round of `delivered`. */
  groupMessages: 1_000,
  /** Points of one write: what a series store takes. */
  groupPoints: 5_000,
  /** Of its messages: large ones make a smaller group. */
  groupBytes: 8 * 1024 * 1024,
  /** Judged without a pause; everybody else has a turn in between. */
  judgedAtOnce: 64,
};

/** Messages that are stored together. */
export interface Group {
  batches: JudgedBatch[];
  /** Those that the ledger doesn't have yet: their points are to be written. */
  fresh: JudgedBatch[];
  /** Messages that could not even be read. */
  unreadable: Quarantined[];
}

/** Takes from the queue what makes one full write, or what there is. */
export function createGathering(needs: {
  queue: Queue;
  ledger: Ledger;
  limits: typeof groupLimits;
  judge(arrival: Arrival): JudgedBatch | Unreadable;
  /** Ends the session of who can't be understood. */
  unreadable(arrival: Arrival, problem: string): void;
  /** Not taken; the device sends it again. */
  forgotten(messages: number): void;
}) {
  const { queue, ledger, limits } = needs;

  async function add(group: Group, arrivals: Arrival[]): Promise<number> {
    const devices = new Set(arrivals.map(({ device }) => device));
    await Promise.all([...devices].filter((device) => !ledger.isLoaded(device)).map(ledger.load));
    let points = 0;
    for (const arrival of arrivals) {
      const judged = needs.judge(arrival);
      if (isUnreadable(judged)) {
        needs.unreadable(arrival, judged.unreadable);
        group.unreadable.push(rowOf(arrival, judged));
      } else if (ledger.isFull(judged.device, judged.boot, judged.seq)) needs.forgotten(1);
      else {
        group.batches.push(judged);
        if (ledger.isSettled(judged.device, judged.boot, judged.seq)) continue;
        group.fresh.push(judged);
        points += judged.admitted.length;
      }
    }
    return points;
  }

  /** @returns null: nothing waits. When it rejects, what was taken is forgotten. */
  return async function gather(): Promise<Group | null> {
    const group: Group = { batches: [], fresh: [], unreadable: [] };
    let messages = 0;
    let points = 0;
    let bytes = 0;
    while (messages < limits.groupMessages && points < limits.groupPoints && bytes < limits.groupBytes) {
      const arrivals = queue.take(Math.min(limits.judgedAtOnce, limits.groupMessages - messages));
      if (arrivals.length === 0) break;
      if (messages > 0) await turn();
      messages += arrivals.length;
      bytes += arrivals.reduce((n, { payload }) => n + payload.byteLength, 0);
      try {
        points += await add(group, arrivals);
      } catch (error) {
        needs.forgotten(messages);
        throw error;
      }
    }
    return messages > 0 ? group : null;
  };
}

const rowOf = ({ device, receivedAt }: Arrival, { unreadable, raw }: Unreadable): Quarantined => ({
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
