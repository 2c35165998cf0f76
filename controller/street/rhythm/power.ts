import { chance } from "../chance.ts";
import type { TownSite } from "../town/sites.ts";
import { britishTime, dayMs, hourMs } from "./calendar.ts";

/** How long a device is away when it starts again: shorter than anybody should be told of. */
export const rebootMs = 11_000;
const columnsOn = 16.5;
const columnsOff = 7.5;
const quarterMs = 15 * 60_000;
const flapWindowMs = 20 * 60_000;

interface Placed {
  seed: number;
  key: string;
  site: Pick<TownSite, "key" | "character" | "uplink">;
}

/** Lighting columns have power at night only. */
export function isPowered(site: Pick<TownSite, "character">, at: number): boolean {
  if (site.character !== "columns") return true;
  const { hour } = britishTime(at);
  return hour >= columnsOn || hour < columnsOff;
}

/** Every device starts again once a day, each at its own time. */
const restartOn = ({ seed, key }: Placed, day: number): number =>
  day * dayMs + Math.floor(chance(seed, key, "restart", day) * dayMs);

/** When the device that is on at `at` started: its daily restart, or its column's power. */
export function startedAt(placed: Placed, at: number): number {
  const day = Math.floor(at / dayMs);
  const today = restartOn(placed, day);
  const restarted = today <= at ? today : restartOn(placed, day - 1);
  if (placed.site.character !== "columns") return restarted;
  return Math.max(restarted, poweredSince(at));
}

/** When columns last got power. By day they have none: what runs all the same was switched on at this quarter of an hour. */
function poweredSince(at: number): number {
  const { hour } = britishTime(at);
  if (hour >= columnsOff && hour < columnsOn) return Math.floor(at / quarterMs) * quarterMs;
  const evening = at - ((hour - columnsOn + 24) % 24) * hourMs;
  // Clocks may have changed since.
  return Math.round(evening + (columnsOn - britishTime(evening).hour) * hourMs);
}

/** It is starting again just now. */
export const isRestarting = (placed: Placed, at: number): boolean => {
  const today = restartOn(placed, Math.floor(at / dayMs));
  return at >= today && at < today + rebootMs;
};

/** Whether the site's line carries anything. A cellular one is lost for some seconds now and then. */
export function isLineUp(seed: number, { key, uplink }: Placed["site"], at: number): boolean {
  if (uplink !== "cellular") return true;
  const window = Math.floor(at / flapWindowMs);
  if (chance(seed, key, "flap", window) < 0.35) return true;
  const lasts = 4_000 + 5_000 * chance(seed, key, "flap lasts", window);
  const begins = window * flapWindowMs + chance(seed, key, "flap at", window) * (flapWindowMs - lasts);
  return at < begins || at >= begins + lasts;
}

/** The stretches from `from` to `to` in which a device ran: cut by its restarts and by its column's power. */
export function runsBetween(placed: Placed, from: number, to: number): [from: number, to: number][] {
  const cuts = new Set([from, to]);
  for (let day = Math.floor(from / dayMs); day <= Math.floor(to / dayMs); day++) {
    const begins = restartOn(placed, day);
    for (const cut of [begins, begins + rebootMs]) if (cut > from && cut < to) cuts.add(cut);
  }
  if (placed.site.character === "columns")
    for (let at = (Math.floor(from / quarterMs) + 1) * quarterMs; at < to; at += quarterMs)
      if (isPowered(placed.site, at) !== isPowered(placed.site, at - quarterMs)) cuts.add(at);
  const edges = [...cuts].sort((a, b) => a - b);
  return edges
    .slice(0, -1)
    .map((edge, i): [number, number] => [edge, edges[i + 1] ?? to])
    .filter(([begins]) => isPowered(placed.site, begins) && !isRestarting(placed, begins));
}
