import type { ClockState, Point } from "#wire";
import type { Scrubbed } from "./scrub.ts";

/** The text of a batch that was made before its boot knew the time, now that it does. Deterministic, so that every
 *  sending has the same bytes. */
export function withTime(text: string, offset: number): Scrubbed {
  const message = JSON.parse(text) as { at: number; clock: ClockState; points?: Point[] };
  message.at += offset;
  message.clock = "corrected";
  for (const point of message.points ?? []) point.at += offset;
  return JSON.stringify(message) as Scrubbed;
}
