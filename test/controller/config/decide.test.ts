import { describe, expect, it } from "vitest";
import type { ConfigReported } from "#wire";
import {
  type ConfigEvent,
  type ConfigState,
  decide,
  isToRepair,
  repairAfterMs,
  resendMs,
  type Step,
  untouched,
} from "../../../controller/config/decide.ts";
import { hashA, hashB, reportOf } from "./said.ts";

const minute = 60_000;
const now = 1_000_000;
const wanted = { revision: 100, hash: hashA, trialMs: 60_000 };

function reached(events: ConfigEvent[], from: ConfigState = untouched, at = now): Step {
  let step: Step = { state: from, act: null };
  for (const event of events) step = decide(step.state, event, at);
  return step;
}
const want: ConfigEvent = { kind: "wanted", wanted };
const sent: ConfigEvent = { kind: "sent" };
const states = (revision: number, hash: string, state: "applied" | "trying" | "reverted", more: object = {}) =>
  ({ kind: "stated", summary: { revision, hash, state }, birth: true, known: true, ...more }) as const;
const reports = (report: Partial<ConfigReported>, more: object = {}) =>
  ({
    kind: "reported",
    report: reportOf({ revision: 100, hash: hashA, ...report }),
    known: true,
    current: true,
    ...more,
  }) as const;
const reverted = (attempt: number, cause: ConfigReported["cause"] = "unconfirmed") =>
  reports({ state: "reverted", attempt, cause, problems: [{ path: "", message: "it could not reach it" }] });

describe("what is wanted", () => {
  it("is sent at once, and again at a birth that does not know it", () => {
    expect(reached([want]).act).toBe("send");
    expect(reached([want, sent, states(0, "", "applied")]).act).toBe("send");
    expect(reached([want, sent, states(100, hashA, "trying")]).act).toBeNull();
  });

  it("is sent again after a heartbeat that does not know it, at most once a minute", () => {
    const { state } = reached([want, sent]);
    const beat = states(0, "", "applied", { birth: false });
    expect(decide(state, beat, now + resendMs - 1).act).toBeNull();
    expect(decide(state, beat, now + resendMs).act).toBe("send");
  });

  it("is confirmed only as it is wanted, in the session that proves it", () => {
    const { state } = reached([want, sent]);
    const trying = { state: "trying", attempt: 2, session: 7 } as const;
    expect(decide(state, reports(trying), now).act).toEqual({ confirm: { revision: 100, attempt: 2, session: 7 } });
    expect(decide(state, reports(trying, { current: false }), now).act).toBeNull();
    expect(decide(state, reports({ ...trying, hash: hashB }), now).act).toBeNull();
    expect(decide(state, reports({ ...trying, revision: 99 }), now).act).toBeNull();
    const newer = decide(state, { kind: "wanted", wanted: { ...wanted, revision: 101, hash: hashB } }, now).state;
    expect(decide(newer, reports(trying), now).act).toBeNull();
  });

  it("is applied by its report, or by a birth when the report was missed", () => {
    for (const event of [reports({ state: "applied" }), states(100, hashA, "applied")]) {
      const { state, act } = reached([want, sent, event]);
      expect(act).toBeNull();
      expect(state).toMatchObject({ outcome: "applied", applied: { revision: 100, hash: hashA }, nextAt: null });
    }
  });

  it("is sent anew to a device that lost what it had", () => {
    const { state, act } = reached([want, sent, reports({ state: "applied" }), states(0, "", "applied")]);
    expect(act).toBe("send");
    expect(state).toMatchObject({ outcome: "waiting", applied: null });
  });
});

