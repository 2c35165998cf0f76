import { chance, wander } from "../chance.ts";
import type { Character } from "../town/sites.ts";
import { britishTime, type Local } from "./calendar.ts";

const minuteMs = 60_000;
const friday = 4;
/** Of the busiest usual hour, at 0, 2, 4 … 22 o'clock: on a working day, on a Saturday, on a Sunday. */
const shapes: Record<Character, [number[], number[], number[]]> = {
  market: [
    [0.06, 0.03, 0.02, 0.1, 0.3, 0.5, 0.62, 0.58, 0.6, 0.72, 0.45, 0.18],
    [0.1, 0.05, 0.02, 0.06, 0.25, 0.6, 0.85, 0.8, 0.7, 0.65, 0.5, 0.28],
    [0.12, 0.05, 0.02, 0.04, 0.12, 0.32, 0.48, 0.45, 0.4, 0.35, 0.25, 0.12],
  ],
  shops: [
    [0.03, 0.02, 0.02, 0.1, 0.35, 0.55, 0.65, 0.62, 0.75, 0.9, 0.5, 0.12],
    [0.05, 0.02, 0.02, 0.06, 0.35, 0.8, 1, 0.98, 0.85, 0.7, 0.4, 0.15],
    [0.04, 0.02, 0.02, 0.04, 0.15, 0.5, 0.75, 0.72, 0.5, 0.25, 0.15, 0.06],
  ],
  station: [
    [0.05, 0.02, 0.05, 0.55, 0.95, 0.4, 0.35, 0.38, 0.8, 1, 0.45, 0.2],
    [0.08, 0.03, 0.03, 0.15, 0.3, 0.42, 0.48, 0.46, 0.5, 0.48, 0.35, 0.25],
    [0.08, 0.03, 0.02, 0.08, 0.2, 0.3, 0.36, 0.38, 0.4, 0.36, 0.25, 0.12],
  ],
  estate: [
    [0.12, 0.06, 0.04, 0.15, 0.35, 0.35, 0.42, 0.5, 0.72, 0.98, 1, 0.55],
    [0.2, 0.08, 0.04, 0.08, 0.28, 0.48, 0.55, 0.58, 0.68, 0.85, 0.9, 0.55],
    [0.22, 0.1, 0.05, 0.08, 0.22, 0.42, 0.52, 0.55, 0.65, 0.8, 0.78, 0.42],
  ],
  library: [
    [0, 0, 0, 0, 0.25, 0.7, 0.75, 0.85, 1, 0.35, 0, 0],
    [0, 0, 0, 0, 0.3, 0.85, 0.95, 0.9, 0.6, 0.2, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ],
  columns: [
    [0.25, 0.1, 0.08, 0.3, 0.3, 0.3, 0.3, 0.3, 0.6, 0.9, 1, 0.6],
    [0.35, 0.15, 0.08, 0.15, 0.3, 0.3, 0.3, 0.3, 0.6, 0.85, 1, 0.7],
    [0.35, 0.15, 0.08, 0.12, 0.25, 0.3, 0.3, 0.3, 0.55, 0.8, 0.85, 0.5],
  ],
};

/** How full a place is, 0 to about 2: by hour and weekday; Friday is market day in Grays. */
export function crowdAt(character: Character, at: number): number {
  const local = britishTime(at);
  const shape = shapes[character][local.weekday === 6 ? 2 : local.weekday === 5 ? 1 : 0];
  const step = Math.floor(local.hour / 2);
  const part = local.hour / 2 - step;
  const from = shape[step % 12] ?? 0;
  const to = shape[(step + 1) % 12] ?? 0;
  return (from + (to - from) * part) * marketDay(character, local);
}

function marketDay(character: Character, { weekday, hour }: Local): number {
  if (character !== "market" || weekday !== friday || hour < 7.5 || hour > 16.5) return 1;
  return 1 + 0.95 * Math.min(1, (hour - 7.5) / 1.5, (16.5 - hour) / 1.5);
}

interface Place {
  seed: number;
  key: string;
  site: { character: Character };
  busy: number;
}

/** Devices on at an access point: who is there changes by the quarter of an hour, and a few by the minute. */
export function clientsAt({ seed, key, site, busy }: Place, at: number): number {
  const slowly = 0.75 + 0.5 * wander(seed, `${key} people`, at, 15 * minuteMs);
  const few = 3 * (chance(seed, key, "few", Math.floor(at / minuteMs)) - 0.5);
  const people = busy * crowdAt(site.character, at) * slowly;
  return Math.max(0, Math.round(people + Math.min(1, people / 3) * few));
}

/** What all of them fetch together. */
export function bytesPerSecondAt(place: Place, at: number): number {
  const eager = wander(place.seed, `${place.key} eager`, at, 4 * minuteMs);
  const spurt = chance(place.seed, place.key, "spurt", Math.floor(at / minuteMs));
  return 900 + clientsAt(place, at) * 38_000 * (0.25 + eager) * (0.5 + spurt * spurt * 1.6);
}
