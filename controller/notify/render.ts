import type { Notice } from "./channel-kind.ts";
import { keyOf, type OutboxRow } from "./plan.ts";

/** What this room needs of an incident. */
export interface Said {
  id: string;
  severity: string;
  sentence: string;
  includes: readonly string[];
  told: readonly { channel: string }[];
}

const titleChars = 140;

/** What is sent, from the incident as it is at that moment. Pure.
 *  @param about.label of the severity, as people say it */
export function render(
  incident: Said,
  row: OutboxRow,
  about: { channel: string; url: string; late: boolean; label: string },
): Notice {
  const more = [
    ...(incident.includes.length > 0 ? [`This includes ${incident.includes.length} reported before.`] : []),
    ...(about.late ? ["You hear of it only now: the notice of its beginning could not be delivered."] : []),
  ];
  const over = row.kind === "resolved" ? "Resolved" : row.kind === "closed" ? "Closed" : about.label;
  return {
    kind: row.kind as Notice["kind"],
    key: keyOf(incident.id, row),
    thread: incident.id,
    title: `${over}: ${firstSentence(incident.sentence)}`.slice(0, titleChars),
    text: [incident.sentence, ...more].join(" "),
    url: `${about.url}/incidents/${incident.id}`,
    // Other receivers are nobody's business.
    incident: { ...incident, told: incident.told.filter(({ channel }) => channel === about.channel) },
  };
}

const firstSentence = (text: string): string => text.split(/(?<=\.) /)[0] ?? text;

/** "Send test": plainly a test, in the shape of the real thing. */
export function renderTest(about: { url: string; now: number; key: string }): Notice {
  const text = "This is a test of Lamplighter: nothing is wrong. Who reads it would be told of incidents here.";
  return {
    kind: "test",
    key: about.key,
    thread: about.key,
    title: "Test of Lamplighter: nothing is wrong",
    text,
    url: `${about.url}/incidents`,
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
