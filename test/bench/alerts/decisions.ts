import { decide } from "../../../controller/alert/decide.ts";
import { alertLimits } from "../../../controller/alert/limits.ts";
import { defaultRules } from "../../../controller/alert/rules/defaults.ts";
import { apply, emptyRules } from "../../../controller/alert/rules/engine.ts";
import { rule } from "../../../controller/alert/rules/schema.ts";
import { type AlertEvent, nothing, type Watched } from "../../../controller/alert/state.ts";
import { fieldsOf } from "../ingest/fields.ts";

export interface StormResult {
  devices: number;
  decideMs: number;
  incidents: number;
  quietTurnMs: number;
  heapBytes: number;
}

/** 10,000 devices at 1,000 sites expire in the same second. @returns what the decision costs */
export function alertStorm(): StormResult {
  const now = Date.now();
  const watched = (i: number, over: Partial<Watched>): Watched => ({
    id: `ap-${i}`,
    name: `Demo ${i}`,
    site: `s-${i % 1_000}`,
    state: "up",
    since: now,
    lastSeenAt: now,
    stopped: false,
    boot: null,
    intervalMs: 10_000,
    parents: [],
    ...over,
  });
  const all = (over: Partial<Watched>): AlertEvent[] =>
    Array.from({ length: 10_000 }, (_, i) => ({ kind: "device", id: `ap-${i}`, is: watched(i, over) }));
  const sites = Array.from({ length: 1_000 }, (_, i): AlertEvent => {
    const id = `s-${i}`;
    return { kind: "place", id, is: { id, name: id, timeZone: "Europe/London", open: true } };
  });
  let ids = 0;
  const run = (state: typeof nothing, events: AlertEvent[], at: number) =>
    decide(state, events, at, alertLimits, () => `incident_${++ids}`);
  const { state } = run(nothing, [...sites, ...all({})], now);
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const before = performance.now();
  const lost = run(state, all({ state: "down" }), now + 1_000);
  const decideMs = Math.round(performance.now() - before);
  const again = performance.now();
  run(lost.state, [], now + 2_000);
  const quietTurnMs = Math.round(performance.now() - again);
  const heapBytes = process.memoryUsage().heapUsed - heapBefore;
  return { devices: 10_000, decideMs, incidents: lost.state.incidents.size, quietTurnMs, heapBytes };
}

export interface RulesResult {
  devices: number;
  rules: number;
  evaluationsPerSecond: number;
  heapBytes: number;
}

/** 30 rules over samples of 10,000 devices, one core: the program's own, and copies of its rule on the processor with other
 *  limits. */
export function evaluations(devices = 10_000, rounds = 12): RulesResult {
  const own = defaultRules.map((text) => rule.parse(text));
  const cpu = own.find(({ id }) => id === "cpu");
  if (!cpu) throw new Error("there is no rule on the processor");
  const more = Array.from({ length: Math.max(0, 30 - own.length) }, (_, i) => ({ ...cpu, id: `cpu_${i}` }));
  const rules = [...own, ...more];
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const state = emptyRules();
  const needs = { usual: () => null };
  apply(state, { kind: "rules", rules }, needs);
  for (let n = 0; n < devices; n++) {
    const is = { id: `ap-${n}`, site: `s-${n % 1_000}`, kind: "access-point", tags: [], profile: null };
    apply(state, { kind: "subject", id: is.id, is }, needs);
  }
  const began = performance.now();
  for (let round = 0; round < rounds; round++) {
    const at = 1_000_000_000_000 + round * 10_000;
    const fields = fieldsOf(round, at);
    for (let n = 0; n < devices; n++)
      apply(state, { kind: "sample", sample: { device: `ap-${n}`, m: "system", at, tags: {}, fields } }, needs);
  }
  const seconds = (performance.now() - began) / 1_000;
  globalThis.gc?.();
  return {
    devices,
    rules: rules.length,
    evaluationsPerSecond: Math.round(state.evaluations / seconds),
    heapBytes: process.memoryUsage().heapUsed - heapBefore,
  };
}
