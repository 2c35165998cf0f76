import { check, messages } from "#wire";
import type { Clock } from "../base/clock.ts";
import type { RollupMarks } from "../rollup/index.ts";
import type { StoredPoint } from "../store/series/index.ts";
import type { Acknowledge } from "./acknowledge.ts";
import type { Group } from "./group.ts";
import type { JudgedBatch } from "./judge.ts";
import { lateOf } from "./late.ts";
import type { Latest } from "./latest.ts";
import type { Ledger } from "./ledger/index.ts";
import type { Patience } from "./patience.ts";
import type { Commit, DeliveryRecords } from "./records.ts";

/** Settles groups whose points are stored: ledger, quarantine and events in one commit, then `delivered`. Run one at a
 *  time, from the change in memory on: else one could write half of what another has just settled. */
export function createSettling(needs: {
  clock: Clock;
  ledger: Ledger;
  latest: Latest;
  patience: Patience;
  acknowledge: Acknowledge;
  records: Pick<DeliveryRecords, "commit">;
  marks: Pick<RollupMarks, "due">;
  knownSince(device: string): number;
  stored(device: string, points: StoredPoint[]): void;
  forgotten(messages: number): void;
}) {
  const { ledger } = needs;
  const counts = { received: 0, stored: 0, duplicates: 0, quarantined: 0, cut: 0 };
  let worstLagMs = 0;
  const refusals = new Map<string, number>();

  /** @returns whether it is the first of its sequence */
  function settle(batch: JudgedBatch, commit: Commit): boolean {
    const { device, boot, seq, total, points, refused, event, receivedAt, madeAt } = batch;
    const quarantined = refused.reduce((n, r) => n + r.points, 0);
    const again = ledger.isSettled(device, boot, seq);
    ledger.settle(device, boot, { seq, total, stored: points - quarantined, quarantined, madeAt }, receivedAt);
    counts.received += points;
    if (again) {
      counts.duplicates += points;
      return false;
    }
    counts.stored += points - quarantined;
    counts.quarantined += quarantined;
    counts.cut += batch.cut;
    for (const refusal of refused) {
      commit.quarantined.push({ ...refusal, device, boot, seq, receivedAt });
      refusals.set(refusal.why, (refusals.get(refusal.why) ?? 0) + refusal.points);
    }
    if (event && quarantined === 0) {
      commit.events.push({ device, event, receivedAt });
      note(batch.device, event, receivedAt);
    }
    return true;
  }

  /** What a device tells of its own losses. */
  function note(device: string, event: NonNullable<JudgedBatch["event"]>, receivedAt: number): void {
    if (event.kind === "spool-dropped") {
      const told = check(messages.spoolDropped, event.detail);
      if (told.ok) ledger.dropped(device, told.message.boot, told.message, receivedAt);
    } else if (event.kind === "tail-lost") {
      const told = check(messages.tailLost, event.detail);
      if (!told.ok) return;
      const { boot, afterSeq, atMostMs } = told.message;
      ledger.tailLost(device, boot, { afterSeq, atMostMs }, receivedAt);
    }
  }

  function tellLatest(batches: readonly JudgedBatch[]): void {
    const news = new Map<string, StoredPoint[]>();
    for (const { admitted } of batches) {
      for (const { point } of admitted) {
        if (!needs.latest.note(point)) continue;
        const points = news.get(point.device) ?? [];
        points.push(point);
        news.set(point.device, points);
      }
    }
    for (const [device, points] of news) needs.stored(device, points);
  }

  return {
    async settle(groups: readonly Group[]): Promise<void> {
      const commit: Commit = { ledgers: [], evicted: [], folded: [], quarantined: [], events: [], late: [] };
      const settled: JudgedBatch[] = [];
      const fresh: JudgedBatch[] = [];
      for (const group of groups) {
        commit.quarantined.push(...group.unreadable.filter((row) => ledger.isLoaded(row.device)));
        for (const batch of group.batches) {
          // Its device was removed meanwhile.
          if (!ledger.isLoaded(batch.device)) continue;
          if (ledger.isFull(batch.device, batch.boot, batch.seq)) {
            needs.forgotten(1);
            continue;
          }
          if (settle(batch, commit)) fresh.push(batch);
          settled.push(batch);
        }
      }
      const late = lateOf(fresh, needs.knownSince, ledger.beganAt);
      // Only now: a mark that is taken for known must be younger than what it speaks of.
      const marks = needs.marks.due(fresh.flatMap((batch) => batch.admitted.map(({ point }) => point)));
      const all: Commit = { ...commit, ...ledger.changed(), late, marks };
      const done = await needs.patience.until(() => needs.records.commit(all).then(() => true));
      if (!done) return ledger.again(all);
      const oldest = settled.reduce((at, { receivedAt }) => Math.min(at, receivedAt), Number.POSITIVE_INFINITY);
      if (settled.length > 0) worstLagMs = Math.max(worstLagMs, needs.clock.now() - oldest);
      for (const batch of settled) needs.acknowledge.delivered(batch.device, batch.boot, batch.seq);
      tellLatest(fresh.filter((batch) => ledger.isLoaded(batch.device)));
    },
    /** From receiving a message to having stored it: the worst since the last call. */
    takeWorstLagMs(): number {
      const worst = worstLagMs;
      worstLagMs = 0;
      return worst;
    },
    counts: () => counts,
    /** Refused points since the start, by why. */
    refusals: (): ReadonlyMap<string, number> => refusals,
  };
}
