import { clockTime, count, duration } from "./words.ts";

/** What the sentence has to know of `GET /devices/{id}/delivery`. */
export interface DeliveryWords {
  made: number;
  dropped: number;
  quarantined: number;
  onDevice: number;
  missing: number;
  since: number | null;
  drops: { why: string; points: number }[];
  lastLoss: LossWords | null;
}
export interface LossWords {
  fromAt: number | null;
  toAt: number | null;
  points: number | null;
  kind: "missing" | "dropped";
  why: string;
}

const missingWhy: Record<string, string> = {
  power: "the device lost its power before it could write them down",
  wiped: "the device came back without what it held",
  replaced: "the device was replaced while it held them",
  restored: "this controller was restored from a backup; they came before, and may still be in the charts",
  unknown: "why is not known",
};
const droppedWhy: Record<string, string> = {
  full: "given up by the device when its memory was full",
  thinned: "kept as 5-minute values when the device's memory filled up",
  age: "given up by the device when they were too old to be sent",
  unreadable: "lost on the device: its memory could not be read",
};
const refusedWhy: Record<string, string> = {
  clock: "the device did not know the time",
  future: "its clock is ahead",
  late: "older than values are kept",
  "not-yours": "of a device that is not reached through this one",
  "too-many-series": "more different series than a device may have",
  "unknown-measurement": "not a measurement that is known here",
  store: "the store did not take it",
  unreadable: "the message could not be read",
};
const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;

export const whyWords = (kind: LossWords["kind"], why: string): string =>
  (kind === "missing" ? missingWhy : droppedWhy)[why] ?? why;
export const refusedWords = (why: string, problem: string): string => refusedWhy[why] ?? problem;

/** "10:14" today, "Sunday 14:00" within a week, "12 Nov, 14:00" before. */
export function dayTime(at: number, now: number, timeZone?: string): string {
  const plain = clockTime(at, now, timeZone);
  if (!plain.includes(",") || now - at > 6 * 86_400_000 || at > now) return plain;
  const weekday = new Date(at).toLocaleDateString("en-GB", { weekday: "long", ...(timeZone ? { timeZone } : {}) });
  return `${weekday} ${plain.split(", ")[1]}`;
}

/** "Sunday 14:00 to 14:20". */
export function spanWords(from: number | null, to: number | null, now: number, timeZone?: string): string {
  if (from === null && to === null) return "";
  if (from === null || to === null) return `around ${dayTime((from ?? to) as number, now, timeZone)}`;
  const [begin, end] = [dayTime(from, now, timeZone), dayTime(to, now, timeZone)];
  if (begin === end) return begin;
  // The day is said once.
  const [day, time] = end.split(/,? (?=\d\d:)/);
  return `${begin} to ${time !== undefined && day !== undefined && begin.startsWith(day) ? time : end}`;
}

/** "312 values of Sunday 14:00 to 14:20 are missing: the device lost its power before it could write them down." */
export function lossSentence(loss: LossWords, now: number, timeZone?: string): string {
  const many = loss.points === null ? "An unknown number of values" : count(loss.points, "value");
  const span = spanWords(loss.fromAt, loss.toAt, now, timeZone);
  const when = span === "" ? "" : ` of ${span}`;
  const verb = loss.points === 1 ? "is" : "are";
  const why = whyWords(loss.kind, loss.why);
  return loss.kind === "missing" ? `${many}${when} ${verb} missing: ${why}.` : `${many}${when}: ${why}.`;
}

/** One line: since when nothing is missing, or what, when and why; the numbers are behind it. */
export function deliverySentence(d: DeliveryWords, now: number, timeZone?: string): { good: boolean; text: string } {
  if (d.made === 0) return { good: true, text: "Nothing measured yet." };
  const waiting = d.onDevice > 0 ? ` ${count(d.onDevice, "value")} still on the device, on the way.` : "";
  const refused = d.quarantined > 0 ? ` ${count(d.quarantined, "value")} refused.` : "";
  const since = d.since === null ? "" : ` since ${dayTime(d.since, now, timeZone)}`;
  if (d.missing === 0 && d.dropped === 0) return { good: true, text: `Nothing missing${since}.${refused}${waiting}` };
  if (d.missing === 0) {
    const given = d.drops.map(({ why, points }) => `${count(points, "value")} ${whyWords("dropped", why)}`).join(", ");
    return { good: true, text: `Nothing missing${since}. ${capital(given)}.${refused}${waiting}` };
  }
  const last = d.lastLoss?.kind === "missing" ? lossSentence(d.lastLoss, now, timeZone) : "";
  const whole = last === "" || d.lastLoss?.points !== d.missing ? `${count(d.missing, "value")} missing in all.` : "";
  return { good: false, text: `${[last, whole].filter(Boolean).join(" ")}${refused}${waiting}` };
}

export const tailWords = (atMostMs: number): string => `At most the last ${duration(atMostMs)} before its power went.`;
