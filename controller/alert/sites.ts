import { judgeAlone } from "./alone.ts";
import { memberFrom } from "./devices.ts";
import { type Incident, own } from "./incident.ts";
import { grown, type Lost, openTogether } from "./opening.ts";
import { at, isOpen, openOf, putMember, type Turn } from "./turn.ts";
import { answers, commonRoot, lineAnswers } from "./verdict.ts";

/** Lost devices that stand in no incident of their site yet: one failure of the site, or one each. */
export function openIncidents(turn: Turn): void {
  if (turn.blind !== null || turn.waiting.size === 0) return;
  const sites = new Set([...turn.waiting.keys()].map((id) => turn.devices.get(id)?.site ?? ""));
  for (const site of sites) {
    if (!isOpen(turn, site)) continue;
    const wider = openOf(turn, "site_unreachable", { type: "site", id: site });
    if (wider) widen(turn, wider, site);
    else {
      const lost = lostTogether(turn, site);
      if (lost) openSite(turn, site, lost);
    }
  }
  for (const [id, waiting] of turn.waiting) {
    const device = turn.devices.get(id);
    if (device && isOpen(turn, device.site)) judgeAlone(turn, device, waiting);
  }
}

/** The devices of a site that were lost together, when that is the site's failure; else null. */
function lostTogether(turn: Turn, site: string): Lost[] | null {
  const { fewestTogether, togetherMs } = turn.limits;
  const here = at(turn, site);
  const candidates = here
    .filter((device) => answers(turn, device) !== true)
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
  const since = best[0]?.since ?? 0;
  const line = lineAnswers(turn, site, since);
  const many = best.length >= (line === false ? 1 : fewestTogether) && best.length * 2 >= there + best.length;
  if (!many || !best.some(({ device }) => turn.waiting.has(device.id))) return null;
  // Not the site, but what all of them hang on.
  const root = commonRoot(
    turn,
    best.map(({ device }) => device),
  );
  return root && (line === true || here.some(({ state }) => state === "up")) ? null : best;
}

function openSite(turn: Turn, site: string, lost: Lost[]): void {
  const root = { type: "site" as const, id: site };
  openTogether(turn, { ...own("site_unreachable"), root, site: site || null }, lost);
}

/** Whoever follows joins the incident of its site. */
function widen(turn: Turn, incident: Incident, site: string): void {
  for (const device of at(turn, site)) {
    const waiting = turn.waiting.get(device.id);
    if (!waiting || (device.stopped && turn.now < waiting.until)) continue;
    turn.waiting.delete(device.id);
    putMember(turn, incident.id, memberFrom(device, waiting.since));
  }
  grown(turn, incident);
}
