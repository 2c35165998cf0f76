import { type Kysely, sql } from "kysely";
import type { Database, Records } from "../../store/records/index.ts";
import type { Incident } from "../incident.ts";
import { type Around, aroundLimits, type Changed, changedOf, eventText, likelyCause, revisionTexts } from "./around.ts";

/** What a notice says below its sentence. */
export interface Surroundings {
  cause?: string;
  changed: Changed[];
  runbook?: string;
  /** Devices that are down in it. */
  devices: string[];
}

type Opened = Pick<Incident, "id" | "root" | "site" | "since">;
type Row = Omit<Around, "text" | "kind"> & { scope: string };

/** Keeps with each of these what changed around it in the hour before, in the transaction that opens them: later it
 *  stays as true as it was. A few queries, however many they are. */
export async function keepSurroundings(db: Kysely<Database>, opened: readonly Opened[]): Promise<void> {
  const about = opened.filter(({ root }) => root.type !== "controller");
  if (about.length === 0) return;
  const around = await readAround(db, about);
  const rows = about.flatMap((incident) => {
    const { from, to } = hourBefore(incident);
    const near = (around.get(scopeOf(incident)) ?? []).filter(({ at }) => at >= from && at <= to);
    return changedOf(incident.root.id, near).map(({ at, kind, device, text }) => [incident.id, at, kind, device, text]);
  });
  if (rows.length === 0) return;
  await sql`
    INSERT INTO incident_change (incident, at, kind, device, text)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
    FROM json_each(${JSON.stringify(rows)})`.execute(db);
}

const hourBefore = ({ since }: Pick<Opened, "since">) => ({ from: since - aroundLimits.beforeMs, to: since });
/** A device without a site stands for itself. */
const scopeOf = ({ site, root }: Opened): string => site ?? root.id;

async function readAround(db: Kysely<Database>, incidents: readonly Opened[]): Promise<Map<string, Around[]>> {
  const spans = new Map<string, { from: number; to: number }>();
  for (const incident of incidents) {
    const { from, to } = hourBefore(incident);
    const known = spans.get(scopeOf(incident)) ?? { from, to };
    spans.set(scopeOf(incident), { from: Math.min(known.from, from), to: Math.max(known.to, to) });
  }
  const scopes = JSON.stringify([...spans].map(([scope, { from, to }]) => [scope, from, to]));
  /** Who is there. */
  const members = sql`
    SELECT s.value ->> 0 AS scope, s.value ->> 1 AS from_at, s.value ->> 2 AS to_at, d.id, d.name
    FROM json_each(${scopes}) AS s JOIN device AS d ON d.site = s.value ->> 0
    UNION ALL
    SELECT s.value ->> 0, s.value ->> 1, s.value ->> 2, d.id, d.name
    FROM json_each(${scopes}) AS s JOIN device AS d ON d.id = s.value ->> 0 AND d.site IS NULL`;
  const newest = sql`row_number() OVER (PARTITION BY m.scope ORDER BY t.at DESC) AS nth`;
  const noticed = await sql<Row & { kind: string; text: string }>`
    SELECT * FROM (
      SELECT m.scope, m.id AS device, m.name, t.at, t.kind, t.text, ${newest}
      FROM (${members}) AS m JOIN device_change AS t ON t.device = m.id AND t.at BETWEEN m.from_at AND m.to_at)
    WHERE nth <= ${aroundLimits.rows}`.execute(db);
  const events = await sql<Row & { kind: string }>`
    SELECT * FROM (
      SELECT m.scope, m.id AS device, m.name, t.at, t.kind, ${newest}
      FROM (${members}) AS m JOIN device_events AS t ON t.device = m.id AND t.at BETWEEN m.from_at AND m.to_at)
    WHERE nth <= ${aroundLimits.rows}`.execute(db);
  const revisions = await sql<Row & Parameters<typeof revisionTexts>[0]>`
    SELECT * FROM (
      SELECT m.scope, m.id AS device, m.name, t.at, t.by_name, t.message, t.outcome, t.outcome_at,
        t.detail_json ->> '$.cause' AS cause, ${newest}
      FROM (${members}) AS m JOIN config_revision AS t
      ON t.device = m.id AND (t.at BETWEEN m.from_at AND m.to_at OR t.outcome_at BETWEEN m.from_at AND m.to_at))
    WHERE nth <= ${aroundLimits.rows}`.execute(db);
  const all = new Map<string, Around[]>([...spans.keys()].map((scope) => [scope, []]));
  const put = ({ scope, device, name }: Row, kind: string, at: number, text: string) =>
    all.get(scope)?.push({ at, kind, device, name, text });
  for (const row of noticed.rows) put(row, row.kind, row.at, row.text);
  for (const row of events.rows) put(row, "event", row.at, eventText(row.kind));
  for (const row of revisions.rows)
    for (const { at, text } of revisionTexts(row, spans.get(row.scope) ?? { from: 0, to: 0 }))
      put(row, "configuration", at, text);
  return all;
}

/** Of these incidents, newest first. */
export async function changesOf(db: Kysely<Database>, incidents: readonly string[]): Promise<Map<string, Changed[]>> {
  const rows = await sql<Changed & { incident: string }>`
    SELECT incident, at, kind, device, text FROM incident_change
    WHERE incident IN (SELECT value FROM json_each(${JSON.stringify(incidents)})) ORDER BY at DESC, rowid`.execute(db);
  const all = new Map<string, Changed[]>();
  for (const { incident, ...change } of rows.rows) all.set(incident, [...(all.get(incident) ?? []), change]);
  return all;
}

/** What is known around an incident, for its notices. */
export async function surroundingsOf({ db }: Records, id: string): Promise<Surroundings | null> {
  const row = await db
    .selectFrom("incident")
    .select(["root_type", "root_id", "since", "facts_json"])
    .where("id", "=", id)
    .executeTakeFirst();
  if (!row) return null;
  const changed = (await changesOf(db, [id])).get(id) ?? [];
  const cause = likelyCause({ root: { type: row.root_type, id: row.root_id }, since: row.since }, changed);
  const runbook: string | undefined = JSON.parse(row.facts_json).rule?.runbook;
  const down = await db
    .selectFrom("incident_member")
    .select("device")
    .where("incident", "=", id)
    .where("state", "=", "down")
    .execute();
  return {
    ...(cause === null ? {} : { cause }),
    changed,
    ...(runbook === undefined ? {} : { runbook }),
    devices: down.map(({ device }) => device),
  };
}
