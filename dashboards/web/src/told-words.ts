import type { Incident } from "./api.ts";
import { quietUntil } from "./duty-words.ts";
import { clockTime } from "./words.ts";

/** Who was told of an incident, who was not, and why. Pure. */
interface Known {
  id: string;
  name: string;
  createdAt: number;
}

export interface Standing {
  channel: string;
  name: string;
  /** told, will be (or is being tried), was not, or could not be. */
  is: "told" | "coming" | "not" | "failed";
  text: string;
}

export const standingWords: Record<Standing["is"], { mark: string; word: string; look: string }> = {
  told: { mark: "●", word: "told", look: "online" },
  coming: { mark: "◐", word: "about to be told", look: "suspect" },
  not: { mark: "○", word: "not told", look: "awaiting" },
  failed: { mark: "■", word: "could not be told", look: "offline" },
};

type Of = Pick<Incident, "told" | "state" | "openedAt" | "mutedBy" | "escalation">;

/** One line a channel, in the order in which they were made.
 *  @param channels all that there are now; empty where the reader may not see them */
export function standingsOf(
  incident: Of,
  channels: readonly Known[],
  { now, zone }: { now: number; zone?: string | undefined },
): Standing[] {
  const known = new Map(channels.map(({ id, name }) => [id, name]));
  for (const { channel, name } of incident.told)
    if (!known.has(channel)) known.set(channel, name ?? "A removed channel");
  return [...known].map(([channel, name]) => {
    const mine = incident.told.filter((one) => one.channel === channel);
    const first = mine.filter(({ kind }) => kind === "opened").at(-1) ?? mine.at(-1);
    if (first) return { channel, name, ...fateOf(first, { now, zone }) };
    const made = channels.find(({ id }) => id === channel)?.createdAt ?? 0;
    return { channel, name, is: "not", text: whyNot(incident, made, { now, zone }) };
  });
}

const waitWords: Record<string, string> = {
  digest: "with the next digest",
  overflow: "together with others: it takes only so many a minute",
  mute: "when that channel is no longer muted",
};

function fateOf(
  { outcome, answer, attempts, at, due, waitsFor }: Incident["told"][number],
  { now, zone }: { now: number; zone?: string | undefined },
): Pick<Standing, "is" | "text"> {
  const said = answer ? ` (${answer})` : "";
  if (outcome === "sent" || outcome === "merged") return { is: "told", text: `${clockTime(at, now, zone)}${said}` };
  if (outcome === "dead") return { is: "failed", text: `given up${said}` };
  if (outcome === "skipped" || outcome === "withdrawn")
    return { is: "not", text: answer ?? "nobody needed it any more" };
  const when = due === undefined ? "" : `, ${clockTime(due, now, zone)}`;
  const wait = waitWords[waitsFor ?? ""];
  if (wait) return { is: "coming", text: `${wait}${when}` };
  return attempts === 0 ? { is: "coming", text: "any moment" } : { is: "failed", text: `is tried again${when}${said}` };
}

function whyNot(incident: Of, made: number, { now, zone }: { now: number; zone?: string | undefined }): string {
  const { state, openedAt, mutedBy, escalation, told } = incident;
  if (made > openedAt) return "added after it began";
  if (mutedBy)
    return state === "open"
      ? `quiet${quietUntil(mutedBy.until, { now, zone })}: ${mutedBy.why}`
      : `it was quiet: ${mutedBy.why}`;
  if (state === "open" && escalation) return "its turn has not come";
  if (told.length > 0) return "its turn did not come";
  return state === "open" ? "not yet: what belongs together is told together" : "over before anybody was told";
}
