import type { Kysely, Selectable } from "kysely";
import type { Database, Records } from "../store/records/index.ts";
import { type Ack, type Incident, isLoss, type Member } from "./incident.ts";
import type { Step } from "./turn.ts";

export type IncidentRow = Selectable<Database["incident"]>;

/** Rows of one statement: SQLite takes at most 32,766 values. */
const rowsAtOnce = 500;

/** What a turn made of an incident, in the turn's own transaction. */
export async function writeStep(db: Kysely<Database>, organisation: string, step: Step, now: number): Promise<void> {
  const row = incidentRow(step.incident);
  await db
    .insertInto("incident")
    .values({ ...row, organisation, reference: null })
    .onConflict((c) => c.column("id").doUpdateSet(row))
    .execute();
  const latest = new Map(step.members.map((member) => [member.device, member]));
  const members = [...latest.values()].map((member) => memberRow(step.incident, member));
  for (let i = 0; i < members.length; i += rowsAtOnce) {
    await db
      .insertInto("incident_member")
      .values(members.slice(i, i + rowsAtOnce))
      .onConflict((c) =>
        c.columns(["incident", "device"]).doUpdateSet((e) => ({
          state: e.ref("excluded.state"),
          since: e.ref("excluded.since"),
          back_at: e.ref("excluded.back_at"),
          boot: e.ref("excluded.boot"),
          name: e.ref("excluded.name"),
        })),
      )
      .execute();
  }
  for (const { kind, text } of step.events) await writeEvent(db, step.incident.id, { at: now, kind, text });
}

export interface NewEvent {
  at: number;
  kind: string;
  text: string;
  actor?: { kind: string; id: string };
}

export async function writeEvent(db: Kysely<Database>, incident: string, event: NewEvent): Promise<void> {
  const { at, kind, text, actor } = event;
  const who = { actor_kind: actor?.kind ?? null, actor: actor?.id ?? null };
  await db
    .insertInto("incident_event")
    .values({ incident, at, kind, text, ...who })
    .execute();
}

/** A channel has opened a ticket for it. What a person wrote there stays. */
export async function noteTicket(
  db: Kysely<Database>,
  { incident, channel, handle }: { incident: string; channel: string; handle: Readonly<Record<string, string>> },
): Promise<void> {
  const reference = handle["reference"] ?? "";
  const row = await db.selectFrom("incident").select("reference").where("id", "=", incident).executeTakeFirst();
  if (!row || row.reference === reference) return;
  if (row.reference === null) await db.updateTable("incident").set({ reference }).where("id", "=", incident).execute();
  const now = await db
    .selectFrom("told")
    .select("at")
    .where("incident", "=", incident)
    .where("channel", "=", channel)
    .executeTakeFirst();
  await writeEvent(db, incident, { at: now?.at ?? 0, kind: "ticket", text: reference });
}

/** The open incidents, for the next start. */
export async function loadOpen(records: Records): Promise<Map<string, Incident>> {
  const { db } = records;
  const rows = await db.selectFrom("incident").selectAll().where("state", "=", "open").execute();
  const members = await db
    .selectFrom("incident_member")
    .innerJoin("incident", "incident.id", "incident_member.incident")
    .selectAll("incident_member")
    .where("incident.state", "=", "open")
    .execute();
  const byIncident = new Map<string, Map<string, Member>>();
  for (const row of members) {
    const map = byIncident.get(row.incident) ?? new Map<string, Member>();
    map.set(row.device, memberOfRow(row));
    byIncident.set(row.incident, map);
  }
  return new Map(rows.map((row) => [row.id, incidentOfRow(row, byIncident.get(row.id) ?? new Map())]));
}

/** One as it was last written; null: there is none. */
export async function loadIncident(db: Kysely<Database>, id: string): Promise<Incident | null> {
  const row = await db.selectFrom("incident").selectAll().where("id", "=", id).executeTakeFirst();
  if (!row) return null;
  const members = await db.selectFrom("incident_member").selectAll().where("incident", "=", id).execute();
  return incidentOfRow(row, new Map(members.map((member) => [member.device, memberOfRow(member)])));
}

export const memberOfRow = (row: Database["incident_member"]): Member => ({
  device: row.device,
  name: row.name,
  state: row.state as Member["state"],
  since: row.since,
  backAt: row.back_at,
  boot: row.boot,
  cause: null,
});

export const incidentOfRow = (row: IncidentRow, members: ReadonlyMap<string, Member>): Incident => ({
  id: row.id,
  state: row.state as Incident["state"],
  rule: row.rule,
  severity: row.severity as Incident["severity"],
  root: { type: row.root_type as Incident["root"]["type"], id: row.root_id },
  site: row.site,
  cause: row.cause as Incident["cause"],
  facts: JSON.parse(row.facts_json),
  since: row.since,
  openedAt: row.opened_at,
  resolvedAt: row.resolved_at,
  generation: row.generation,
  tellAt: row.tell_at,
  toldAt: row.told_at,
  toldMembers: row.told_members,
  updateAt: row.update_at,
  recoverBy: row.recover_by,
  includes: JSON.parse(row.includes_json),
  muted: row.muted_json === null ? null : JSON.parse(row.muted_json),
  ack: ackOf(row),
  escalation: row.escalation_json === null ? null : JSON.parse(row.escalation_json),
  members,
});

const ackOf = (row: IncidentRow): Ack | null =>
  row.acked_by === null
    ? null
    : {
        id: row.acked_id,
        by: row.acked_by,
        at: row.acked_at ?? row.opened_at,
        until: row.acked_until,
        members: row.acked_members ?? 0,
        severity: (row.acked_severity ?? row.severity) as Incident["severity"],
      };

/** Who has it, as columns. */
export const ackRow = (ack: Ack | null) => ({
  acked_by: ack?.by ?? null,
  acked_at: ack?.at ?? null,
  acked_id: ack?.id ?? null,
  acked_until: ack?.until ?? null,
  acked_members: ack?.members ?? null,
  acked_severity: ack?.severity ?? null,
});

const incidentRow = (incident: Incident) => ({
  id: incident.id,
  state: incident.state,
  severity: incident.severity,
  rule: incident.rule,
  cause: incident.cause,
  root_type: incident.root.type,
  root_id: incident.root.id,
  site: incident.site,
  facts_json: JSON.stringify(incident.facts),
  since: incident.since,
  opened_at: incident.openedAt,
  resolved_at: incident.resolvedAt,
  generation: incident.generation,
  tell_at: incident.tellAt,
  told_at: incident.toldAt,
  told_members: incident.toldMembers,
  update_at: incident.updateAt,
  recover_by: incident.recoverBy,
  includes_json: JSON.stringify(incident.includes),
  muted_json: incident.muted && JSON.stringify(incident.muted),
  escalation_json: incident.escalation && JSON.stringify(incident.escalation),
  ...ackRow(incident.ack),
});

const memberRow = (incident: Incident, member: Member): Database["incident_member"] => ({
  incident: incident.id,
  device: member.device,
  name: member.name,
  rule: isLoss(incident.rule) ? "device_down" : incident.rule,
  state: member.state,
  since: member.since,
  back_at: member.backAt,
  boot: member.boot,
  // A site's failure is told once; its devices' own is part of it.
  suppressed_by: incident.rule === "site_unreachable" ? "topology" : null,
});
