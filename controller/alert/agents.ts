import { leave } from "./devices.ts";
import { factsOf } from "./facts.ts";
import { type Incident, type Member, own } from "./incident.ts";
import type { Watched } from "./state.ts";
import { at, note, openOf, put, type Turn } from "./turn.ts";
import { answers } from "./verdict.ts";

/** What was asked is forgotten when it says nothing of now. Of devices that answered while their agents were silent: who
 *  no longer does is down itself. */
export function judgeAgents(turn: Turn): void {
  for (const [id, probe] of turn.probes.devices) {
    const old = turn.now - probe.at > turn.limits.togetherMs;
    if (!turn.devices.has(id) || (old && !isSilent(turn.devices.get(id)))) turn.probes.devices.delete(id);
  }
  for (const site of turn.probes.lines.keys()) if (!at(turn, site).some(isSilent)) turn.probes.lines.delete(site);
  for (const incident of [...turn.incidents.values()]) {
    if (incident.state !== "open" || incident.rule !== "agent_down") continue;
    const down = [...incident.members.values()].filter(({ state }) => state === "down");
    const gone = down.filter(({ device }) => {
      const is = turn.devices.get(device);
      return is !== undefined && answers(turn, is) === false;
    });
    if (gone.length === 0) continue;
    if (gone.length === down.length && !openOf(turn, "device_down", incident.root)) worsen(turn, incident);
    else for (const member of gone) standUp(turn, member);
  }
}

const isSilent = (device: Watched | undefined): boolean => device?.state === "down" || device?.state === "checking";

/** The same failure, and a worse one than was told. */
function worsen(turn: Turn, incident: Incident): void {
  const worse = { ...incident, ...own("device_down"), updateAt: incident.toldAt === null ? null : turn.now };
  note(put(turn, { ...worse, facts: factsOf(turn, worse) }), "worsened");
}

/** No longer one of those whose agents are silent: lost by itself, from now on. */
function standUp(turn: Turn, { device, since }: Member): void {
  leave(turn, device, "left");
  turn.waiting.set(device, { since, expiredAt: since, until: turn.now });
}
