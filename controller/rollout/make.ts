import { randomId } from "../base/ids.ts";
import type { Whole } from "./records.ts";
import type { RolloutSettings } from "./schema.ts";
import type { Rollout, Touched } from "./state.ts";

/** A rollout as it begins. @param about.order who is in which wave, in the order in which they are pushed */
export function newRollout(
  by: Rollout["by"],
  wish: { title: string; settings: RolloutSettings; trialMs?: number | undefined },
  about: {
    targets: readonly { device: string; before: number }[];
    order: readonly { id: string; wave: number }[];
    at: number;
  },
): Whole {
  const { order, at } = about;
  const before = new Map(about.targets.map((one) => [one.device, one.before]));
  const row = { phase: "waiting", at, pushedAt: null, revision: null, back: null, why: null } as const;
  const rollout: Rollout = {
    ...{ id: randomId("rollout"), title: wish.title, by, createdAt: at, settings: wish.settings },
    ...{ waves: (order.at(-1)?.wave ?? 0) + 1, status: "running", why: null, wave: 0, soakSince: null },
    ...{ compared: null, failures: 0, forgiven: 0, forgivenAt: null, endedAt: null, trialMs: wish.trialMs ?? null },
  };
  const devices = order.map(({ id, wave }): [string, Touched] => [
    id,
    { ...row, id, wave, before: before.get(id) ?? 0 },
  ]);
  return { rollout, devices: new Map(devices) };
}

/** The first line of its log. */
export function beginsWith({ rollout, devices }: Whole): string {
  const first = [...devices.values()].filter(({ wave }) => wave === 0).length;
  return `begun by ${rollout.by.name}: ${devices.size} devices in ${rollout.waves} waves, ${first} of them in the first`;
}