describe("what did not stay", () => {
  it("is tried again after 10 min, then an hour, and not a fourth time", () => {
    const first = reached([want, sent, reverted(1)]).state;
    expect(first).toMatchObject({ outcome: "reverted", nextAt: now + 10 * minute, cause: "unconfirmed" });
    expect(decide(first, { kind: "tick" }, now + 10 * minute - 1).act).toBeNull();
    expect(decide(first, { kind: "tick" }, now + 10 * minute).act).toBe("send");
    const second = reached([sent, reverted(2, "power")], first).state;
    expect(second.nextAt).toBe(now + 60 * minute);
    const third = reached([sent, reverted(3)], second).state;
    expect(third.nextAt).toBeNull();
    expect(decide(third, { kind: "tick" }, now + 1e9).act).toBeNull();
    expect(decide(third, states(100, hashA, "reverted"), now + 1e9).act).toBeNull();
  });

  it("waits no longer because it is told twice", () => {
    const first = reached([want, sent, reverted(1)]).state;
    const again = decide(first, reverted(1), now + 5 * minute).state;
    expect(again.nextAt).toBe(now + 10 * minute);
    expect(again.outcomeAt).toBe(now);
  });

  it("is sent again when the second try never arrived", () => {
    const { state } = reached([sent], reached([want, sent, reverted(1)]).state);
    const beat = states(100, hashA, "reverted", { birth: false });
    expect(decide(state, beat, now + resendMs - 1).act).toBeNull();
    expect(decide(state, beat, now + resendMs).act).toBe("send");
  });

  it("is not sent again by the birth that comes before its report: the pause holds for the usual window too", () => {
    const { state } = reached([want, sent]);
    const later = now + wanted.trialMs + 500;
    const born = decide(state, states(100, hashA, "reverted"), later);
    expect(born.act).toBeNull();
    expect(decide(born.state, reverted(1), later).state.nextAt).toBe(later + 10 * minute);
  });

  it.each(["probe-failed", "check-failed"] as const)("by %s waits for a person", (cause) => {
    expect(reached([want, sent, reverted(1, cause)]).state.nextAt).toBeNull();
  });

  it("because it was rejected waits for a person, with the problems", () => {
    const problems = [{ path: "agent.colour", message: "there is no such setting" }];
    const { state } = reached([want, sent, reports({ state: "rejected", problems })]);
    expect(state).toMatchObject({ outcome: "rejected", problems, nextAt: null, refusal: null });
  });
});

describe("a refusal of something that is not ours", () => {
  const message = "signed by key demo, which is not in this device's key set";
  const refused = (more: Partial<ConfigReported> = {}) =>
    reports({ state: "rejected", cause: "signature", problems: [{ path: "", message }], ...more });

  it("is kept beside the outcome, which it does not touch", () => {
    const on = reached([want, sent, reports({ state: "applied" })]).state;
    expect(decide(on, refused(), now)).toEqual({ state: { ...on, refusal: { at: now, message } }, act: null });
    const never = decide(untouched, refused({ revision: 0, hash: "" }), now).state;
    expect(never).toEqual({ ...untouched, refusal: { at: now, message } });
  });

  it("is told from a rejected revision also without a signature at fault: what is in force can't be rejected", () => {
    const on = reached([want, sent, reports({ state: "applied" })]).state;
    expect(decide(on, refused({ cause: undefined }), now).state.outcome).toBe("applied");
    const next = { revision: 101, hash: hashB };
    const trying = reached([{ kind: "wanted", wanted: { ...wanted, ...next } }, sent], on).state;
    expect(decide(trying, refused({ cause: undefined, ...next }), now).state.outcome).toBe("rejected");
  });
});

describe("a configuration that is not from here", () => {
  const theirs = states(77, hashB, "applied", { known: false });

  it("is shown, and never overwritten by itself", () => {
    const { state, act } = reached([want, sent, theirs]);
    expect(act).toBeNull();
    expect(state.foreign).toEqual({ revision: 77, hash: hashB });
    expect(decide(state, { ...theirs, birth: false }, now + 1e9).act).toBeNull();
  });

  it("is replaced once a person wants something while it is known", () => {
    const { state } = reached([theirs]);
    const next = decide(state, { kind: "wanted", wanted }, now).state;
    expect(next).toMatchObject({ foreign: null, replaces: { revision: 77, hash: hashB } });
    expect(decide(next, theirs, now).act).toBe("send");
    const other = states(78, hashB, "applied", { known: false });
    expect(decide(next, other, now)).toMatchObject({ act: null, state: { foreign: { revision: 78 } } });
  });
});

describe("files that were changed on the device", () => {
  const applied = reached([want, sent, reports({ state: "applied" })]).state;
  const drifted = (...paths: string[]) => reports({ drift: paths.map((path) => ({ path, hash: "" })) });

  it("are kept until it says that they are as they were told", () => {
    const { state } = reached([drifted("/etc/a")], applied, now + 1);
    expect(state.drift).toEqual({ since: now + 1, files: [{ path: "/etc/a" }] });
    const more = reached([drifted("/etc/a", "/etc/b"), reports({})], state, now + 2).state;
    expect(more.drift).toEqual({ since: now + 1, files: [{ path: "/etc/a" }, { path: "/etc/b" }] });
    expect(more).toMatchObject({ outcome: "applied", outcomeAt: now });
    expect(reached([drifted()], more).state.drift).toBeNull();
  });

  it("are put right an hour after something was applied, and nothing else is under way", () => {
    const { state } = reached([drifted("/etc/a")], applied);
    expect(isToRepair(state, now + repairAfterMs - 1)).toBe(false);
    expect(isToRepair(state, now + repairAfterMs)).toBe(true);
    expect(isToRepair(applied, now + repairAfterMs)).toBe(false);
    expect(isToRepair(reached([want], state).state, now + repairAfterMs)).toBe(false);
    expect(isToRepair({ ...state, foreign: { revision: 1, hash: hashB } }, now + repairAfterMs)).toBe(false);
  });
});
