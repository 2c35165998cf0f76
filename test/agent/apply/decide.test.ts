import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check, messages } from "#wire";
import {
  type ApplyEvent,
  type ApplyRun,
  type Desired,
  decide,
  mostAttempts,
  nextTick,
  repeatMs,
  trialBounds,
} from "../../../edge-agent/apply/decide.ts";
import { applyState, inForce, neverPushed, summaryOf } from "../../../edge-agent/apply/state.ts";

const hashOf = (letter: string): string => letter.repeat(43);
const want = (revision: number, more: Partial<Desired> = {}): Desired => ({
  revision,
  hash: hashOf("A"),
  trialMs: 60_000,
  document: { agent: { intervalMs: revision * 1_000 } },
  files: [],
  problems: [],
  ...more,
});
const fresh: ApplyRun = { kept: neverPushed, session: 1, trial: null, waiting: null };

/** What the effects of a chain of events were, and where it ended. */
function reached(events: [ApplyEvent, number?][], from: ApplyRun = fresh) {
  let run = from;
  let effects: ReturnType<typeof decide>["effects"] = [];
  for (const [event, now = 0] of events) ({ run, effects } = decide(run, event, now));
  return { run, effects, kinds: effects.map((e) => e.kind) };
}
const desired = (revision: number, more?: Partial<Desired>): [ApplyEvent, number?] => [
  { kind: "desired", desired: want(revision, more) },
];
const opened = (session: number): [ApplyEvent, number?] => [{ kind: "opened", session }];
const confirm = (revision: number, attempt = 1, session = 2): [ApplyEvent, number?] => [
  { kind: "confirm", revision, attempt, session },
];
const tick = (now: number): [ApplyEvent, number?] => [{ kind: "tick" }, now];
const reportOf = ({ effects }: ReturnType<typeof reached>) => effects.find((e) => "report" in e)?.report;

describe("a trial", () => {
  it("is on flash before it begins, is dialled anew, and is applied once that connection is confirmed", () => {
    const begun = reached([desired(5)]);
    expect(begun.kinds).toEqual(["save", "use", "redial"]);
    expect(summaryOf(begun.run.kept)).toMatchObject({ revision: 5, state: "trying" });
    const told = reached([opened(2)], begun.run);
    expect(reportOf(told)).toMatchObject({ revision: 5, state: "trying", attempt: 1 });
    const done = reached([confirm(5)], told.run);
    expect(done.kinds).toEqual(["save", "report"]);
    expect(reportOf(done)).toMatchObject({ revision: 5, state: "applied", problems: [] });
    expect(inForce(done.run.kept)).toEqual({ agent: { intervalMs: 5_000 } });
    expect(nextTick(done.run)).toBeNull();
  });

  it.each([
    ["another revision", confirm(4)],
    ["another attempt", confirm(5, 2)],
    ["another session", confirm(5, 1, 3)],
    ["the old connection", confirm(5, 1, 1)],
  ])("is not confirmed by words about %s", (_, said) => {
    const { run, effects } = reached([desired(5), opened(2), said]);
    expect(effects).toEqual([]);
    expect(run.kept.trial).not.toBeNull();
  });

  it("is not confirmed before a new connection stands", () => {
    expect(reached([desired(5), confirm(5, 1, 1)]).run.kept.trial).not.toBeNull();
  });

  it("says so again until it is answered, also over a third connection", () => {
    const told = reached([desired(5), [{ kind: "opened", session: 2 }, 1_000]]).run;
    expect(nextTick(told)).toBe(1_000 + repeatMs);
    expect(reached([tick(1_000 + repeatMs - 1)], told).effects).toEqual([]);
    expect(reportOf(reached([tick(1_000 + repeatMs)], told))).toMatchObject({ state: "trying" });
    const third = reached([opened(3), confirm(5, 1, 3)], told);
    expect(summaryOf(third.run.kept).state).toBe("applied");
  });

  it("that is not confirmed in time goes back, dials anew and says why", () => {
    const far = { agent: { controller: "wss://lamps.example/mqtt" } };
    const ended = reached([desired(5, { document: far }), tick(59_999), tick(60_000)]);
    expect(ended.kinds).toEqual(["save", "use", "redial"]);
    expect(inForce(ended.run.kept)).toEqual({});
    expect(reportOf(reached([opened(2)], ended.run))).toEqual({
      revision: 5,
      hash: hashOf("A"),
      state: "reverted",
      attempt: 1,
      cause: "unconfirmed",
      problems: [{ path: "", message: "it could not reach wss://lamps.example/mqtt within 60 s" }],
    });
    const failed: [ApplyEvent, number?] = [{ kind: "failed", why: "getaddrinfo ENOTFOUND lamps.example" }, 1_000];
    const why = reached([desired(5, { document: far }), failed, tick(60_000)]).run.kept.tried?.problems[0];
    expect(why?.message).toBe(
      "it could not reach wss://lamps.example/mqtt within 60 s: getaddrinfo ENOTFOUND lamps.example",
    );
    const silent = reached([desired(5, { document: far }), opened(2), tick(60_000)]).run.kept.tried?.problems[0];
    expect(silent?.message).toBe("wss://lamps.example/mqtt was reached, but it did not confirm within 60 s");
  });

  it("that a restart falls into goes back, because of the power", () => {
    const { kept } = reached([desired(5), opened(2)]).run;
    const again = reached([[{ kind: "started" }]], { ...fresh, kept, session: 0 });
    expect(again.kinds).toEqual(["save"]);
    expect(again.run.kept).toMatchObject({ trial: null, tried: { cause: "power", attempt: 1, state: "reverted" } });
    expect(inForce(again.run.kept)).toEqual({});
  });

  it("that flash does not take never began", () => {
    const working = neverPushed.applied.document;
    const { run, kinds } = reached([desired(5), [{ kind: "unsaved", why: "ENOSPC", working }]]);
    expect(run.kept).toMatchObject({ trial: null, tried: { state: "rejected", cause: "check-failed" } });
    expect(kinds).toEqual(["report"]);
  });

  it("that flash does not take, at the end of another one, leaves the device where it was before both", () => {
    const busy = reached([desired(5), desired(7)]).run;
    const working = inForce(busy.kept);
    const { kinds, effects } = reached([tick(60_000), [{ kind: "unsaved", why: "ENOSPC", working }]], busy);
    expect(kinds).toEqual(["use", "redial", "report"]);
    expect(effects[0]).toEqual({ kind: "use", document: {} });
  });
});

