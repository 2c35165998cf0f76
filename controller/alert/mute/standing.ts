import { occurrencesOf, type Recurring, type Span } from "./recurrence.ts";

/** When it holds: once, or again and again. */
export type When = { startAt: number; endAt: number } | Recurring;

export interface Timed {
  when: When;
  /** Ended early: nothing of it counts from then on. */
  endedAt: number | null;
}

export interface Standing {
  active: boolean;
  /** Of what holds now. */
  since: number | null;
  until: number | null;
  /** When it begins next; null: never, or not within years. */
  nextAt: number | null;
}

/** Its spans that end after `after`, in order. Pure. */
export function spansOf({ when, endedAt }: Timed, after: number, most: number): Span[] {
  const spans =
    "rrule" in when
      ? occurrencesOf(when, after, most)
      : [{ from: when.startAt, to: when.endAt }].filter(({ to }) => to > after);
  if (endedAt === null) return spans;
  return spans
    .map(({ from, to }) => ({ from, to: Math.min(to, endedAt) }))
    .filter(({ from, to }) => from < to && to > after);
}

/** Two of one window overlap at most where the clocks go forward. */
const looked = 3;

/** How it is at `now`. Pure. */
export function standingOf(window: Timed, now: number): Standing {
  const spans = spansOf(window, now, looked);
  const holding = spans.filter(({ from }) => from <= now);
  return {
    active: holding.length > 0,
    since: holding[0]?.from ?? null,
    until: holding.length > 0 ? Math.max(...holding.map(({ to }) => to)) : null,
    nextAt: spans.find(({ from }) => from > now)?.from ?? null,
  };
}

/** Nothing of it comes after that; null: it has no end. */
export function overAt(window: Timed): number | null {
  const { when, endedAt } = window;
  if (endedAt !== null || !("rrule" in when)) return endedAt ?? (when as { endAt: number }).endAt;
  if (!/COUNT=|UNTIL=/.test(when.rrule)) return null;
  return spansOf(window, beginningOf(when), Number.POSITIVE_INFINITY).at(-1)?.to ?? beginningOf(when);
}

export const muteStates = ["active", "coming", "over"] as const;
export type MuteState = (typeof muteStates)[number];

/** Has any of it begun by `now`? */
export const hasBegun = (window: Timed, now: number): boolean => {
  const [first] = spansOf(window, beginningOf(window.when), 1);
  return first !== undefined && first.from <= now;
};

const dayMs = 86_400_000;
/** A time before its first span, whatever the zone. */
export const beginningOf = (when: When): number =>
  "rrule" in when ? Date.parse(`${when.first}Z`) - 2 * dayMs : when.startAt - 1;
