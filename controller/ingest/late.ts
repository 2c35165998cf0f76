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
  const byDevice = new Map<string, Late[]>();
  for (const one of found) {
    const own = byDevice.get(one.device);
    if (own) own.push(one);
    else byDevice.set(one.device, [one]);
  }
  return [...byDevice.values()].flatMap(stretchesOf);
}

/** Of one device. */
function stretchesOf(late: Late[]): Late[] {
  let some = late.sort((a, b) => a.from - b.from);
  for (let joinMs = lateLimits.joinMs as number; ; joinMs *= 2) {
    const joined: Late[] = [];
    for (const one of some) {
      const last = joined.at(-1);
      if (last && one.from - last.to <= joinMs) joined[joined.length - 1] = join(last, one);
      else joined.push(one);
    }
    if (joined.length <= lateLimits.atOnce) return joined;
    some = joined;
  }
}

const join = (a: Late, b: Late): Late => ({
  device: a.device,
  from: Math.min(a.from, b.from),
  to: Math.max(a.to, b.to),
  points: a.points + b.points,
  arrivedAt: Math.max(a.arrivedAt, b.arrivedAt),
});

/** Adds a stretch to those that are kept: what touches becomes one, the oldest go. */
export async function keepLate(trx: Transaction<Database>, late: Late): Promise<void> {
  const { device } = late;
  const touching = await trx
    .selectFrom("late_arrival")
    .selectAll()
    .where("device", "=", device)
    .where("to_at", ">=", late.from - lateLimits.joinMs)
    .where("from_at", "<=", late.to + lateLimits.joinMs)
    .execute();
  const { from, to, points, arrivedAt } = touching.map((row) => ({ device, ...lateFrom(row) })).reduce(join, late);
  const row = { device, from_at: from, to_at: to, points, arrived_at: arrivedAt };
  const [first, ...others] = touching;
  for (const { id } of others) await trx.deleteFrom("late_arrival").where("id", "=", id).execute();
  // A backlog comes in hundreds of groups: nearly always it only lengthens what is there.
  if (first) return void (await trx.updateTable("late_arrival").set(row).where("id", "=", first.id).execute());
  await trx.insertInto("late_arrival").values(row).execute();
  await sql`
    DELETE FROM late_arrival WHERE device = ${device} AND id NOT IN (
      SELECT id FROM late_arrival WHERE device = ${device} ORDER BY to_at DESC LIMIT ${lateLimits.perDevice})`.execute(
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
