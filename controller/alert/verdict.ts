import type { Watched } from "./state.ts";
import type { Turn } from "./turn.ts";

/** Whether the device itself answers, though its agent is silent; null: nobody could ask, or not since it was heard. */
export function answers(turn: Turn, { id, lastSeenAt }: Watched): boolean | null {
  const probe = turn.probes.devices.get(id);
  return probe && probe.at >= lastSeenAt ? probe.answers : null;
}

/** Whether the line of the site answers; null: nobody could ask. It is asked as soon as something there is silent, which is
 *  before anything is lost. */
export function lineAnswers(turn: Turn, site: string, since: number): boolean | null {
  const probe = turn.probes.lines.get(site);
  return probe && probe.at >= since - turn.limits.togetherMs ? probe.answers : null;
}

/** What stands above a device: `lost` names the highest that is lost, `doubtful`: it is being checked, `there`: all of it
 *  is. null: nothing stands above it that could tell. */
export type Above = { is: "lost"; root: Watched } | { is: "doubtful" | "there" } | null;

/** Bounded by the registry as well; the decision must end whatever it is told. */
const deepest = 8;

export function aboveOf(turn: Turn, device: Watched, depth = 1): Above {
  let seen: Above = null;
  for (const group of device.parents) {
    const is = groupOf(turn, group, depth);
    if (is?.is === "lost") return is;
    if (is !== null && (seen === null || is.is === "doubtful")) seen = is;
  }
  return seen;
}

function groupOf(turn: Turn, group: readonly string[], depth: number): Above {
  const parents = group.flatMap((id) => turn.devices.get(id) ?? []);
  // Who is not expected to be there says nothing.
  const expected = parents.filter(({ state }) => state !== "asleep" && state !== "unseen");
  if (expected.length === 0) return null;
  if (expected.some(({ state }) => state === "up")) return { is: "there" };
  if (expected.some(({ state }) => state !== "down")) return { is: "doubtful" };
  // Its agent is silent, but it answers: what is behind it has a way.
  if (expected.some((parent) => answers(turn, parent) === true)) return { is: "there" };
  const [first] = expected as [Watched, ...Watched[]];
  const higher = depth < deepest ? aboveOf(turn, first, depth + 1) : null;
  return higher?.is === "lost" ? higher : { is: "lost", root: first };
}

/** The one device that all of them are, or are behind; null: there is none. */
export function commonRoot(turn: Turn, devices: readonly Watched[]): Watched | null {
  const roots = new Map(
    devices.map((device) => {
      const above = aboveOf(turn, device);
      const root = above?.is === "lost" ? above.root : device;
      return [root.id, root];
    }),
  );
  const [only] = roots.values();
  return roots.size === 1 && only && devices.length > 1 ? only : null;
}
