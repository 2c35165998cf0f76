import { createLinuxHost, type Host, type Time } from "../../../edge-agent/index.ts";
import { chance } from "../chance.ts";
import type { Around, StreetDevice } from "./device.ts";
import { createFiles } from "./files.ts";
import { createPrograms } from "./programs.ts";
import { type Beyond, createSockets } from "./sockets.ts";
import { createKernel } from "./state.ts";

export type { Around, StreetDevice } from "./device.ts";
export { createPast } from "./past.ts";
export type { Beyond } from "./sockets.ts";
export { type Sampled, sampleEveryMs, sampleWeeks } from "./weeks.ts";

/** The host of one device of the street: the agent sees nothing else.
 *  @param beyond null: a past in which the controller answered every probe, and no line led to it
 *  @returns also `cut`, which ends whatever runs over the site's line */
export function createStreetHost(needs: {
  device: StreetDevice;
  around: Around;
  time: Time;
  beyond: Beyond | null;
}): Host & { cut(): void } {
  const { device, around, time } = needs;
  const kernel = createKernel(device, around);
  const { sockets, cut } = createSockets(needs);
  let drawn = 0;
  return {
    time,
    files: createFiles(device, kernel, time.now),
    // The agent's own folder; nothing else may be written.
    disk: createLinuxHost().disk,
    programs: createPrograms({ device, kernel, around, time }),
    sockets,
    // The longest pauses between tries in a past, where none can succeed.
    random: () => (needs.beyond ? chance(device.seed, device.key, "random", drawn++) : 0.999),
    cut,
  };
}
