import type { Selectable } from "kysely";
import type { Database } from "../store/records/index.ts";
import type { Escalation } from "./escalation/run.ts";
import type { Cause, Incident, Member, Rule, Severity } from "./incident.ts";
import type { Muted } from "./mute/hold.ts";
import { type IncidentRow, incidentOfRow, memberOfRow } from "./records.ts";
import { sentenceOf } from "./sentence.ts";

/** A notice as a channel got it, or not. */
export interface Told {
  channel: string;
  /** Of the channel; null: it was removed since. */
  name: string | null;
  kind: string;
  at: number;
  /** waiting, sent, merged, withdrawn or dead. */
  outcome: string;
  answer: string | null;
  attempts: number;
  /** What it waits for (retry, digest, overflow or mute), and until when. */
  waitsFor?: string;
  due?: number;
  /** The channel that could not be told it. */
  insteadOf?: string;
  /** Of the ticket that it opened, and its page. */
  reference?: string;
  link?: string;
}

/** DESIGN §8 "incident". */
export interface IncidentView {
  id: string;
  state: "open" | "resolved" | "closed";
  severity: Severity;
  rule: Rule;
  cause: Cause | null;
  sentence: string;
  root: { type: string; id: string; name: string };
  site: string | null;
  members: {
    device: string;
    name: string;
    rule: string;
    state: Member["state"];
    since: number;
    backAt: number | null;
    /** topology, maintenance or silence; of the last two with why and until when. */
    suppressedBy?: string;
    suppressedWhy?: string;
    suppressedUntil?: number;
  }[];
  since: number;
  openedAt: number;
  resolvedAt: number | null;
  ackedBy?: string;
  ackedAt?: number;
  /** Until when it counts. */
  ackedUntil?: number;
  assignee?: { id: string; name: string };
  /** Nobody is told of it for now, or was when it ended. */
  mutedBy?: Muted;
  /** Which step comes next, and when; null: it stands while somebody has it or nobody is to be told. */
  escalation?: { nextStep: number; nextAt: number | null; round: number };
  reference?: string;
  includes: string[];
  /** In the hour before it, newest first; `device`: of one alone. */
  changed: { at: number; text: string; device?: string }[];
  told: Told[];
}

export interface IncidentEvent {
  id: number;
  at: number;
  kind: string;
  text: string;
  actor: { kind: string; id: string } | null;
}

const controller = "The controller";

/** An incident as people and programs read it. Pure.
 *  @param mutedNow what holds back what is said of this member of an open incident */
export function viewOf(
  row: IncidentRow,
  memberRows: readonly Selectable<Database["incident_member"]>[],
  { told, changed }: { told: Told[]; changed: readonly { at: number; text: string; device: string | null }[] },
  now: number,
  mutedNow: (incident: Incident, member: Member) => Muted | null = () => null,
): IncidentView {
  const members = memberRows.map(memberOfRow);
  const incident = incidentOfRow(row, new Map(members.map((one) => [one.device, one])));
  const left = members.filter(({ state }) => state === "left").length;
  const { facts, muted, ack, escalation }: Incident = incident;
  const mutedOf = (member: Member): Muted | null => (incident.state === "open" ? mutedNow(incident, member) : muted);
  return {
    id: row.id,
    state: incident.state,
    severity: incident.severity,
    rule: incident.rule,
    cause: incident.cause,
    sentence: sentenceOf({ ...incident, left }, now),
    root: { ...incident.root, name: incident.root.type === "controller" ? controller : facts.name },
    site: incident.site,
    members: (incident.root.type === "controller" ? [] : memberRows).map((member, i) => ({
      device: member.device,
      name: member.name,
      rule: member.rule,
      state: members[i]?.state ?? "down",
      since: member.since,
      backAt: member.back_at,
      ...suppressed(mutedOf(memberOfRow(member)), member.suppressed_by),
    })),
    since: incident.since,
    openedAt: incident.openedAt,
    resolvedAt: incident.resolvedAt,
    ...(ack ? { ackedBy: ack.by, ackedAt: ack.at, ...(ack.until === null ? {} : { ackedUntil: ack.until }) } : {}),
    ...(row.assignee === null ? {} : { assignee: { id: row.assignee, name: row.assignee_name ?? "" } }),
    ...(muted === null ? {} : { mutedBy: muted }),
    ...(escalation === null || incident.state !== "open" ? {} : { escalation: turnOf(escalation) }),
    ...(row.reference === null ? {} : { reference: row.reference }),
    includes: [...incident.includes],
    changed: changed.map(({ at, text, device }) => ({ at, text, ...(device === null ? {} : { device }) })),
    told,
  };
}

/** Maintenance and silences outrank the site's own failure: they say why nobody is told. */
const suppressed = (muted: Muted | null, otherwise: string | null) =>
  muted !== null
    ? { suppressedBy: muted.by, suppressedWhy: muted.why, suppressedUntil: muted.until }
    : otherwise === null
      ? {}
      : { suppressedBy: otherwise };

const turnOf = ({ next, nextAt, round, pausedAt }: Escalation) => ({
  nextStep: next + 1,
  nextAt: pausedAt === null ? nextAt : null,
  round,
});
