const dayMs = 86_400_000;

/** How far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
export type Zone = (at: number) => number;

export function zoneOf(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return (at) => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
  };
}

/** The instant at which the zone's clocks show `local` (milliseconds as if it were UTC). A time that the clocks skip is the
 *  moment after the gap, one that comes twice the first of the two. */
export function instantOf(local: number, zone: Zone): number {
  const before = local - zone(local - dayMs);
  const after = local - zone(local + dayMs);
  const candidates = [...new Set([before, after])].filter((at) => at + zone(at) === local);
  if (candidates.length > 0) return Math.min(...candidates);
  // The clocks jump over it: the moment of the jump, found by halving between the two readings.
  let [low, high] = [Math.min(before, after), Math.max(before, after)];
  const offset = zone(low);
  while (high - low > 1_000) {
    const middle = Math.floor((low + high) / 2_000) * 1_000;
    if (middle <= low) break;
    if (zone(middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: name }) !== null;
  } catch {
    return false;
  }
}
