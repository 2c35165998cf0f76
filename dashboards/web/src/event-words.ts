import { noticeSentence, type ToldWords } from "./incident-words.ts";

/** What happened to an incident, in people's words. Pure. */
interface Happened {
  kind: string;
  text: string;
}

const plain: Record<string, string> = {
  opened: "Opened",
  widened: "More devices are part of it",
  worsened: "Worse than it was: its severity rose",
  told: "Notices went out",
  unmuted: "Quiet no longer",
  resolved: "Resolved",
  closed: "Closed",
  folded: "Became part of its site's incident",
  "set-aside": "Set aside: the controller itself could not see",
  "ack-over": "Nobody has it any more",
  escalated: "Nobody had taken it: the next were told",
  flapping: "It comes and goes: held back until it calms down",
  steady: "Calmed down: no longer coming and going",
  ticket: "A ticket was opened",
};

/** One line of an incident's history. */
export function eventSentence({ kind, text }: Happened): string {
  switch (kind) {
    case "acknowledged":
      return `Taken by ${text}.`;
    case "given-back":
      return `Given back by ${text}.`;
    case "assigned":
      return text.startsWith("nobody")
        ? `No longer anybody's in particular${text.slice("nobody".length)}.`
        : `Given to ${text}.`;
    case "note":
      return `Note by ${text}`;
    case "muted":
      return `Quiet: ${text.charAt(0).toLowerCase()}${text.slice(1)}.`;
    case "explained":
      return `Its devices were up all the time: what they kept has come in (${text}).`;
    case "told":
      return text === "updated" ? "Notices went out: it grew." : "Notices went out.";
    default: {
      const words = plain[kind] ?? kind;
      return text === "" ? `${words}.` : `${words}: ${text}.`;
    }
  }
}

/** Whose doing a line is: shown by its mark. */
export type Doer = "it" | "people" | "notices";

export interface Line {
  key: string;
  at: number;
  doer: Doer;
  text: string;
  good: boolean;
  link?: { to: string; text: string };
}

const byPeople = new Set(["acknowledged", "given-back", "assigned", "note"]);
const byUs = new Set(["muted", "unmuted", "escalated", "ack-over", "told", "ticket"]);

interface Notice extends ToldWords {
  channel: string;
  at: number;
  reference?: string | undefined;
  link?: string | undefined;
}

const moment = 60_000;
/** Device after device of one failure is said once. */
const isSameAgain = (event: Happened & { at: number }, before: (Happened & { at: number }) | undefined): boolean =>
  event.kind === "widened" && before?.kind === "widened" && event.text === before.text && event.at - before.at < moment;

/** All that happened, oldest first: what the notices say in person replaces "notices went out". */
export function linesOf(events: readonly (Happened & { id: number; at: number })[], told: readonly Notice[]): Line[] {
  const own = events
    .filter(({ kind }) => kind !== "told" || told.length === 0)
    .filter((event, i, all) => !isSameAgain(event, all[i - 1]))
    .map(({ id, at, ...event }): Line => {
      const doer = byPeople.has(event.kind) ? "people" : byUs.has(event.kind) ? "notices" : "it";
      return { key: `event ${id}`, at, doer, text: eventSentence(event), good: true };
    });
  const notices = told.map((one, i): Line => {
    const { good, text } = noticeSentence(one);
    const link = one.link === undefined ? {} : { link: { to: one.link, text: one.reference ?? "The ticket" } };
    return { key: `notice ${one.channel} ${one.kind} ${i}`, at: one.at, doer: "notices", text, good, ...link };
  });
  // What happened before it was told stands before it, also in the same millisecond.
  return [...own, ...notices].sort((a, b) => a.at - b.at);
}
