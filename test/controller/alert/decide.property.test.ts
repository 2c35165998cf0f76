import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { taken } from "../../../controller/alert/attention.ts";
import type { Mute } from "../../../controller/alert/mute/hold.ts";
import { type Town, town } from "./town.ts";

describe("whatever happens", () => {
  const sites = { a: 4, b: 3, c: 2, d: 1 };
  const ids = Object.entries(sites).flatMap(([site, many]) => Array.from({ length: many }, (_, i) => `${site}-${i}`));
  const some = fc.subarray(ids, { minLength: 1 });
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("lose" as const), ids: some, stopped: fc.boolean() }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("back" as const), ids: some }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds: fc.integer({ min: 1, max: 90 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("unknown" as const), ids: some }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("hours" as const),
        site: fc.constantFrom("a", "b"),
        open: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("check" as const), fails: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("move" as const), ids: some, site: fc.constantFrom("a", "b", "") }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("ask" as const), ids: some, answers: fc.boolean() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("ask-line" as const),
        site: fc.constantFrom("a", "b", "c"),
        answers: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("hang" as const),
        ids: some,
        parents: fc.array(fc.array(fc.constantFrom(...ids), { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("mute" as const),
        ids: fc.option(some),
        rule: fc.option(fc.constantFrom("device_down", "site_unreachable", "controller_blind")),
        seconds: fc.integer({ min: 0, max: 400 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("unmute" as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("take" as const), seconds: fc.integer({ min: 1, max: 200 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("policy" as const), steps: fc.integer({ min: 0, max: 3 }) }),
    },
  );
  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

  /** What holds notices back, and who is told when. */
  function hold(t: Town, mutes: Mute[], one: Step): void {
    if (one.kind === "mute") {
      const rules = one.rule === null ? null : new Set([one.rule]);
      const devices = one.ids && new Set(one.ids);
      const until = t.now() + one.seconds * 1_000;
      mutes.push({ id: `mute_${mutes.length}`, by: "silence", who: "jo", why: "demo", until, devices, rules });
      t.mute([...mutes]);
    } else if (one.kind === "unmute") {
      const now = t.now();
      for (const [i, mute] of mutes.entries()) mutes[i] = { ...mute, until: Math.min(mute.until, now) };
      t.mute([...mutes]);
    } else if (one.kind === "take") {
      const [first] = t.open();
      if (first)
        t.byHand(first.id, (was) => taken(was, { id: "user_jo", name: "jo" }, t.now(), t.now() + one.seconds * 1_000));
    } else if (one.kind === "policy") {
      const steps = Array.from({ length: one.steps }, (_, i) => ({
        ...{ afterMs: i * 60_000, channels: [`channel_${i}`], rota: false, repeatEveryMs: i === 1 ? 20_000 : null },
      }));
      t.escalate({ severities: ["critical", "major"], steps, againAfterMs: 300_000, rota: null });
    }
  }

  it("what is opened is told once, an end only to whom the beginning was; nothing of what is muted; one open incident a root; none while closed", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const t = town(sites);
        const closed = new Set<string>();
        const mutes: Mute[] = [];
        for (const one of steps) {
          const before = t.steps.length;
          if (one.kind === "lose") t.lose(one.ids, one.stopped);
          else if (one.kind === "back") {
            t.jump(1);
            t.back(one.ids);
          } else if (one.kind === "pass") t.pass(one.seconds);
          else if (one.kind === "unknown") t.become(one.ids, "unknown");
          else if (one.kind === "move") t.move(one.ids, one.site);
          else if (one.kind === "ask") t.ask(one.ids, one.answers);
          else if (one.kind === "ask-line") t.askLine(one.site, one.answers);
          else if (one.kind === "hang") t.hang(one.ids, one.parents);
          else if (one.kind === "restart") {
            closed.clear();
            t.restart();
          } else if (one.kind === "check")
            t.run([{ kind: "self-check", failed: one.fails ? { since: t.now(), why: "demo" } : null }]);
          else if (one.kind === "hours") {
            if (one.open) closed.delete(one.site);
            else closed.add(one.site);
            t.hours(one.site, one.open);
          } else hold(t, mutes, one);
          for (const { incident, events } of t.steps.slice(before))
            if (events.some(({ kind }) => kind === "opened")) expect(closed.has(incident.site ?? "")).toBe(false);
          // Of what is muted only an end is told, to whom the beginning was.
          for (const { incident, tell } of t.steps.slice(before))
            if (tell !== null && incident.state === "open") expect(incident.muted).toBeNull();
          const roots = t.open().map(({ rule, root }) => `${rule} ${root.id}`);
          expect(new Set(roots).size).toBe(roots.length);
          const down = t.open().flatMap(({ members }) => [...members.values()].filter(({ state }) => state === "down"));
          expect(new Set(down.map(({ device }) => device)).size).toBe(down.length);
        }
        const perIncident = new Map<string, string[]>();
        for (const { incident, tell } of t.steps)
          if (tell) perIncident.set(incident.id, [...(perIncident.get(incident.id) ?? []), tell]);
        for (const kinds of perIncident.values()) {
          expect(kinds[0]).toBe("opened");
          expect(kinds.filter((kind) => kind === "opened")).toHaveLength(1);
          const ends = kinds.filter((kind) => kind === "resolved" || kind === "closed");
          expect(ends.length).toBeLessThanOrEqual(1);
          if (ends.length === 1) expect(kinds.at(-1)).toBe(ends[0]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("all come back in the end: nothing stays open, and nothing is waited for", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const t = town(sites);
        const mutes: Mute[] = [];
        for (const one of steps) {
          if (one.kind === "lose") t.lose(one.ids, one.stopped);
          if (one.kind === "pass") t.pass(one.seconds);
          if (one.kind === "ask") t.ask(one.ids, one.answers);
          if (one.kind === "hang") t.hang(one.ids, one.parents);
          hold(t, mutes, one);
          if (one.kind === "check")
            t.run([{ kind: "self-check", failed: one.fails ? { since: t.now(), why: "x" } : null }]);
        }
        t.jump(1_000);
        t.run([{ kind: "self-check", failed: null }]);
        t.back(ids);
        t.pass(2);
        // What came and went is not over before it has been calm for a while.
        t.jump(3_600_000);
        t.pass(1);
        expect(t.open()).toEqual([]);
        expect(t.state().waiting.size).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it("nothing is held back for ever: what is still bad when all has settled was told, once", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const t = town(sites);
        const mutes: Mute[] = [];
        for (const one of steps) {
          if (one.kind === "lose") t.lose(one.ids, one.stopped);
          if (one.kind === "pass") t.pass(one.seconds);
          if (one.kind === "back") {
            t.jump(1);
            t.back(one.ids);
          }
          if (one.kind === "restart") t.restart();
          hold(t, mutes, one);
        }
        t.jump(800_000);
        t.pass(60);
        if (t.state().blind !== null) return;
        for (const incident of t.open()) expect(incident.toldAt).not.toBeNull();
      }),
      { numRuns: 100 },
    );
  });
});
