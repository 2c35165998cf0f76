import { decide } from "../../controller/alert/decide.ts";
import { alertLimits } from "../../controller/alert/limits.ts";
import { type AlertEvent, nothing, type Watched } from "../../controller/alert/state.ts";

/** 10,000 devices at 1,000 sites expire in the same second. @returns how long the decision took, and how many steps */
export function alertStorm(): { devices: number; decideMs: number; steps: number; quietTurnMs: number } {
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
  const before = performance.now();
  const lost = run(state, all({ state: "down" }), now + 1_000);
  const decideMs = Math.round(performance.now() - before);
  const again = performance.now();
  run(lost.state, [], now + 2_000);
  return { devices: 10_000, decideMs, steps: lost.steps.length, quietTurnMs: Math.round(performance.now() - again) };
}
