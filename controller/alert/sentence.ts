import { type Facts, type Incident, isOwn, type Severity } from "./incident.ts";
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
  const { again } = incident.facts;
  const text = whatOf(incident, now);
  return incident.state === "open" && again !== undefined ? `${text} ${again}` : text;
}

function whatOf(incident: Told, now: number): string {
  if (incident.facts.rule) return ruledSentence(incident, incident.facts.rule, now);
  if (incident.state === "resolved") return backSentence(incident);
  if (incident.state === "closed") return closedSentence(incident, now);
  const { facts, since } = incident;
  const rule = ownOf(incident);
  const from = clockTime(since, now, facts.timeZone);
  if (facts.flap?.flapping)
    return `${where(incident)} comes and goes since ${from}: lost ${facts.flap.times} times. You are told again when it has calmed down.${neighbours(incident)}`;
  switch (rule) {
    case "device_down":
      return `${where(incident)} is offline since ${from}${facts.stopped ? ": its agent was stopped" : ""}${withIt(facts, "is", "are")}.${plugged(facts)}${neighbours(incident)}`;
    case "agent_down":
      return `${where(incident)} answers, but its agent is silent since ${from}${withIt(facts, "does", "do")}. People are probably served; nothing is measured there.`;
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
  const why = whyBack(incident, many ? "they" : "it", at - since);
  switch (rule) {
    case "device_down":
      return `${where(incident)} is back ${when}${why}${leftBehind(left)}.${often(facts)}`;
    case "agent_down":
      return `The agent of ${where(incident)} speaks again ${when}${cause === "restart" ? "; it restarted" : ""}.`;
    case "site_unreachable": {
      return `${facts.name} is back ${when}${why}${leftBehind(left)}.${often(facts)}`;
    }
    case "controller_blind":
      return `The controller sees the devices again ${when}. What they measured meanwhile comes in by itself.`;
    case "cannot_store":
      return `Measurements are stored again ${when}. What the devices kept meanwhile comes in by itself.`;
  }
}

const often = ({ flap }: Facts): string =>
  flap && flap.times > 1 ? ` It was lost ${flap.times} times, ${duration(flap.downMs)} in all.` : "";

const leftBehind = (left: number): string =>
  left === 0
    ? ""
    : left === 1
      ? "; 1 device is still offline and has an incident of its own"
      : `; ${left} devices are still offline, each with an incident of its own`;

/** ", and with it 3 devices behind it are"; of agents: ", and so do 3 others". */
function withIt({ behind = 0 }: Facts, one: string, many: string): string {
  if (behind === 0) return "";
  const others = behind === 1 ? "1 device" : `${behind} devices`;
  if (many === "do") return `, and so ${behind === 1 ? one : many} ${others} more at this site`;
  return `, and with it ${behind === 1 ? one : many} ${others} that it connects`;
}

/** Where somebody has to look. Whoever said goodbye was not unplugged. */
const plugged = ({ plug, stopped }: Facts): string =>
  plug && !stopped ? ` It was last seen on port ${plug.port} of ${plug.of}.` : "";

function whyBack({ cause, facts }: Told, who: "it" | "they", lastedMs: number): string {
  const [were, their] = who === "it" ? ["was", "its"] : ["were", "their"];
  if (cause === "line" && facts.servedLocally)
    return `; ${who} ${were} up and serving locally; the line was down ${duration(lastedMs)}`;
  if (cause === "line") return `; ${who} ${were} up all the time, only ${their} line was down`;
  if (cause === "restart") return `; ${who} restarted (power or reboot)`;
  if (cause === "stopped") return `; ${their} agent had been stopped`;
  return "";
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
  const { fine, others, line } = facts;
  const whose =
    line === "silent"
      ? "its line does not answer"
      : line === "answers"
        ? "its line answers, so it is the power or the network inside"
        : "so it is this site's line or power";
  if (others === 0) return "";
  if (fine === others)
    return ` The other ${others === 1 ? "site is" : `${others} sites are`} fine, ${line === undefined ? "" : "and "}${whose}.`;
  if (fine === 0)
    return others === 1 ? " The other site is not fine either." : ` None of the other ${others} sites is fine.`;
  return ` ${fine} of the other ${others} sites ${fine === 1 ? "is" : "are"} fine${line === undefined ? "" : `; ${whose}`}.`;
}

function ownOf({ rule }: Told) {
  if (!isOwn(rule)) throw new Error(`an incident of the rule "${rule}" has no words of its rule`);
  return rule;
}
