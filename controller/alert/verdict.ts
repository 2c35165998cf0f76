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

/** What stands above a device: `lost` names the highest that is lost, `doubtful`: it is being checked, `there`: it was
 *  heard not long ago, `answers`: it was asked just now. null: nothing stands above it that could tell. */
export type Above = { is: "lost"; root: Watched } | { is: "doubtful" | "there" | "answers" } | null;

/** Of several groups the worst counts. */
const order: readonly string[] = ["doubtful", "there", "answers"];

/** Bounded by the registry as well; the decision must end whatever it is told. */
const deepest = 8;

export function aboveOf(turn: Turn, device: Watched, depth = 1): Above {
  let seen: Above = null;
  for (const group of device.parents) {
    const is = groupOf(turn, group, depth);
    if (is?.is === "lost") return is;
    if (is !== null && (seen === null || order.indexOf(is.is) < order.indexOf(seen.is))) seen = is;
  }
  return seen;
}

/** What it said when it was asked, if that was not long ago: also of who was heard since its last word, or is not heard
 *  though it answers. */
function askedNow(turn: Turn, id: string): boolean | null {
  const probe = turn.probes.devices.get(id);
  return probe && turn.now - probe.at <= turn.limits.togetherMs ? probe.answers : null;
}

function groupOf(turn: Turn, group: readonly string[], depth: number): Above {
  const parents = group.flatMap((id) => turn.devices.get(id) ?? []);
  // Who is not expected to be there says nothing.
  const expected = parents.filter(({ state }) => state !== "asleep" && state !== "unseen");
  if (expected.length === 0) return null;
  const asked = expected.map(({ id }) => askedNow(turn, id));
  if (asked.includes(true)) return { is: "answers" };
  if (expected.some(({ state }, i) => state === "up" && asked[i] === null)) return { is: "there" };
  if (expected.some(({ state }) => state !== "down")) return { is: "doubtful" };
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
