import type { Database } from "../store/records/index.ts";
import type { Cause, Facts, Member, Rule, Severity } from "./incident.ts";
import { incidentOfRow, memberOfRow } from "./records.ts";
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
    suppressedBy?: string;
  }[];
  since: number;
  openedAt: number;
  resolvedAt: number | null;
  ackedBy?: string;
  ackedAt?: number;
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

/** An incident as people and programs read it. Pure. */
export function viewOf(
  row: Database["incident"],
  memberRows: readonly Database["incident_member"][],
  { told, changed }: { told: Told[]; changed: readonly { at: number; text: string; device: string | null }[] },
  now: number,
): IncidentView {
  const members = memberRows.map(memberOfRow);
  const incident = incidentOfRow(row, new Map(members.map((one) => [one.device, one])));
  const left = members.filter(({ state }) => state === "left").length;
  const facts: Facts = incident.facts;
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
      ...(member.suppressed_by === null ? {} : { suppressedBy: member.suppressed_by }),
    })),
    since: incident.since,
    openedAt: incident.openedAt,
    resolvedAt: incident.resolvedAt,
    ...(row.acked_by === null ? {} : { ackedBy: row.acked_by }),
    ...(row.acked_at === null ? {} : { ackedAt: row.acked_at }),
    ...(row.reference === null ? {} : { reference: row.reference }),
    includes: [...incident.includes],
    changed: changed.map(({ at, text, device }) => ({ at, text, ...(device === null ? {} : { device }) })),
    told,
  };
}
