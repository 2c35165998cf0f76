import type { Availability } from "./api.ts";
import { lasting } from "./duration-text.ts";

/** What people read of a month's availability. Pure. */
export type Figures = Availability["all"];
type Cause = keyof Figures["lostByCause"];

/** Rounded down: what was not whole is never shown as whole. */
export function shareWords(share: number | null): string {
  if (share === null) return "nothing to count";
  if (share === 1) return "100 %";
  return `${(Math.floor(share * 10_000 + 1e-9) / 100).toFixed(2)} %`;
}

export const isMonth = (text: string): boolean => /^20\d\d-(0[1-9]|1[0-2])$/.test(text);

export function monthBeside(month: string, many: number): string {
  const [year = 0, of = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, of - 1 + many, 1)).toISOString().slice(0, 7);
}

/** "November 2026". */
export const monthWords = (month: string): string =>
  new Date(`${month}-01T00:00Z`).toLocaleDateString("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

export const causeWords: Record<Cause, string> = {
  line: "its line was down",
  restart: "it restarted",
  stopped: "its agent was stopped",
  maintenance: "planned work that counts",
  unknown: "not known why",
};

/** Why time was lost, the most first. */
export const causes = ({ lostByCause, lostMs }: Figures): { cause: Cause; ms: number; share: number }[] =>
  (Object.entries(lostByCause) as [Cause, number][])
    .filter(([, ms]) => ms > 0)
    .map(([cause, ms]) => ({ cause, ms, share: ms / lostMs }))
    .sort((a, b) => b.ms - a.ms);

/** The one cause of most of it, or all that there were. */
export function mainlyWords(figures: Figures): string {
  const all = causes(figures);
  const [first] = all;
  if (!first) return "";
  return all.length === 1 ? causeWords[first.cause] : `mainly ${causeWords[first.cause]}`;
}

export interface Part {
  key: "up" | "lost" | "unknown" | "excluded";
  /** Never by its colour alone. */
  mark: string;
  word: string;
  ms: number;
  share: number;
}

/** What the time within service hours was, so that all of it is there. */
export function partsOf({ upMs, lostMs, unknownMs, excludedMs }: Figures): Part[] {
  const all = upMs + lostMs + unknownMs + excludedMs;
  const part = (key: Part["key"], mark: string, word: string, ms: number): Part => ({
    ...{ key, mark, word, ms },
    share: all === 0 ? 0 : ms / all,
  });
  return [
    part("up", "●", "there", upMs),
    part("lost", "■", "lost", lostMs),
    part("unknown", "◇", "not known", unknownMs),
    part("excluded", "▲", "planned, left out", excludedMs),
  ];
}

/** Device time; "none" where there is none. */
export const timeWords = (ms: number): string => (ms <= 0 ? "none" : ms < 1_000 ? "under 1 s" : lasting(ms));

/** Hours of devices of people: "120 h". */
export const peopleWords = (ms: number | null): string => {
  if (ms === null) return "not known";
  const hours = ms / 3_600_000;
  return hours < 0.1
    ? "under 0.1 h"
    : `${hours.toLocaleString("en-GB", { maximumFractionDigits: hours < 10 ? 1 : 0 })} h`;
};

/** The month in one sentence. */
export function availabilitySentence(of: Figures, where: string, isNow: boolean): string {
  const so = isNow ? " so far" : "";
  if (of.availability === null) return `There is no time within service hours to count for ${where}${so}.`;
  const lost = of.lostMs === 0 ? "Nothing was lost." : `${timeWords(of.lostMs)} of device time were lost.`;
  return `${capital(where)} ${isNow ? "has been" : "was"} there ${shareWords(of.availability)} of the time${so}. ${lost}`;
}
const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;

/** The worst first, those without anything to count last. */
export const worstFirst = <T extends { figures: Figures; name: string }>(all: readonly T[]): T[] =>
  [...all].sort(
    (a, b) =>
      (a.figures.availability ?? 2) - (b.figures.availability ?? 2) ||
      b.figures.lostMs - a.figures.lostMs ||
      a.name.localeCompare(b.name, "en-GB", { numeric: true }),
  );
