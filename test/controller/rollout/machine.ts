import { decide } from "../../../controller/rollout/decide.ts";
import { rolloutSettings } from "../../../controller/rollout/schema.ts";
import type { Facts, Rollout, RolloutEffect, RolloutEvent, Step, Touched } from "../../../controller/rollout/state.ts";
import { wavesOf } from "../../../controller/rollout/waves.ts";

export const minute = 60_000;
export const startAt = 1_000_000_000;

/** A rollout of so many devices over so many sites, driven by hand: what is decided holds at once, and pushes wait in
 *  `effects` for whoever carries them out. */
export function machine(
  settings: Parameters<typeof rolloutSettings.parse>[0],
  { devices = 20, sites = 20 }: { devices?: number; sites?: number } = {},
) {
  const read = rolloutSettings.parse(settings);
  const placeOf = (n: number) => ({ id: `ap-${String(n).padStart(3, "0")}`, site: `s-${n % sites}` });
  const all = Array.from({ length: devices }, (_, n) => placeOf(n));
  const away = new Set<string>();
  const held = new Map<string, string>();
  const siteOf = new Map(all.map(({ id, site }) => [id, site]));
  const order = wavesOf(all, read.waves, () => false);
  let rollout: Rollout = {
    ...{ id: "rollout_1", title: "Demo", by: { kind: "user", id: "u", name: "Demo" }, createdAt: startAt },
    ...{ settings: read, trialMs: null, waves: (order.at(-1)?.wave ?? 0) + 1, status: "running", why: null, wave: 0 },
    ...{ soakSince: null, compared: null, failures: 0, forgiven: 0, forgivenAt: null, endedAt: null },
  };
  const blank = {
    phase: "waiting",
    at: startAt,
    pushedAt: null,
    before: 7,
    revision: null,
    back: null,
    why: null,
  } as const;
  const rows = new Map(order.map(({ id, wave }): [string, Touched] => [id, { ...blank, id, wave }]));
  const effects: RolloutEffect[] = [];
  const log: string[] = [];
  const facts: Facts = {
    isAway: (id) => away.has(id),
    heldBy: (id) => held.get(id) ?? null,
    apartFrom: (id) =>
      read.apart === "none" ? [] : all.flatMap((one) => (one.id !== id && one.site === siteOf.get(id) ? one.id : [])),
  };
  let now = startAt;
  let revisions = 100;

  const put = (event: RolloutEvent): Step => {
    const step = decide(rollout, rows, event, now, facts);
    rollout = step.rollout;
    for (const row of step.changed) rows.set(row.id, row);
    effects.push(...step.effects);
    log.push(...step.log.map(({ text, device }) => (device ? `${device}: ${text}` : text)));
    return step;
  };
  const of = (id: string): Touched => rows.get(id) as Touched;

  return {
    put,
    of,
    rows: () => [...rows.values()],
    rollout: () => rollout,
    log,
    away,
    held,
    siteOf: (id: string) => siteOf.get(id) ?? "",
    now: () => now,
    pass(ms: number): void {
      now += ms;
      put({ kind: "tick" });
    },
    /** What is to be carried out, once. */
    take: (): RolloutEffect[] => effects.splice(0),
    /** Writes the push: it is wanted of the device from now on. */
    pushed: (device: string) => put({ kind: "pushed", device, revision: ++revisions }),
    says: (device: string, is: "applied" | "failed", why: string | null = null) =>
      put({ kind: "outcome", device, revision: of(device).revision ?? 0, is, why }),
    phases: (): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const { phase } of rows.values()) counts[phase] = (counts[phase] ?? 0) + 1;
      return counts;
    },
  };
}
export type Machine = ReturnType<typeof machine>;

/** Carries out all pushes and answers each as told, until nothing is to be done at this moment. */
export function settle(m: Machine, outcome: (device: string) => "applied" | "failed" | "silent"): void {
  for (let round = 0; round < 1_000; round++) {
    m.put({ kind: "tick" });
    const effects = m.take().filter((effect) => effect.do !== "compare");
    if (effects.length === 0) return;
    for (const effect of effects) {
      if (effect.do === "return") m.put({ kind: "returned", device: effect.device, why: null });
      else if (effect.do === "push") {
        m.pushed(effect.device);
        const is = outcome(effect.device);
        if (is !== "silent") m.says(effect.device, is, is === "failed" ? "it could not reach it" : null);
      }
    }
  }
}