describe("what is wanted", () => {
  const applied = reached([desired(5), opened(2), confirm(5)]).run;

  it("again, and is applied, changes nothing", () => {
    const { run, kinds } = reached([desired(5)], applied);
    expect(kinds).toEqual(["report"]);
    expect(run).toEqual(applied);
  });

  it.each([
    ["a lower revision", want(4), /4 is lower than 5/],
    ["the same revision with another document", want(5, { hash: hashOf("B") }), /same revision 5/],
  ])("%s is refused, and the refusal names what is in force", (_, wish, why) => {
    const step = reached([[{ kind: "desired", desired: wish }]], applied);
    expect(step.run).toEqual(applied);
    expect(reportOf(step)).toMatchObject({ revision: 5, state: "rejected" });
    expect(reportOf(step)?.problems[0]?.message).toMatch(why);
  });

  it("with problems is rejected with all of them, and nothing is tried", () => {
    const problems = [{ path: "agent.colour", message: "there is no such setting" }];
    const { run, kinds } = reached([desired(6, { problems })], applied);
    expect(kinds).toEqual(["save", "report"]);
    expect(run.kept).toMatchObject({ applied: { revision: 5 }, tried: { revision: 6, state: "rejected", problems } });
    expect(reached([desired(6, { problems })], run).kinds).toEqual(["report"]);
  });

  it.each([trialBounds.leastMs - 1, trialBounds.mostMs + 1])("with a window of %i ms is rejected", (trialMs) => {
    expect(reached([desired(5, { trialMs })]).run.kept.tried?.problems[0]?.path).toBe("trialMs");
  });

  it.each([trialBounds.leastMs, trialBounds.mostMs])("with a window of %i ms is tried", (trialMs) => {
    expect(reached([desired(5, { trialMs })]).run.kept.trial?.trialMs).toBe(trialMs);
  });

  it("is tried three times after it was not confirmed, and not a fourth", () => {
    let run = fresh;
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      ({ run } = reached([desired(5)], run));
      expect(run.kept.trial?.attempt).toBe(attempt);
      ({ run } = reached([tick(60_000)], run));
    }
    const fourth = reached([desired(5)], run);
    expect(fourth.kinds).toEqual(["report"]);
    expect(reportOf(fourth)).toMatchObject({ state: "reverted", attempt: mostAttempts });
    expect(reached([desired(6)], run).run.kept.trial).toMatchObject({ revision: 6, attempt: 1 });
  });

  it("during a trial waits for its end, and only the newest", () => {
    const busy = reached([desired(5), desired(7), desired(6), desired(5)]).run;
    expect(busy).toMatchObject({ kept: { trial: { revision: 5 } }, waiting: { revision: 7 } });
    const confirmed = reached([opened(2), confirm(5)], busy);
    expect(confirmed.kinds).toEqual(["save", "report", "use", "redial"]);
    expect(confirmed.run).toMatchObject({ kept: { applied: { revision: 5 }, trial: { revision: 7 } }, waiting: null });
    const back = reached([tick(60_000)], busy).run;
    expect(back).toMatchObject({ kept: { applied: { revision: 0 }, trial: { revision: 7 } }, waiting: null });
  });
});

