/** Times of a day by the clocks of a place. Pure. */

const partsOf = (at: number, timeZone: string | undefined): string =>
  new Date(at).toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "medium", ...(timeZone ? { timeZone } : {}) });

/** As its clocks show it, for a field of a form: "2026-11-28T14:05". */
export const localOf = (at: number, timeZone?: string): string => partsOf(at, timeZone).slice(0, 16).replace(" ", "T");

/** What its clocks show, as a moment; null: that is no time. An hour that comes twice is meant the first time, one that is
 *  left out begins where the clocks go on. */
export function momentOf(local: string, timeZone?: string): number | null {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(local) ? Date.parse(`${local}Z`) : Number.NaN;
  if (Number.isNaN(wall)) return null;
  const aheadAt = (at: number): number => Date.parse(`${partsOf(at, timeZone).replace(" ", "T")}Z`) - at;
  const [before, after] = [aheadAt(wall - dayMs), aheadAt(wall + dayMs)];
  const first = wall - Math.max(before, after);
  return localOf(first, timeZone) === local ? first : wall - Math.min(before, after);
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const morning = "08:00";

export interface Ending {
  key: "1h" | "4h" | "morning";
  word: string;
  until: number;
}

/** For how long people usually mean it: an hour, a shift's half, until the office opens. */
export function endings(now: number, timeZone?: string): Ending[] {
  const today = localOf(now, timeZone).slice(0, 10);
  const tomorrow = new Date(Date.parse(`${today}T00:00Z`) + dayMs).toISOString().slice(0, 10);
  const early = momentOf(`${today}T${morning}`, timeZone) ?? now;
  const isEarly = early - now >= hourMs;
  const until = isEarly ? early : (momentOf(`${tomorrow}T${morning}`, timeZone) ?? now + dayMs);
  return [
    { key: "1h", word: "1 hour", until: now + hourMs },
    { key: "4h", word: "4 hours", until: now + 4 * hourMs },
    { key: "morning", word: isEarly ? "until 8:00 today" : "until 8:00 tomorrow", until },
  ];
}
