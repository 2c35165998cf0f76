import { isLoss, own } from "./incident.ts";
import { fresh } from "./opening.ts";
import type { Watched } from "./state.ts";
import { at, note, put, type Turn } from "./turn.ts";

const fewestSites = 3;

/** Whether the controller itself is what cannot see: then it accuses nobody. */
export function judgeSight(turn: Turn): void {
  const { now, limits, selfCheck, blind } = turn;
  const from = blind ? blind.since : now - limits.togetherMs;
  const lost = massLoss(turn, from);
  const since = selfCheck?.since ?? lost?.since ?? null;
  if (since === null) {
    if (blind) openEyes(turn);
    return;
  }
  const why = selfCheck?.why ?? (lost ? `${lost.sites} of ${lost.of} sites fell silent together` : "");
  if (blind === null) closeEyes(turn, Math.min(since, lost?.since ?? since), why);
}

/** At least three sites and half of all lost half of their devices within the time: that is hardly the sites. */
function massLoss(turn: Turn, from: number): { since: number; sites: number; of: number } | null {
  const isLost = ({ state, stopped, since }: Watched) =>
    state === "unknown" || (state === "down" && !stopped && since >= from);
  // Nearly always nobody is lost, and then nothing needs to be counted.
  let any = false;
  for (const device of turn.devices.values()) {
    if (!isLost(device)) continue;
    any = true;
    break;
  }
  if (!any) return null;
  let [sites, of, since] = [0, 0, turn.now];
  for (const id of turn.places.keys()) {
    if (id === "") continue;
    const here = at(turn, id);
    const lost = here.filter(isLost);
    const there = here.filter(({ state }) => state === "up" || state === "checking").length;
    if (lost.length + there === 0) continue;
    of += 1;
    if (lost.length < there || lost.length === 0) continue;
    sites += 1;
    since = Math.min(since, ...lost.map((one) => one.since));
  }
  return sites >= fewestSites && sites * 2 >= of ? { since, sites, of } : null;
}

function closeEyes(turn: Turn, since: number, why: string): void {
  turn.blind = { since };
  for (const incident of turn.incidents.values()) {
    const untold = incident.state === "open" && incident.toldAt === null && isLoss(incident.rule);
    if (!untold || incident.since < since) continue;
    for (const { device, since: lost } of incident.members.values()) {
      turn.memberOf.delete(device);
      // Presence takes back what it cannot know; who said goodbye stays offline, and counts once we see again.
      if (turn.devices.get(device)?.state === "down")
        turn.waiting.set(device, { since: lost, expiredAt: turn.now, until: turn.now });
    }
    note(put(turn, { ...incident, state: "closed", cause: "blind", resolvedAt: turn.now, tellAt: null }), "set-aside");
  }
  const made = fresh(turn, { ...own("controller_blind"), tellAt: turn.now });
  const facts = { ...made.facts, why };
  note(put(turn, { ...made, since, facts }), "opened", why);
}

function openEyes(turn: Turn): void {
  turn.blind = null;
  // Nothing that waited meanwhile says anything.
  for (const [id, { since, until }] of turn.waiting)
    turn.waiting.set(id, { since, expiredAt: turn.now, until: Math.max(until, turn.now + turn.limits.holdMs) });
  for (const incident of turn.incidents.values())
    if (incident.rule === "controller_blind") put(turn, { ...incident, state: "resolved", resolvedAt: turn.now });
}

/** The store is away: devices keep their measurements, nobody is accused. */
export function judgeStore(turn: Turn): void {
  const { now, store, limits } = turn;
  const open = [...turn.incidents.values()].find(({ rule }) => rule === "cannot_store");
  if (store === null) {
    if (open) put(turn, { ...open, state: "resolved", resolvedAt: now });
    return;
  }
  if (open || now - store.since < limits.storeGraceMs) return;
  const made = fresh(turn, { ...own("cannot_store"), tellAt: now });
  const facts = { ...made.facts, why: store.why };
  note(put(turn, { ...made, since: store.since, facts }), "opened", store.why);
}
