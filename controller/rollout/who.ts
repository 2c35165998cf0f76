import type { Times } from "./canary/measure.ts";
import type { Place } from "./facts.ts";
import { rolloutLimits } from "./limits.ts";
import type { Whole } from "./records.ts";
import type { RolloutSettings } from "./schema.ts";
import type { Touched } from "./state.ts";

/** Who took the change in this wave, and whom they are compared with: devices of the same kinds that were not touched,
 *  evenly over all of them. Pure. */
export function untouchedOf(
  { rollout, devices }: Whole,
  all: readonly Place[],
  isAway: (device: string) => boolean,
): { touched: string[]; untouched: string[] } {
  const rows = [...devices.values()];
  const touched = rows.filter((one) => one.wave === rollout.wave && one.phase === "done").map(({ id }) => id);
  const kindOf = new Map(all.map(({ id, kind }) => [id, kind]));
  const kinds = new Set(touched.map((id) => kindOf.get(id)));
  const isUntouched = (one: Touched | undefined): boolean => one === undefined || one.pushedAt === null;
  const others = all.filter(({ id, kind }) => kinds.has(kind) && isUntouched(devices.get(id)) && !isAway(id));
  return { touched: evenly(touched), untouched: evenly(others.map(({ id }) => id)) };
}

function evenly(all: readonly string[]): string[] {
  const step = Math.max(1, all.length / rolloutLimits.compared);
  return Array.from(
    { length: Math.min(all.length, rolloutLimits.compared) },
    (_, i) => all[Math.floor(i * step)] ?? "",
  );
}

/** Before the wave's first push, and since its last outcome: both as long, as far as there is time. Pure. */
export function timesOf({ rollout, devices }: Whole, { gate }: RolloutSettings, now: number): Times {
  const own = [...devices.values()].filter((one) => one.wave === rollout.wave && one.phase === "done");
  const first = own.reduce((at, one) => Math.min(at, one.pushedAt ?? at), now);
  const last = own.reduce((at, one) => Math.max(at, one.at), 0);
  const { least, most } = rolloutLimits.beforeMs;
  const beforeMs = Math.min(most, Math.max(least, gate.soakMs));
  return { before: { from: first - beforeMs, to: first }, after: { from: last, to: Math.max(now, last + 1) } };
}
