import { factsOf } from "./facts.ts";
import type { Incident, Member } from "./incident.ts";
import { fresh } from "./opening.ts";
import { self } from "./self/measurement.ts";
import type { AlertEvent, RuleSeen, RuleStanding } from "./state.ts";
import { note, put, putMember, rootKey, type Turn } from "./turn.ts";

type RuleEvent = Extract<AlertEvent, { kind: "rule" }>;

/** What a rule finds at the devices of one site is one incident: a channel that is crowded is so for all who share it. */
export function ruleEvent(turn: Turn, { rule, device, is }: RuleEvent): void {
  const open = [...turn.incidents.values()].filter((one) => one.state === "open" && one.rule === rule.id);
  const mine = open.find(({ members }) => members.get(device)?.state === "down");
  if (is.state !== "bad") {
    const member = mine?.members.get(device);
    if (!mine || !member) return;
    const over: Member =
      is.state === "good"
        ? { ...member, state: "back", backAt: Math.max(is.at, member.since) }
        : { ...member, state: "gone", backAt: turn.now };
    putMember(turn, mine.id, over);
    const now = turn.incidents.get(mine.id) ?? mine;
    put(turn, { ...now, facts: factsOf(turn, now) });
    return;
  }
  if (mine) {
    stay(turn, mine, is);
    return;
  }
  const root = rootOf(turn, device);
  const known = open.find((one) => one.root.type === root.type && one.root.id === root.id);
  if (known) join(turn, known, device, is);
  else begin(turn, rule, device, is);
}

const rootOf = (turn: Turn, device: string): Incident["root"] => {
  if (device === self) return { type: "controller", id: "self" };
  const site = turn.devices.get(device)?.site ?? "";
  return site === "" ? { type: "device", id: device } : { type: "site", id: site };
};

const memberOf = (turn: Turn, device: string, since: number): Member => ({
  device,
  name: turn.devices.get(device)?.name ?? device,
  state: "down",
  since,
  backAt: null,
  boot: null,
  cause: null,
});

function begin(turn: Turn, rule: RuleSeen, device: string, is: Extract<RuleStanding, { state: "bad" }>): void {
  const { now, limits } = turn;
  const { id, title, severity, runbook } = rule;
  const root = rootOf(turn, device);
  // What was over a moment ago and is back is hardly news: it is told more slowly.
  const endedAt = turn.ended.get(rootKey({ rule: id, root }));
  const waitMs = severity === "critical" ? 0 : limits.groupWaitMs;
  const tellAt = endedAt === undefined ? now + waitMs : Math.max(now + waitMs, endedAt + limits.groupIntervalMs);
  const made = fresh(turn, { rule: id, severity, tellAt });
  const name = turn.devices.get(device)?.name ?? device;
  const words = { title, said: is.said, worst: name, flapping: is.flapping, ...(runbook ? { runbook } : {}) };
  const site = root.type === "site" ? root.id : null;
  put(turn, { ...made, root, site, since: is.since, facts: { ...made.facts, rule: words } });
  putMember(turn, made.id, memberOf(turn, device, is.since));
  const incident = turn.incidents.get(made.id) ?? made;
  note(put(turn, { ...incident, facts: factsOf(turn, incident) }), "opened", is.said);
}

/** Another device of the site: told when there was time enough since the last word, or when they are twice as many. */
function join(turn: Turn, incident: Incident, device: string, is: Extract<RuleStanding, { state: "bad" }>): void {
  putMember(turn, incident.id, memberOf(turn, device, is.since));
  const now = turn.incidents.get(incident.id) ?? incident;
  const down = [...now.members.values()].filter(({ state }) => state === "down").length;
  const usual = Math.max(turn.now, (now.toldAt ?? 0) + turn.limits.groupIntervalMs);
  const updateAt = now.toldAt === null ? null : down >= 2 * now.toldMembers ? turn.now : (now.updateAt ?? usual);
  note(put(turn, { ...now, facts: factsOf(turn, now), updateAt }), "widened");
}

/** It is still bad: perhaps it has begun to come and go, or has ceased to. */
function stay(turn: Turn, incident: Incident, is: Extract<RuleStanding, { state: "bad" }>): void {
  const { rule } = incident.facts;
  if (!rule || rule.flapping === is.flapping) return;
  const facts = { ...incident.facts, rule: { ...rule, said: is.said, flapping: is.flapping } };
  const updateAt = is.flapping && incident.toldAt !== null ? turn.now : incident.updateAt;
  note(put(turn, { ...incident, facts, updateAt }), is.flapping ? "flapping" : "steady");
}
