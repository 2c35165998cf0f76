import { memberFrom } from "./devices.ts";
import { type Incident, own } from "./incident.ts";
import { grown, type Lost, openTogether } from "./opening.ts";
import type { Waiting, Watched } from "./state.ts";
import { at, behind, openOf, putMember, type Turn } from "./turn.ts";
import { aboveOf, answers } from "./verdict.ts";

/** A lost device that is no part of its site's failure: behind another that is lost, silent only by its agent, or on its
 *  own. */
export function judgeAlone(turn: Turn, device: Watched, { since, until }: Waiting): void {
  const above = aboveOf(turn, device);
  if (above?.is === "lost") {
    follow(turn, device, since, above.root);
    return;
  }
  const early = turn.now < since + turn.limits.togetherMs;
  if (above?.is === "doubtful" && early) return;
  if (answers(turn, device) === true) {
    if (turn.now >= since + turn.limits.agentDownForMs) openAgent(turn, device, since);
    return;
  }
  // What is next above it is there: nothing is to be waited for.
  const due = above?.is === "answers" && !device.stopped ? since : until;
  if (turn.now >= due && !(early && followers(turn, device))) openDevice(turn, device, since);
}

/** Others of the site are being checked: it is worth a moment to see whether they follow. */
const followers = (turn: Turn, device: Watched): boolean =>
  at(turn, device.site).some(({ id, state }) => id !== device.id && state === "checking");

/** Part of the failure of what it is behind; while that waits itself, it will take this one in. */
function follow(turn: Turn, device: Watched, since: number, root: Watched): void {
  const incident = turn.incidents.get(turn.memberOf.get(root.id) ?? "");
  if (incident) join(turn, incident, device, since);
}

/** With those behind it that had incidents of their own before it was found out. */
function openDevice(turn: Turn, device: Watched, since: number): void {
  const root = { type: "device" as const, id: device.id };
  const known = openOf(turn, "device_down", root);
  const as = { ...own("device_down"), root, site: device.site || null };
  // It was back, and those behind it not yet: the same failure goes on.
  if (known) join(turn, known, device, since);
  else openTogether(turn, as, [{ device, since }, ...aloneBehind(turn, device)]);
}

function join(turn: Turn, incident: Incident, device: Watched, since: number): void {
  turn.waiting.delete(device.id);
  putMember(turn, incident.id, memberFrom(device, since));
  grown(turn, incident);
}

/** Those behind it that wait, or whose incidents are really its own. */
const aloneBehind = (turn: Turn, root: Watched): Lost[] =>
  behind(turn, root.id).flatMap((device) => {
    const incident = turn.incidents.get(turn.memberOf.get(device.id) ?? "");
    const since = incident?.rule === "device_down" ? incident.since : turn.waiting.get(device.id)?.since;
    const above = since === undefined ? null : aboveOf(turn, device);
    return since !== undefined && above?.is === "lost" && above.root.id === root.id ? [{ device, since }] : [];
  });

/** One site's agents that are silent while their devices answer are one incident: it is hardly chance. */
function openAgent(turn: Turn, device: Watched, since: number): void {
  const known = [...turn.incidents.values()].find(
    ({ state, rule, site }) => state === "open" && rule === "agent_down" && site !== null && site === device.site,
  );
  const root = { type: "device" as const, id: device.id };
  const same = known ?? openOf(turn, "agent_down", root);
  if (same) join(turn, same, device, since);
  else openTogether(turn, { ...own("agent_down"), root, site: device.site || null }, [{ device, since }]);
}
