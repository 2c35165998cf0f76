import { sql } from "kysely";
import { turn } from "../../base/turn.ts";
import type { Records } from "../../store/records/index.ts";
import { explain } from "./explain.ts";
import type { AvailabilityLimits } from "./interval.ts";

export interface Stretch {
  from: number;
  to: number;
}

/** What comes within this time of its making is not late: the end of a gap may lack so much. */
const liveMs = 30_000;
/** Looked at again, so that nothing falls between two looks: an arrival may be in records before the gap that it fills. */
const againMs = 120_000;
const atOnce = 500;

/** How much of a gap is filled by what came afterwards, 0 to 1. Stretches may overlap. Pure. */
export function coveredShare(gap: Stretch, late: readonly Stretch[]): number {
  let covered = 0;
  let until = gap.from;
  for (const { from, to } of [...late].sort((a, b) => a.from - b.from)) {
    const end = Math.min(to + liveMs, gap.to);
    const begin = Math.max(from, until);
    if (end <= begin) continue;
    covered += end - begin;
    until = end;
  }
  return covered / (gap.to - gap.from);
}

/** What a gap becomes when its device was up all the time. Pure. */
export const revisedAs = (state: string): { state: "up"; cause: string | null } => ({
  state: "up",
  // What we did not see says nothing of its line.
  cause: state === "unknown" ? null : "line",
});

export interface Gap extends Stretch {
  device: string;
  state: string;
}

/** Gaps of the last days whose devices have now delivered what they kept: they were up. Each gets a row beside it, and
 *  incidents that were told of them say so.
 *  @returns those incidents */
export async function reviseLate(records: Records, now: number, limits: AvailabilityLimits): Promise<string[]> {
  const state = await records.db.selectFrom("availability_state").select("late_until").executeTakeFirst();
  const since = Math.min(state?.late_until ?? 0, now) - againMs;
  const explained: string[] = [];
  let after: Gap | null = null;
  do {
    const gaps: Gap[] = await touched(records, { since, oldest: now - limits.revisedMs, after });
    const late = await lateOf(records, gaps);
    const up = gaps.filter((gap) => coveredShare(gap, late.get(gap.device) ?? []) >= limits.covered);
    if (up.length > 0) explained.push(...(await revise(records, up, now)));
    after = gaps.length < atOnce ? null : (gaps.at(-1) ?? null);
    await turn();
  } while (after !== null);
  await records.db.updateTable("availability_state").set({ late_until: now }).execute();
  return explained;
}

const revise = (records: Records, gaps: readonly Gap[], now: number): Promise<string[]> =>
  records.db.transaction().execute(async (trx) => {
    const rows = gaps.map(({ device, from, state }) => ({
      ...{ device, from_at: from, revised_at: now },
      ...revisedAs(state),
    }));
    await trx.insertInto("availability_revision").values(rows).execute();
    return await explain(trx, gaps, now);
  });

/** Gaps that something came for since then, and that nothing was said of yet. */
async function touched(
  { db }: Records,
  { since, oldest, after }: { since: number; oldest: number; after: Gap | null },
): Promise<Gap[]> {
  const { rows } = await sql<Gap>`
    SELECT DISTINCT i.device, i.from_at AS "from", i.to_at AS "to", i.state
    FROM late_arrival AS l CROSS JOIN availability_interval AS i
    ON i.device = l.device AND i.from_at < l.to_at + ${liveMs} AND i.to_at > l.from_at
    WHERE l.arrived_at > ${since} AND i.to_at > ${oldest} AND i.held = 1
      AND i.state IN ('down', 'unreachable', 'unknown')
      AND (i.device, i.from_at) > (${after?.device ?? ""}, ${after?.from ?? 0})
      AND NOT EXISTS (SELECT 1 FROM availability_revision AS r WHERE r.device = i.device AND r.from_at = i.from_at)
    ORDER BY i.device, i.from_at LIMIT ${atOnce}`.execute(db);
  return rows;
}

async function lateOf({ db }: Records, gaps: readonly Gap[]): Promise<Map<string, Stretch[]>> {
  const devices = JSON.stringify([...new Set(gaps.map(({ device }) => device))]);
  const { rows } = await sql<Stretch & { device: string }>`
    SELECT device, from_at AS "from", to_at AS "to" FROM late_arrival
    WHERE device IN (SELECT value FROM json_each(${devices}))`.execute(db);
  const all = new Map<string, Stretch[]>();
  for (const { device, ...stretch } of rows) all.set(device, [...(all.get(device) ?? []), stretch]);
  return all;
}
