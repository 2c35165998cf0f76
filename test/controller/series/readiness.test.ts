import { describe, expect, it } from "vitest";
import { createReadiness, NeedsPerson } from "../../../controller/store/series/readiness.ts";
import { handClock } from "../base/hand-clock.ts";

const quiet = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };
const settled = () => new Promise((done) => setImmediate(done));
const backoff = { baseMs: 100, maxMs: 1_000 };

function setup(outcomes: (Error | null)[]) {
  const clock = handClock();
  let tries = 0;
  const readiness = createReadiness({
    clock,
    log: quiet,
    backoff,
    async attempt() {
      const outcome = outcomes[Math.min(tries, outcomes.length - 1)] ?? null;
      tries += 1;
      if (outcome) throw outcome;
    },
  });
  return { clock, readiness, tries: () => tries };
}

describe("readiness", () => {
  it("starts although the store is away, says why, and finds it when it comes", async () => {
    const { clock, readiness, tries } = setup([new Error("no route"), new Error("no route"), null]);
    await readiness.start();
    expect(readiness.state()).toEqual({ ready: false, why: "no route" });
    clock.pass(backoff.baseMs);
    await settled();
    expect(readiness.state().ready).toBe(false);
    clock.pass(2 * backoff.baseMs);
    await settled();
    expect(readiness.state()).toEqual({ ready: true });
    expect(tries()).toBe(3);
    expect(clock.pending()).toBe(0);
  });

  it("doesn't start where only a person can help", async () => {
    const { clock, readiness } = setup([new NeedsPerson("wrong password")]);
    await expect(readiness.start()).rejects.toThrow("wrong password");
    expect(clock.pending()).toBe(0);
  });

  it("keeps trying where a person has to help later", async () => {
    const { clock, readiness } = setup([null, new NeedsPerson("wrong password"), null]);
    await readiness.start();
    readiness.away("write failed");
    expect(readiness.state()).toEqual({ ready: false, why: "write failed" });
    clock.pass(backoff.baseMs);
    await settled();
    expect(readiness.state()).toEqual({ ready: false, why: "wrong password" });
    clock.pass(2 * backoff.baseMs);
    await settled();
    expect(readiness.state()).toEqual({ ready: true });
  });

  it("waits at most `maxMs` between tries, however long it lasts", async () => {
    const { clock, readiness, tries } = setup([new Error("no")]);
    await readiness.start();
    for (let i = 1; i <= 50; i++) {
      clock.pass(backoff.maxMs);
      await settled();
      expect(tries()).toBeGreaterThan(i);
    }
  });

  it("tries once for many calls that fail together", async () => {
    const { clock, readiness, tries } = setup([null]);
    await readiness.start();
    for (let i = 0; i < 20; i++) readiness.away("gone");
    expect(clock.pending()).toBe(1);
    clock.pass(backoff.baseMs);
    await settled();
    expect(tries()).toBe(2);
  });

  it("leaves nothing behind when it stops", async () => {
    const { clock, readiness, tries } = setup([new Error("no")]);
    await readiness.start();
    await readiness.stop();
    expect(clock.pending()).toBe(0);
    readiness.away("later");
    readiness.look();
    expect(readiness.state()).toEqual({ ready: false, why: "stopped" });
    expect(tries()).toBe(1);
  });
});
