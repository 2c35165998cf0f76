export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** 01:00 UTC on the last Sunday of a month: when clocks change in Britain. */
function lastSunday(year: number, month: number): number {
  const end = Date.UTC(year, month + 1, 0, 1);
  return end - new Date(end).getUTCDay() * dayMs;
}

function isSummerTime(at: number, year: number, month: number): boolean {
  const [march, october] = [2, 9];
  if (month < march || month > october) return false;
  if (month > march && month < october) return true;
  return at >= lastSunday(year, march) && at < lastSunday(year, october);
}

export interface Local {
  /** 0 is Monday. */
  weekday: number;
  /** 0 to 24. */
  hour: number;
  /** Of the year, 0 to 365. */
  day: number;
}

/** Wall clock time in Britain. Pure: no zone data of the machine is asked. */
export function britishTime(at: number): Local {
  const date = new Date(at);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const local = at + (isSummerTime(at, year, month) ? hourMs : 0);
  const days = Math.floor(local / dayMs);
  return {
    // 1 January 1970 was a Thursday.
    weekday: (days + 3) % 7,
    hour: (local - days * dayMs) / hourMs,
    day: Math.floor((at - Date.UTC(year, 0, 1)) / dayMs),
  };
}