/** The wire takes it: a report that breaks its schema would be said by nobody. */
const isSayable = (report: object): boolean =>
  check(messages.configReported, { v: 1, session: 1, at: 1, ...report }).ok;

describe("whatever comes in whatever order, with the power cut at any step", () => {
  const wishes = fc.integer({ min: 1, max: 4 }).chain((revision) =>
    fc.record({
      revision: fc.constant(revision),
      hash: fc.constantFrom(hashOf("A"), hashOf("B")),
      trialMs: fc.constantFrom(10_000, 60_000, 1),
      document: fc.constant({ agent: { intervalMs: revision * 1_000, controller: `wss://${"ü".repeat(900)}/` } }),
      files: fc.constant<Desired["files"]>([]),
      problems: fc.boolean().map((wrong) => (wrong ? [{ path: "agent", message: "wrong" }] : [])),
    }),
  );
  const small = fc.integer({ min: 1, max: 4 });
  const events: fc.Arbitrary<ApplyEvent> = fc.oneof(
    { weight: 4, arbitrary: wishes.map((one) => ({ kind: "desired" as const, desired: one })) },
    { weight: 3, arbitrary: fc.constant({ kind: "opened" as const, session: -1 }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("confirm" as const),
        revision: small,
        attempt: small,
        session: fc.constant(-1),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ kind: "tick" as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: "failed" as const, why: "no answer ".repeat(100) }) },
  );
  const steps = fc.array(
    fc.tuple(events, fc.integer({ min: 0, max: 40_000 }), fc.option(fc.integer({ min: 0, max: 4 }))),
    {
      maxLength: 60,
    },
  );

  it("the device works by exactly the last confirmed document or by the one that it tries", () => {
    fc.assert(
      fc.property(steps, (all) => {
        let flash = neverPushed;
        let run: ApplyRun = { ...fresh, session: 0 };
        /** By which the collectors really work. */
        let working = inForce(flash);
        let now = 0;
        let highest = 0;
        const attempts = new Map<string, number>();
        for (const [raw, passes, cutAfter] of all) {
          now += passes;
          // Sessions count up as the link does; a confirmation is for the one that stands.
          const event =
            raw.kind === "opened"
              ? { ...raw, session: run.session + 1 }
              : raw.kind === "confirm"
                ? { ...raw, session: run.session }
                : raw;
          const trial = run.kept.trial;
          const step = decide(run, event, now);
          const isCut = cutAfter !== null && cutAfter < step.effects.length;
          for (const effect of step.effects.slice(0, isCut ? cutAfter : undefined)) {
            if (effect.kind === "save") {
              flash = step.run.kept;
              const begun = flash.trial;
              if (begun && begun !== trial) {
                const key = `${begun.revision}${begun.hash}`;
                attempts.set(key, Math.max(attempts.get(key) ?? 0, begun.attempt));
              }
            }
            if (effect.kind === "use") working = effect.document;
          }
          run = step.run;
          if (isCut) {
            run = { kept: flash, session: 0, trial: null, waiting: null };
            const restarted = decide(run, { kind: "started" }, now);
            run = restarted.run;
            flash = run.kept;
            working = inForce(flash);
            expect(flash.trial).toBeNull();
            expect(working).toEqual(flash.applied.document);
          }
          expect(check(applyState, JSON.parse(JSON.stringify(flash)))).toEqual({ ok: true, message: flash });
          for (const effect of step.effects) if ("report" in effect) expect(isSayable(effect.report)).toBe(true);
          expect(flash.applied.revision).toBeGreaterThanOrEqual(highest);
          highest = flash.applied.revision;
          expect(working).toEqual(inForce(run.kept));
          expect([flash.applied.document, flash.trial?.document]).toContainEqual(working);
          if (run.kept.trial) expect(nextTick(run)).not.toBeNull();
          if (run.trial) expect(nextTick(run) ?? 0).toBeLessThanOrEqual(run.trial.until);
        }
        for (const count of attempts.values()) expect(count).toBeLessThanOrEqual(mostAttempts);
      }),
      { numRuns: 250 },
    );
  });
});
