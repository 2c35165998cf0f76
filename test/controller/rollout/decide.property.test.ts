import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isOver } from "../../../controller/rollout/state.ts";
import { type Machine, machine } from "./machine.ts";

type Act = {
  what: "tick" | "push" | "applied" | "failed" | "away" | "back" | "pause" | "resume" | "abort";
  pick: number;
  ms: number;
};

const act: fc.Arbitrary<Act> = fc.record({
  what: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("tick", "push", "applied", "failed") },
    { weight: 1, arbitrary: fc.constantFrom("away", "back", "pause", "resume") },
  ) as fc.Arbitrary<Act["what"]>,
  pick: fc.nat(1_000),
  ms: fc.constantFrom(0, 1_000, 60_000, 3_600_000),
});
const settings = fc.record({
  waves: fc.array(fc.record({ devices: fc.integer({ min: 1, max: 30 }) }), { minLength: 1, maxLength: 4 }),
  atOnce: fc.integer({ min: 1, max: 12 }),
  abort: fc.record({ failures: fc.integer({ min: 1, max: 6 }) }),
  gate: fc.record({ soakMs: fc.constantFrom(0, 60_000), successPercent: fc.constantFrom(0, 80, 100) }),
  onHalt: fc.constantFrom("stop", "return"),
  apart: fc.constantFrom("site", "none"),
  compare: fc.constant(false),
});

/** One thing happens. Pushes wait in `due` until they are carried out. */
function happen(m: Machine, due: string[], back: string[], { what, pick, ms }: Act): void {
  const one = <T>(all: readonly T[]): T | undefined => all[pick % Math.max(1, all.length)];
  const pushed = m.rows().filter(({ phase }) => phase === "pushed");
  if (what === "tick") m.pass(ms);
  else if (what === "push") {
    const device = one(due);
    if (device) m.pushed(due.splice(due.indexOf(device), 1)[0] ?? "");
    const returned = one(back);
    if (returned) m.put({ kind: "returned", device: back.splice(back.indexOf(returned), 1)[0] ?? "", why: null });
  } else if (what === "applied" || what === "failed") {
    const device = one(pushed);
    if (device) m.says(device.id, what);
  } else if (what === "away" || what === "back") {
    const device = one(m.rows())?.id ?? "";
    if (what === "away") m.away.add(device);
    else m.away.delete(device);
  } else m.put({ kind: "command", do: what, by: "Demo" });
  for (const effect of m.take()) {
    if (effect.do === "push") due.push(effect.device);
    if (effect.do === "return") back.push(effect.device);
  }
}

describe("whatever happens to a rollout", () => {
  it("no more fail than the limit and what was under way then; sites are spared; waves come in order; stopped means back", () => {
    fc.assert(
      fc.property(settings, fc.array(act, { minLength: 20, maxLength: 250 }), (chosen, acts) => {
        const m = machine(chosen, { devices: 24, sites: 8 });
        const [due, back]: [string[], string[]] = [[], []];
        let forgiven = 0;
        for (const next of acts) {
          const before = m.rollout();
          happen(m, due, back, next);
          const { status, failures, wave } = m.rollout();
          const rows = m.rows();
          const underWay = rows.filter(({ phase }) => phase === "pushing" || phase === "pushed");
          if (next.what === "resume" && before.status !== status) forgiven = failures;
          const counted = failures - forgiven - goneSince(m);
          expect(counted).toBeLessThan(chosen.abort.failures + chosen.atOnce);
          expect(underWay.length).toBeLessThanOrEqual(chosen.atOnce);
          if (chosen.apart === "site") {
            const sites = underWay.map(({ id }) => m.siteOf(id));
            expect(new Set(sites).size).toBe(sites.length);
          }
          expect(rows.every((one) => one.wave <= wave || one.phase === "waiting" || one.phase === "skipped")).toBe(
            true,
          );
        }
        finish(m, due, back);
        expect(isOver(m.rollout())).toBe(true);
        const rows = m.rows();
        if (m.rollout().status === "done")
          expect(rows.every(({ phase }) => phase === "done" || phase === "failed" || phase === "skipped")).toBe(true);
        if (m.rollout().status === "aborted")
          expect(rows.every((one) => one.revision === null || one.back === "written" || one.phase === "skipped")).toBe(
            true,
          );
      }),
      { numRuns: 300 },
    );
  });
});

/** Devices that took the change and then went away fail without having been under way. */
const goneSince = (m: Machine): number => m.rows().filter(({ why }) => why?.startsWith("out of reach")).length;

/** Carries out what is left, and stops it if it doesn't end by itself. */
function finish(m: Machine, due: string[], back: string[]): void {
  for (let round = 0; round < 200 && !isOver(m.rollout()); round++) {
    if (round === 100) m.put({ kind: "command", do: "abort", by: "Demo" });
    for (const device of due.splice(0)) m.pushed(device);
    for (const device of back.splice(0)) m.put({ kind: "returned", device, why: null });
    if (round < 100) for (const { id, phase } of m.rows()) if (phase === "pushed") m.says(id, "applied");
    m.pass(60_000);
    for (const effect of m.take()) {
      if (effect.do === "push") due.push(effect.device);
      if (effect.do === "return") back.push(effect.device);
    }
  }
}
