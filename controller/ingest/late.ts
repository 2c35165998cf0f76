import { sql, type Transaction } from "kysely";
import type { Database } from "../store/records/index.ts";
import type { JudgedBatch } from "./judge.ts";

export const lateLimits = {
  /** What is older than this when it comes was kept on the device: its line was down, or we could not take it. */
  afterMs: 30_000,
  /** Points that are nearer to each other belong to one outage: of what was thinned, one in five minutes is left. */
  joinMs: 330_000,
  perDevice: 200,
  /** Of a device, in one commit: each costs statements. Of more, the nearest are joined. */
  atOnce: 16,
} as const;

/** A stretch of time whose points came afterwards. */
export interface Late {
  device: string;
  from: number;
  to: number;
  points: number;
  /** When the last of them came. */
  arrivedAt: number;
}

/** What of these batches came late, one stretch a device and outage. Pure.
 *  @param knownSince when a device was first here: what it measured before that waited for no line
 *  @param beganAt when a boot began by our clock, null: nobody knows. How long something waited is then told by our clock
 *    alone; else by the device's, for which all is late when it is slow. */
export function lateOf(
  batches: readonly JudgedBatch[],
  knownSince: (device: string) => number,
  beganAt: (device: string, boot: string) => number | null = () => null,
): Late[] {
  const found: Late[] = [];
  for (const { device: sender, boot, upMs, madeAt, admitted, receivedAt } of batches) {
    const began = beganAt(sender, boot);
    const aheadMs = began !== null && upMs !== null && madeAt !== null ? madeAt - (began + upMs) : 0;
    for (const { point } of admitted) {
      const { device, at } = point;
      if (receivedAt - (at - aheadMs) <= lateLimits.afterMs || at < knownSince(device)) continue;
      found.push({ device, from: at, to: at, points: 1, arrivedAt: receivedAt });
    }
  }
  return byDevice(found).flatMap(stretchesOf);
}

function byDevice(some: readonly Late[]): Late[][] {
  const devices = new Map<string, Late[]>();
  for (const one of some) {
    const own = devices.get(one.device);
    if (own) own.push(one);
    else devices.set(one.device, [one]);
  }
  return [...devices.values()];
}

/** Of one device. */
function joined(late: readonly Late[], joinMs: number): Late[] {
  const stretches: Late[] = [];
  for (const one of [...late].sort((a, b) => a.from - b.from)) {
    const last = stretches.at(-1);
    if (last && one.from - last.to <= joinMs) stretches[stretches.length - 1] = join(last, one);
    else stretches.push(one);
  }
  return stretches;
}

function stretchesOf(late: readonly Late[]): Late[] {
  let joinMs: number = lateLimits.joinMs;
  let stretches = joined(late, joinMs);
  while (stretches.length > lateLimits.atOnce) {
    joinMs *= 2;
    stretches = joined(stretches, joinMs);
  }
  return stretches;
}

const join = (a: Late, b: Late): Late => ({
  device: a.device,
  from: Math.min(a.from, b.from),
  to: Math.max(a.to, b.to),
  points: a.points + b.points,
  arrivedAt: Math.max(a.arrivedAt, b.arrivedAt),
});

/** Adds stretches to those that are kept: what touches becomes one, the oldest go. For all devices at once: after an
 *  outage of ours thousands come in one commit, and a statement each would hold up everything. */
export async function keepLate(trx: Transaction<Database>, some: readonly Late[]): Promise<void> {
  if (some.length === 0) return;
  const { joinMs, perDevice } = lateLimits;
  const near = JSON.stringify(some.map(({ device, from, to }) => [device, from - joinMs, to + joinMs]));
  const touching = await sql<Row & { id: number; device: string }>`
    SELECT DISTINCT l.* FROM json_each(${near}) AS j CROSS JOIN late_arrival AS l
    ON l.device = j.value ->> 0 AND l.to_at >= j.value ->> 1 AND l.from_at <= j.value ->> 2`.execute(trx);
  const ids = JSON.stringify(touching.rows.map(({ id }) => id));
  await sql`DELETE FROM late_arrival WHERE id IN (SELECT value FROM json_each(${ids}))`.execute(trx);
  const known = touching.rows.map((row): Late => ({ device: row.device, ...lateFrom(row) }));
  const kept = byDevice([...known, ...some]).flatMap((own) => joined(own, joinMs));
  const rows = JSON.stringify(kept.map((late) => [late.device, late.from, late.to, late.points, late.arrivedAt]));
  await sql`
    INSERT INTO late_arrival (device, from_at, to_at, points, arrived_at)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(${rows})`.execute(trx);
  const devices = JSON.stringify([...new Set(some.map(({ device }) => device))]);
  await sql`
    DELETE FROM late_arrival WHERE id IN (SELECT id FROM (
      SELECT id, row_number() OVER (PARTITION BY device ORDER BY to_at DESC) AS nth
      FROM late_arrival WHERE device IN (SELECT value FROM json_each(${devices}))) WHERE nth > ${perDevice})`.execute(
    trx,
  );
}

type Row = { from_at: number; to_at: number; points: number; arrived_at: number };
export const lateFrom = ({ from_at, to_at, points, arrived_at }: Row): Omit<Late, "device"> => ({
  from: from_at,
  to: to_at,
  points,
  arrivedAt: arrived_at,
});
