import type { Site, SiteChange } from "./api.ts";

/** A site's hours as somebody types them; the controller judges what is in them. */
export interface HoursDraft {
  /** "Mon-Fri 08:00-18:00; Sat dawn-dusk". */
  week: string;
  /** Dates, one a line or between commas. */
  holidays: string;
  /** "closed", "open" or times. */
  onHolidays: string;
  /** One a line: "2026-12-24 closed" or "2026-12-27 to 2026-12-31 10:00-16:00 (market)". */
  exceptions: string;
}

type DayHours = Site["calendar"]["exceptions"][number]["hours"];

const hoursText = (hours: DayHours): string =>
  typeof hours === "string" ? hours : hours.map(([from, to]) => `${from}-${to}`).join(", ");

export const hoursDraftOf = ({
  serviceHoursText,
  calendar,
}: Pick<Site, "serviceHoursText" | "calendar">): HoursDraft => ({
  week: serviceHoursText,
  holidays: calendar.holidays?.dates.join("\n") ?? "",
  onHolidays: calendar.holidays ? hoursText(calendar.holidays.hours) : "closed",
  exceptions: calendar.exceptions
    .map(({ from, to, hours, why }) => `${from}${to ? ` to ${to}` : ""} ${hoursText(hours)}${why ? ` (${why})` : ""}`)
    .join("\n"),
});

/** What it says; the texts of hours go as they are. A line that is none of these is named. */
export function hoursChangeOf(draft: HoursDraft): Required<Pick<SiteChange, "serviceHours" | "calendar">> {
  const dates = draft.holidays.split(/[\s,;]+/).filter((text) => text !== "");
  const lines = draft.exceptions.split("\n").filter((line) => line.trim() !== "");
  return {
    serviceHours: draft.week,
    calendar: {
      holidays: dates.length > 0 ? { dates, hours: draft.onHolidays } : null,
      exceptions: lines.map(exceptionOf),
    },
  };
}

function exceptionOf(line: string) {
  const found = /^\s*(\d{4}-\d\d-\d\d)(?:\s+to\s+(\d{4}-\d\d-\d\d))?\s+([^(]+?)\s*(?:\((.*)\))?\s*$/.exec(line);
  const [, from, to, hours, why] = found ?? [];
  if (from === undefined || hours === undefined)
    throw new Error(
      `"${line.trim().slice(0, 60)}" will not do: a date, perhaps "to" another, then closed, open or times, such as "2026-12-24 closed (Christmas Eve)".`,
    );
  return { from, hours, ...(to === undefined ? {} : { to }), ...(why?.trim() ? { why: why.trim() } : {}) };
}

/** Dates with those of a calendar, each once, in order. */
export const withDates = (text: string, dates: readonly string[]): string =>
  [...new Set([...text.split(/[\s,;]+/).filter((date) => date !== ""), ...dates])].sort().join("\n");
