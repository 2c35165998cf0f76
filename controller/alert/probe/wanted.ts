import { alertBounds } from "../limits.ts";
import type { AlertState, Watched } from "../state.ts";

/** What is to be asked whether it is there. */
export interface Target {
  of: "devices" | "lines";
  id: string;
}

export const nameOf = ({ of, id }: Target): string => `${of} ${id}`;

/** Whoever is silent and in no incident yet, whoever's agent alone is; what they are behind, and the lines of their sites.
 *  Pure.
 *  @param askedAt when each was asked last; asked again only after a while */
export function wanted(state: AlertState, askedAt: ReadonlyMap<string, number>, now: number): Target[] {
  const targets = new Map<string, Target>();
  const want = (target: Target): void => {
    const last = askedAt.get(nameOf(target));
    if (last === undefined || now - last >= alertBounds.probeEveryMs) targets.set(nameOf(target), target);
  };
  for (const device of silent(state)) {
    if (targets.size >= alertBounds.probesOfRound) break;
    want({ of: "devices", id: device.id });
    for (const id of device.parents.flat()) want({ of: "devices", id });
    if (device.site !== "") want({ of: "lines", id: device.site });
  }
  return [...targets.values()];
}

function* silent({ devices, waiting, incidents }: AlertState): Generator<Watched> {
  for (const id of waiting.keys()) {
    const device = devices.get(id);
    if (device) yield device;
  }
  for (const device of devices.values()) if (device.state === "checking") yield device;
  for (const { rule, members } of incidents.values()) {
    if (rule !== "agent_down") continue;
    for (const { device: id, state } of members.values()) {
      const device = state === "down" ? devices.get(id) : undefined;
      if (device) yield device;
    }
  }
}
