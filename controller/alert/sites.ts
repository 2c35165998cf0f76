import { memberFrom } from "./devices.ts";
import { factsOf, noFacts } from "./facts.ts";
import { type Incident, own } from "./incident.ts";
import type { Watched } from "./state.ts";
import { at, isOpen, note, put, putMember, type Turn } from "./turn.ts";

/** Lost devices that stand in no incident of their site yet: one failure of the site, or one each. */
export function openIncidents(turn: Turn): void {
  if (turn.blind !== null || turn.waiting.size === 0) return;
  const sites = new Set([...turn.waiting.keys()].map((id) => turn.devices.get(id)?.site ?? ""));
  for (const site of sites) {
    if (!isOpen(turn, site)) continue;
    const wider = [...turn.incidents.values()].find(
      ({ rule, root, state }) => state === "open" && rule === "site_unreachable" && root.id === site,
    );
    if (wider) widen(turn, wider, site);
    else {
      const lost = lostTogether(turn, site);
      if (lost) openSite(turn, site, lost);
    }
  }
  for (const [id, { until, since }] of turn.waiting) {
    const device = turn.devices.get(id);
    if (!device || turn.now < until || !isOpen(turn, device.site) || followers(turn, device, since)) continue;
    openDevice(turn, device, since);
  }
}

/** Others of the site are being checked: it is worth a moment to see whether they follow. */
const followers = (turn: Turn, device: Watched, since: number): boolean =>
  turn.now < since + turn.limits.togetherMs &&
  at(turn, device.site).some(({ id, state }) => id !== device.id && state === "checking");

/** The devices of a site that were lost together, when that is the site's failure; else null. */
function lostTogether(turn: Turn, site: string): { device: Watched; since: number }[] | null {
  const { fewestTogether, togetherMs } = turn.limits;
  const here = at(turn, site);
  const candidates = here
    .flatMap((device) => {
      const waiting = turn.waiting.get(device.id);
      if (waiting) {
        // Who said goodbye may just restart.
        return device.stopped && turn.now < waiting.until ? [] : [{ device, since: waiting.since }];
      }
      const alone = turn.incidents.get(turn.memberOf.get(device.id) ?? "");
      return alone?.rule === "device_down" ? [{ device, since: alone.since }] : [];
    })
    .sort((a, b) => a.since - b.since);
  let best: typeof candidates = [];
  let first = 0;
  for (let last = 0; last < candidates.length; last++) {
    while ((candidates[last]?.since ?? 0) - (candidates[first]?.since ?? 0) > togetherMs) first++;
    if (last - first + 1 > best.length) best = candidates.slice(first, last + 1);
  }
  // What was down before is not expected to answer now.
  const there = here.filter(({ state }) => state === "up" || state === "checking" || state === "unknown").length;
  const many = best.length >= fewestTogether && best.length * 2 >= there + best.length;
  return many && best.some(({ device }) => turn.waiting.has(device.id)) ? best : null;
}

function openSite(turn: Turn, site: string, lost: { device: Watched; since: number }[]): void {
  const { now, limits } = turn;
  const alone = lost
    .map(({ device }) => turn.incidents.get(turn.memberOf.get(device.id) ?? ""))
    .filter((one) => one !== undefined)
    .sort((a, b) => Number(a.toldAt === null) - Number(b.toldAt === null) || a.openedAt - b.openedAt);
  const [first, ...rest] = alone;
  // What was told of one device becomes the site's incident: no second "opened" for one failure.
  const base = first ?? fresh(turn, { ...own("site_unreachable"), tellAt: now + limits.groupWaitMs });
  for (const { device } of lost) turn.waiting.delete(device.id);
  for (const other of rest) fold(turn, other);
  const since = Math.min(...lost.map((one) => one.since));
  const root = { type: "site" as const, id: site };
  put(turn, { ...base, ...own("site_unreachable"), root, site: site || null, since });
  for (const one of lost) putMember(turn, base.id, memberFrom(one.device, one.since));
  const incident = turn.incidents.get(base.id) ?? base;
  const includes = [...incident.includes, ...rest.filter(({ toldAt }) => toldAt !== null).map(({ id }) => id)];
  const told = incident.toldAt !== null;
  const step = put(turn, { ...incident, includes, facts: factsOf(turn, incident), updateAt: told ? now : null });
  note(step, first ? "widened" : "opened");
}

/** Joined into its site's incident: its own ends without a word. */
function fold(turn: Turn, incident: Incident): void {
  for (const member of incident.members.values())
    if (turn.memberOf.get(member.device) === incident.id) turn.memberOf.delete(member.device);
  const step = put(turn, { ...incident, state: "closed", cause: "folded", resolvedAt: turn.now, tellAt: null });
  note(step, "folded");
}

/** Whoever follows joins the incident of its site. */
function widen(turn: Turn, incident: Incident, site: string): void {
  for (const device of at(turn, site)) {
    const waiting = turn.waiting.get(device.id);
    if (!waiting || (device.stopped && turn.now < waiting.until)) continue;
    turn.waiting.delete(device.id);
    putMember(turn, incident.id, memberFrom(device, waiting.since));
  }
  const now = turn.incidents.get(incident.id) ?? incident;
  if (now === incident) return;
  const down = [...now.members.values()].filter(({ state }) => state === "down").length;
  const { groupIntervalMs } = turn.limits;
  const usual = Math.max(turn.now, (now.toldAt ?? 0) + groupIntervalMs);
  const updateAt = now.toldAt === null ? null : down >= 2 * now.toldMembers ? turn.now : (now.updateAt ?? usual);
  note(put(turn, { ...now, facts: factsOf(turn, now), updateAt }), "widened");
}

function openDevice(turn: Turn, device: Watched, since: number): void {
  turn.waiting.delete(device.id);
  const root = { type: "device" as const, id: device.id };
  const made = fresh(turn, { ...own("device_down"), tellAt: turn.now + turn.limits.groupWaitMs });
  put(turn, { ...made, root, site: device.site || null, since });
  putMember(turn, made.id, memberFrom(device, since));
  const incident = turn.incidents.get(made.id) ?? made;
  note(put(turn, { ...incident, facts: factsOf(turn, incident) }), "opened");
}

export const fresh = (turn: Turn, of: Pick<Incident, "rule" | "severity"> & { tellAt: number }): Incident => ({
  id: turn.newId(),
  state: "open",
  ...of,
  root: { type: "controller", id: "self" },
  site: null,
  cause: null,
  facts: noFacts,
  since: turn.now,
  openedAt: turn.now,
  resolvedAt: null,
  generation: 0,
  toldAt: null,
  toldMembers: 0,
  updateAt: null,
  recoverBy: null,
  includes: [],
  members: new Map(),
});
