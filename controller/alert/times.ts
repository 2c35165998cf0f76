const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** "14 min", "3 h 5 min", "2 days". */
export function duration(ms: number): string {
  if (ms < minuteMs) return `${Math.max(0, Math.round(ms / 1_000))} s`;
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min`;
  const days = Math.floor(ms / (24 * hourMs));
  if (days > 0) return days === 1 ? "1 day" : `${days} days`;
  const minutes = Math.floor((ms % hourMs) / minuteMs);
  return `${Math.floor(ms / hourMs)} h${minutes > 0 ? ` ${minutes} min` : ""}`;
}

/** "10:28" in the site's zone; with the day when that is another than today's. */
export function clockTime(at: number, now: number, timeZone: string): string {
  const time = new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
  const day = (of: number) => new Date(of).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone });
  return day(at) === day(now) ? time : `${day(at)}, ${time}`;
}
