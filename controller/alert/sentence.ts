import type { Incident, Severity } from "./incident.ts";

/** P1-P4, as people say it. */
export const severityWords: Record<Severity, string> = { critical: "P1", major: "P2", warning: "P3", info: "P4" };

type Told = Pick<Incident, "rule" | "state" | "cause" | "facts" | "since" | "resolvedAt" | "root"> & {
  /** Members that its end left behind. */
  left: number;
};

/** One sentence or two: what, where, since when, and what is fine. Pure. */
export function sentenceOf(incident: Told, now: number): string {
  if (incident.state === "resolved") return backSentence(incident);
  if (incident.state === "closed") return closedSentence(incident, now);
  const { rule, facts, since } = incident;
  const from = clockTime(since, now, facts.timeZone);
  switch (rule) {
    case "device_down":
      return `${where(incident)} is offline since ${from}${facts.stopped ? ": its agent was stopped" : ""}.${neighbours(incident)}`;
    case "site_unreachable":
      return `${facts.name}: ${some(facts.down, facts.of)} offline since ${from}.${otherSites(incident)}`;
    case "controller_blind":
      return `The controller cannot see the devices since ${from}: ${facts.why}. No device is accused; they go on measuring and keep it.`;
    case "cannot_store":
      return `Measurements cannot be stored since ${from}: ${facts.why}. Nothing is lost by that: the devices keep theirs and send them again.`;
  }
}

function backSentence(incident: Told): string {
  const { rule, facts, since, left, cause } = incident;
  const at = incident.resolvedAt ?? since;
  const when = `since ${clockTime(at, at, facts.timeZone)} after ${duration(at - since)}`;
  const many = rule === "site_unreachable";
  const why =
    cause === "line"
      ? many
        ? "; they were up all the time, only their line was down"
        : "; it was up all the time, only its line was down"
      : cause === "restart"
        ? `; ${many ? "they" : "it"} restarted (power or reboot)`
        : "";
  switch (rule) {
    case "device_down":
      return `${where(incident)} is back ${when}${why}.`;
    case "site_unreachable": {
      if (left === 0) return `${facts.name} is back ${when}${why}.`;
      const still =
        left === 1
          ? "1 device is still offline and has an incident"
          : `${left} devices are still offline, each with an incident`;
      return `${facts.name} is back ${when}${why}; ${still} of its own.`;
    }
    case "controller_blind":
      return `The controller sees the devices again ${when}. What they measured meanwhile comes in by itself.`;
    case "cannot_store":
      return `Measurements are stored again ${when}. What the devices kept meanwhile comes in by itself.`;
  }
}

function closedSentence(incident: Told, now: number): string {
  const { cause, facts, since } = incident;
  const lost = `since ${clockTime(since, now, facts.timeZone)}`;
  const name = where(incident);
  if (cause === "folded") return `${name} was offline ${lost}: part of its site's incident.`;
  if (cause === "blind") return `${name} was silent ${lost}, but the controller itself could not see: set aside.`;
  return `${name} was offline ${lost} and was removed or moved: closed without coming back.`;
}

const where = ({ facts }: Told): string => (facts.place === null ? facts.name : `${facts.name} at ${facts.place}`);

/** "all 5 devices are", "4 of 5 devices are". */
const some = (down: number, of: number): string =>
  down >= of
    ? of === 1
      ? "its only device is"
      : `all ${of} devices are`
    : `${down} of ${of} devices ${down === 1 ? "is" : "are"}`;

function neighbours({ facts }: Told): string {
  const { fine, others, place, stopped } = facts;
  if (place === null || others === 0) return "";
  if (fine === others) {
    const which = fine === 1 ? "The other device at this site is" : `The other ${fine} devices at this site are`;
    return ` ${which} fine${stopped ? "" : ", so it is this device, its cable or its power"}.`;
  }
  if (fine === 0)
    return others === 1
      ? " The other device at this site is not online either."
      : ` None of the other ${others} devices at this site is online.`;
  return ` ${fine} of the other ${others} devices at this site ${fine === 1 ? "is" : "are"} fine.`;
}

function otherSites({ facts }: Told): string {
  const { fine, others } = facts;
  if (others === 0) return "";
  if (fine === others)
    return ` The other ${others === 1 ? "site is" : `${others} sites are`} fine, so it is this site's line or power.`;
  if (fine === 0)
    return others === 1 ? " The other site is not fine either." : ` None of the other ${others} sites is fine.`;
  return ` ${fine} of the other ${others} sites ${fine === 1 ? "is" : "are"} fine.`;
}

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
