import type { Fact, Handle, Notice } from "./channel-kind.ts";
import { type About, factsOf, timeOf } from "./facts.ts";
import { notifyLimits } from "./limits.ts";
import { keyOf, type OutboxRow } from "./plan.ts";

/** What this room needs of an incident. */
export interface Said {
  id: string;
  severity: string;
  sentence: string;
  includes: readonly string[];
  told: readonly { channel: string }[];
  state?: string;
  site?: string | null;
  /** What failed. */
  root?: { type: string; id: string };
  since?: number;
  resolvedAt?: number | null;
}

const titleChars = 140;

export interface Way {
  /** Of the channel. */
  channel: string;
  /** Of the screens. */
  url: string;
  now: number;
  /** Its beginning could not be told in time. */
  late: boolean;
  /** Why not, where that is known. */
  why: string | null;
  /** Of the channel that could not be told it, and what its receiver said. */
  passed: { name: string; answer: string } | null;
  /** Of the severity, as people say it. */
  label: string;
  about: About;
  handle: Handle | null;
}

/** What is sent, from the incident as it is at that moment. Pure. */
export function render(incident: Said, row: Pick<OutboxRow, "kind" | "generation">, way: Way): Notice {
  const more = [
    ...(incident.includes.length > 0 ? [`This includes ${incident.includes.length} reported before.`] : []),
    ...(way.late ? [lateWords(incident, way)] : []),
    ...(way.passed ? [`You are told because ${way.passed.name} could not be (${way.passed.answer}).`] : []),
  ];
  const over = isOver(row.kind);
  return {
    kind: row.kind as Notice["kind"],
    key: keyOf(incident.id, row),
    thread: incident.id,
    severity: incident.severity,
    title: titleOf(incident, row.kind, way.label),
    text: [incident.sentence, ...more].join(" "),
    facts: factsOf(way.about, { over, now: way.now }),
    url: `${way.url}/incidents/${incident.id}`,
    incident: forChannel(incident, way.channel),
    items: [],
    at: way.now,
    handle: way.handle,
  };
}

export const isOver = (kind: string): boolean => kind === "resolved" || kind === "closed";

const titleOf = (incident: Said, kind: string, label: string): string => {
  const word = kind === "resolved" ? "Resolved" : kind === "closed" ? "Closed" : label;
  return `${word}: ${firstSentence(incident.sentence)}`.slice(0, titleChars);
};

/** "It lasted from 10:02 to 10:14": who hears of it only now has to know that it is over, and since when. */
function lateWords({ since, resolvedAt }: Said, { about, now, why }: Way): string {
  const zone = about.site?.timeZone ?? "Europe/London";
  const lasted =
    since !== undefined && resolvedAt
      ? `It lasted from ${timeOf(since, now, zone)} to ${timeOf(resolvedAt, now, zone)}. `
      : "";
  return `${lasted}You hear of it only now: its beginning was not delivered in time${why === null ? "" : ` (${why})`}.`;
}

/** Other receivers are nobody's business. */
const forChannel = (incident: Said, channel: string): Said => ({
  ...incident,
  told: incident.told.filter((one) => one.channel === channel),
});

const firstSentence = (text: string): string => text.split(/(?<=\.) /)[0] ?? text;

export interface DigestPart {
  incident: Said;
  kind: string;
  late: boolean;
  label: string;
  about: About;
}

const rank = ["critical", "major", "warning", "info"];

/** Several incidents in one message: worst first, what lasts before what is over. Pure.
 *  @param way.overflow they were more than the channel takes one by one; else it is the time for it */
export function renderDigest(
  parts: readonly DigestPart[],
  way: { id: string; channel: string; url: string; now: number; overflow: boolean },
): Notice {
  const sorted = [...parts].sort(
    (a, b) =>
      Number(isOver(a.kind)) - Number(isOver(b.kind)) ||
      rank.indexOf(a.incident.severity) - rank.indexOf(b.incident.severity),
  );
  const lasting = parts.filter(({ kind }) => !isOver(kind)).length;
  const how = lasting === 0 ? "all over" : lasting === parts.length ? "all open" : `${lasting} open`;
  const many = parts.length === 1 ? "1 incident" : `${parts.length} incidents`;
  return {
    kind: "digest",
    key: way.id,
    thread: way.id,
    severity: sorted[0]?.incident.severity ?? "info",
    title: `${many}, ${how}`,
    text: way.overflow
      ? `${many} at about the same time, ${how}. They come in one message: this channel takes only so many a minute.`
      : `${many} since the last digest, ${how}.`,
    facts: [],
    url: `${way.url}/incidents`,
    incident: null,
    items: sorted.slice(0, notifyLimits.digestItems).map(({ incident, kind, late, label, about }) => {
      const zone = about.site?.timeZone ?? "Europe/London";
      const { since, resolvedAt } = incident;
      const lasted =
        late && since !== undefined && resolvedAt
          ? ` (${timeOf(since, way.now, zone)} to ${timeOf(resolvedAt, way.now, zone)})`
          : "";
      return {
        title: `${titleOf(incident, kind, label)}${lasted}`,
        url: `${way.url}/incidents/${incident.id}`,
        incident: forChannel(incident, way.channel),
      };
    }),
    at: way.now,
    handle: null,
  };
}

/** "Send test": plainly a test, in the shape of the real thing. */
export function renderTest(about: { url: string; now: number; key: string }): Notice {
  const text = "This is a test of Lamplighter: nothing is wrong. Who reads it would be told of incidents here.";
  const facts: Fact[] = [];
  return {
    kind: "test",
    key: about.key,
    thread: about.key,
    severity: "info",
    title: "Test of Lamplighter: nothing is wrong",
    text,
    facts,
    url: `${about.url}/incidents`,
    items: [],
    at: about.now,
    handle: null,
    incident: {
      id: "test",
      state: "resolved",
      severity: "info",
      rule: "test",
      cause: null,
      sentence: text,
      root: { type: "controller", id: "self" },
      members: [],
      openedAt: about.now,
      resolvedAt: about.now,
      told: [],
    },
  };
}
