import { describe, expect, it } from "vitest";
import type { Comparison } from "../../../controller/rollout/canary/compare.ts";
import { machine, minute, settle } from "./machine.ts";

const quick = { compare: false, gate: { soakMs: 0 } } as const;
const ok = () => "applied" as const;
const pushes = (effects: { do: string }[]) => effects.filter((one) => one.do === "push").length;

describe("a rollout", () => {
  it("goes wave by wave, and each waits until the one before has shown itself", () => {
    const m = machine({ compare: false, gate: { soakMs: 10 * minute } });
    settle(m, ok);
    expect(m.phases()).toEqual({ done: 1, waiting: 19 });
    expect(m.rollout().why).toBe("the canary wave took it; watched for another 10 min");
    m.pass(9 * minute);
    expect(m.take()).toEqual([]);
    m.pass(minute);
    settle(m, ok);
    expect(m.phases()).toEqual({ done: 2, waiting: 18 });
    m.pass(10 * minute);
    settle(m, ok);
    expect(m.phases()).toEqual({ done: 10, waiting: 10 });
    m.pass(10 * minute);
    settle(m, ok);
    m.pass(10 * minute);
    expect(m.rollout()).toMatchObject({ status: "done", why: "20 took it" });
    expect(m.log.at(-1)).toContain("that was the last wave: 20 took it");
  });

  it("stops in the canary wave when that fails; what failed is not tried again", () => {
    const m = machine({ ...quick, abort: { failures: 1 } });
    settle(m, () => "failed");
    expect(m.rollout().status).toBe("halted");
    expect(m.phases()).toEqual({ failed: 1, waiting: 19 });
    expect(m.log).toContain("stopped by itself: 1 device failed; it stops at 1");
    expect(m.rows().filter(({ back }) => back === "written")).toHaveLength(1);
    m.pass(60 * minute);
    expect(m.take()).toEqual([]);
  });

  it("a wave in which too few take it is the last, though fewer failed than would stop it", () => {
    const m = machine({ ...quick, waves: [{ devices: 10 }, { percent: 100 }], abort: { failures: 5 } });
    let n = 0;
    settle(m, () => (n++ < 2 ? "failed" : "applied"));
    expect(m.rollout()).toMatchObject({
      status: "halted",
      why: "the canary wave: 8 of 10 took it (80 %); 95 % are needed",
    });
  });

  it("goes on when a person lets pass what failed, and stops again at new failures", () => {
    const m = machine({ ...quick, waves: [{ devices: 2 }, { percent: 100 }], abort: { failures: 2 } });
    let fail = true;
    settle(m, () => (fail ? "failed" : "applied"));
    expect(m.rollout().status).toBe("halted");
    fail = false;
    m.pass(minute);
    m.put({ kind: "command", do: "resume", by: "Demo" });
    settle(m, ok);
    expect(m.rollout()).toMatchObject({ status: "done", why: "18 took it, 2 failed" });
    expect(m.log).toContain("goes on by Demo, who knows of 2 failures");
  });

  it("silence is failure, and so is who took it and is gone while it is watched", () => {
    const silent = machine({ ...quick, abort: { failures: 1 }, deadlineMs: 5 * minute });
    settle(silent, () => "silent");
    silent.pass(5 * minute - 1);
    expect(silent.rollout().status).toBe("running");
    silent.pass(1);
    expect(silent.rollout().status).toBe("halted");
    expect(silent.log.join()).toContain("no word within 5 min");
    const gone = machine({ compare: false, gate: { soakMs: 10 * minute }, abort: { failures: 1 } });
    settle(gone, ok);
    gone.away.add(gone.rows()[0]?.id ?? "");
    gone.pass(minute);
    expect(gone.rollout().status).toBe("halted");
    expect(gone.log.join()).toContain("out of reach since it took the change");
  });

  it("who is away holds nobody up, gets it when it is back, and is left out in the end", () => {
    const m = machine({ ...quick, waves: [{ devices: 5 }, { percent: 100 }], patienceMs: 60 * minute });
    const [first, second] = m.rows();
    for (const one of [first, second]) m.away.add(one?.id ?? "");
    settle(m, ok);
    expect(m.phases()).toEqual({ done: 18, waiting: 2 });
    expect(m.rollout().why).toBe("waits for 2 devices away");
    m.away.delete(first?.id ?? "");
    settle(m, ok);
    expect(m.phases()).toEqual({ done: 19, waiting: 1 });
    m.pass(60 * minute);
    expect(m.rollout()).toMatchObject({ status: "done", why: "19 took it, 1 left out" });
    expect(m.of(second?.id ?? "").why).toBe("was away for 60 min");
  });

  it("who may not be touched now is waited for", () => {
    const m = machine({ ...quick, waves: [{ devices: 2 }, { percent: 100 }] });
    const [first] = m.rows();
    m.held.set(first?.id ?? "", "outside 01:00 to 05:00");
    settle(m, ok);
    expect(m.phases()).toEqual({ done: 1, waiting: 19 });
    m.held.clear();
    settle(m, ok);
    expect(m.rollout().status).toBe("done");
  });

  it("never two of a site at once", () => {
    const m = machine({ ...quick, waves: [{ percent: 100 }] }, { devices: 12, sites: 3 });
    m.put({ kind: "tick" });
    expect(pushes(m.take())).toBe(3);
    const together = machine(
      { ...quick, waves: [{ percent: 100 }], apart: "none", atOnce: 5 },
      { devices: 12, sites: 3 },
    );
    together.put({ kind: "tick" });
    expect(pushes(together.take())).toBe(5);
  });

  it("paused it pushes nobody, and what was under way still counts", () => {
    const m = machine({ ...quick, waves: [{ percent: 100 }], atOnce: 3 });
    m.put({ kind: "tick" });
    const [one] = m.take();
    m.put({ kind: "command", do: "pause", by: "Demo" });
    if (one?.do === "push") m.pushed(one.device);
    if (one?.do === "push") m.says(one.device, "applied");
    m.pass(minute);
    expect(m.take()).toEqual([]);
    expect(m.phases()).toMatchObject({ done: 1 });
    m.put({ kind: "command", do: "resume", by: "Demo" });
    settle(m, ok);
    expect(m.phases()).toMatchObject({ done: 18, pushing: 2 });
  });

  it("stopped, everybody whom it touched goes back, also whose push was just being written", () => {
    const m = machine({ ...quick, waves: [{ percent: 50 }, { percent: 100 }], atOnce: 4 });
    m.put({ kind: "tick" });
    const [first, second, third] = m.take().flatMap((effect) => (effect.do === "push" ? effect.device : []));
    for (const id of [first, second]) if (id) m.pushed(id);
    if (first) m.says(first, "applied");
    m.put({ kind: "command", do: "abort", by: "Demo" });
    expect(m.take()).toEqual([first, second].map((device) => ({ do: "return", device })));
    for (const device of [first, second]) if (device) m.put({ kind: "returned", device, why: null });
    expect(m.rollout().status).toBe("returning");
    if (third) m.pushed(third);
    m.pass(1_000);
    expect(m.take()).toEqual([{ do: "return", device: third }]);
    if (third) m.put({ kind: "returned", device: third, why: null });
    for (const one of m.rows()) if (one.phase === "pushing") m.put({ kind: "refused", device: one.id, why: "Demo" });
    m.pass(1_000);
    expect(m.rollout().status).toBe("aborted");
    expect(m.log.at(-1)).toBe("stopped; 3 went back to what they had");
  });

  it("whom somebody else configured meanwhile is theirs", () => {
    const m = machine({ ...quick, waves: [{ devices: 1 }, { percent: 100 }] });
    m.put({ kind: "tick" });
    const [effect] = m.take();
    const device = effect?.do === "push" ? effect.device : "";
    m.pushed(device);
    m.put({ kind: "outcome", device, revision: 9_999, is: "other", why: null });
    expect(m.of(device)).toMatchObject({ phase: "skipped", why: "somebody else configured it meanwhile" });
  });

  describe("compares", () => {
    const seen = (wave: number, verdict: Comparison["verdict"]): Comparison => {
      return { wave, at: 1, verdict, sentence: `${verdict}, with numbers`, metrics: [] };
    };
    const careful = () => machine({ gate: { soakMs: minute }, waves: [{ devices: 6 }, { percent: 100 }] });

    it("before each next wave, and says what it saw", () => {
      const m = careful();
      settle(m, ok);
      m.pass(minute);
      expect(m.take()).toEqual([{ do: "compare", wave: 0 }]);
      m.put({ kind: "compared", wave: 0, comparison: seen(0, "too few") });
      settle(m, ok);
      expect(m.log.join("\n")).toContain("6 of 6 took it; too few, with numbers; wave 2 begins");
    });

    it("stops when what it touched gets worse, until a person says otherwise", () => {
      const m = careful();
      settle(m, ok);
      m.pass(minute);
      m.take();
      m.put({ kind: "compared", wave: 0, comparison: seen(0, "worse") });
      m.pass(1_000);
      expect(m.rollout()).toMatchObject({ status: "halted", why: "the canary wave: worse, with numbers" });
      m.put({ kind: "command", do: "resume", by: "Demo" });
      settle(m, ok);
      expect(m.rollout().wave).toBe(1);
    });
  });

  it("stopping by itself it can take everything back", () => {
    const m = machine({
      ...quick,
      waves: [{ devices: 3 }, { percent: 100 }],
      abort: { failures: 2 },
      onHalt: "return",
    });
    let n = 0;
    settle(m, () => (n++ === 3 || n > 4 ? "failed" : "applied"));
    m.pass(1_000);
    expect(m.rollout().status).toBe("aborted");
    expect(m.rows().every((one) => one.revision === null || one.back === "written")).toBe(true);
  });
});
