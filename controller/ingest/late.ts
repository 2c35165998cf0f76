import { sql, type Transaction } from "kysely";
import type { Database } from "../store/records/index.ts";
import type { JudgedBatch } from "./judge.ts";

export const lateLimits = {
  /** What is older than this when it comes was kept on the device: its line was down, or we could not take it. */
  afterMs: 30_000,
  /** Points that are nearer to each other belong to one outage. */
  joinMs: 150_000,
  perDevice: 200,
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
 *  @param knownSince when a device was first here: what it measured before that waited for no line */
export function lateOf(batches: readonly JudgedBatch[], knownSince: (device: string) => number): Late[] {
  const found = batches.flatMap(({ admitted, receivedAt }) =>
    admitted
      .filter(({ point }) => receivedAt - point.at > lateLimits.afterMs && point.at >= knownSince(point.device))
      .map(({ point: { device, at } }) => ({ device, from: at, to: at, points: 1, arrivedAt: receivedAt })),
  );
  const sorted = found.sort((a, b) => (a.device < b.device ? -1 : a.device > b.device ? 1 : a.from - b.from));
  const joined: Late[] = [];
  for (const one of sorted) {
    const last = joined.at(-1);
    if (last && last.device === one.device && one.from - last.to <= lateLimits.joinMs)
      joined[joined.length - 1] = join(last, one);
    else joined.push(one);
  }
  return joined;
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
