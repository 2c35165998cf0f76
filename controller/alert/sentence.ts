import { type Incident, isOwn, type Severity } from "./incident.ts";
import { ruledSentence } from "./ruled-sentence.ts";
import { clockTime, duration } from "./times.ts";

/** P1-P4, as people say it. */
export const severityWords: Record<Severity, string> = { critical: "P1", major: "P2", warning: "P3", info: "P4" };

export type Told = Pick<Incident, "rule" | "state" | "cause" | "facts" | "since" | "resolvedAt" | "root"> & {
  /** Members that its end left behind. */
  left: number;
};

/** One sentence or two: what, where, since when, and what is fine. Pure. */
export function sentenceOf(incident: Told, now: number): string {
  if (incident.facts.rule) return ruledSentence(incident, incident.facts.rule, now);
  if (incident.state === "resolved") return backSentence(incident);
  if (incident.state === "closed") return closedSentence(incident, now);
  const { facts, since } = incident;
  const rule = ownOf(incident);
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
  const { facts, since, left, cause } = incident;
  const rule = ownOf(incident);
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

export const where = ({ facts }: Told): string =>
  facts.place === null ? facts.name : `${facts.name} at ${facts.place}`;

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

function ownOf({ rule }: Told) {
  if (!isOwn(rule)) throw new Error(`an incident of the rule "${rule}" has no words of its rule`);
  return rule;
}
