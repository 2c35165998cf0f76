import type { Maintenance, MaintenanceWish } from "./api.ts";
import { type Chosen, lists } from "./choices.ts";
import { msOf, textOf } from "./duration-text.ts";
import { type Again, againOf, everyWeek, ruleOf } from "./recurrence.ts";
import { addDays, dayOf, days, instantAt, localAt, weekdayOf } from "./zoned.ts";

/** A maintenance window as a person types it: nothing is lost while it is not right yet. */
export interface WindowDraft {
  chosen: Chosen;
  repeats: boolean;
  /** By the clocks of the zone, 2026-03-29T01:30; of one that comes again the first. */
  from: string;
  to: string;
  /** Of one that comes again. */
  lasts: string;
  again: Again;
  timeZone: string;
  sla: Maintenance["sla"];
  why: string;
}

/** Tomorrow night, when few are on. */
export function newWindow(now: number, timeZone: string, chosen: Chosen): WindowDraft {
  const day = addDays(dayOf(now, timeZone), 1);
  return {
    chosen,
    repeats: false,
    from: `${day}T02:00`,
    to: `${day}T04:00`,
    lasts: "2h",
    again: everyWeek(days[weekdayOf(day)] ?? "mon"),
    timeZone,
    sla: "exclude",
    why: "",
  };
}

export function draftOf(window: Maintenance, zone: string): WindowDraft {
  const { when, sla, why, scope, rules } = window;
  const common = { chosen: { ...scope, ...(rules.length > 0 ? { rules } : {}) } as Chosen, sla, why };
  if (!("rrule" in when)) {
    const [from, to] = [localAt(when.startAt, zone), localAt(when.endAt, zone)];
    return { ...newWindow(when.startAt, zone, {}), ...common, from, to, lasts: textOf(when.endAt - when.startAt) };
  }
  const { first, rrule, durationMs, timeZone } = when;
  const end = localAt((instantAt(first, timeZone) ?? 0) + durationMs, timeZone);
  const times = { repeats: true, from: first, to: end, lasts: textOf(durationMs), again: againOf(rrule), timeZone };
  return { ...newWindow(0, timeZone, {}), ...common, ...times };
}

export const selectOf = (chosen: Chosen) => ({
  scope: Object.fromEntries(
    lists.flatMap((list) => (list !== "rules" && chosen[list] ? [[list, [...(chosen[list] ?? [])]]] : [])),
  ) as NonNullable<MaintenanceWish["scope"]>,
  rules: [...(chosen.rules ?? [])],
});

/** A time that is not there yet is null: the sentence for it stands beside the field. */
export function timesOf(draft: WindowDraft): { when: MaintenanceWish["when"] } | { fault: string } {
  const { repeats, from, to, lasts, again, timeZone } = draft;
  const startAt = instantAt(from, timeZone);
  if (startAt === null) return { fault: "Say when it begins." };
  if (!repeats) {
    const endAt = instantAt(to, timeZone);
    if (endAt === null) return { fault: "Say when it ends." };
    return endAt <= startAt ? { fault: "It ends before it begins." } : { when: { startAt, endAt } };
  }
  const durationMs = msOf(lasts);
  if (!(durationMs > 0)) return { fault: "Say how long it lasts." };
  if (again.every === "week" && again.days.length === 0) return { fault: "Choose at least one day of the week." };
  if (again.ends === "until" && again.until === "") return { fault: "Say until when it comes again." };
  return { when: { first: from, rrule: ruleOf(again), durationMs, timeZone } };
}
