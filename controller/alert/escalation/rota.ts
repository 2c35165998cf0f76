import { instantOf, zoneOf } from "../../base/zone.ts";

/** Whose week it is, one after the other. */
export interface Rota {
  timeZone: string;
  /** The first week begins then, by the clocks of the zone: 2026-06-01T09:00. */
  from: string;
  weeks: readonly { who: string; channels: readonly string[] }[];
}

const weekMs = 7 * 86_400_000;

/** Weeks of the zone's clocks: a handover at 09:00 stays at 09:00 when they change. Pure. */
export function onDuty(
  { timeZone, from, weeks }: Rota,
  now: number,
): { who: string; channels: readonly string[]; until: number } {
  const zone = zoneOf(timeZone);
  const begins = Date.parse(`${from}Z`);
  const week = Math.floor((now + zone(now) - begins) / weekMs);
  const turn = weeks[((week % weeks.length) + weeks.length) % weeks.length];
  return {
    who: turn?.who ?? "",
    channels: turn?.channels ?? [],
    until: instantOf(begins + (week + 1) * weekMs, zone),
  };
}
