import { describe, expect, it } from "vitest";
import { type Collector, createRounds, type Sample } from "../../../edge-agent/collectors/index.ts";
import { newLog } from "../setup.ts";
import { fakeTime } from "../time.ts";

const sample: Sample = { m: "system", f: { load1: 1 } };
const good: Collector = { name: "good", collect: async () => [sample] };

describe("a round", () => {
  it("has what the others measured when one fails, even before it starts", async () => {
    const log = newLog();
    const bad: Collector = { name: "bad", collect: () => Promise.reject(new Error("no such thing")) };
    const worse: Collector = {
      name: "worse",
      collect: () => {
        throw new Error("not even a promise");
      },
    };
    const rounds = createRounds({ collectors: [bad, good, worse], time: fakeTime(), log, timeoutMs: 1_000 });
    expect(await rounds.collect()).toEqual([sample]);
    expect(await rounds.collect()).toEqual([sample]);
    // Said once, not every ten seconds.
    expect([...log.lines].sort()).toEqual([
      "warn collector bad: no such thing",
      "warn collector worse: not even a promise",
    ]);
  });

  it("goes on without one that hangs, leaves it alone until it is back, and counts that", async () => {
    const time = fakeTime();
    const log = newLog();
    let free = (_: Sample[]): void => {};
    let asked = 0;
    const slow: Collector = {
      name: "slow",
      collect: () => {
        asked++;
        return new Promise((done) => {
          free = done;
        });
      },
    };
    const rounds = createRounds({ collectors: [slow, good], time, log, timeoutMs: 1_000 });
    const first = rounds.collect();
    await time.advance(1_000);
    expect(await first).toEqual([sample]);
    expect(await rounds.collect()).toEqual([sample]);
    expect(await rounds.collect()).toEqual([sample]);
    expect(asked).toBe(1);
    free([]);
    await time.advance(0);
    const third = rounds.collect();
    await time.advance(0);
    free([sample]);
    expect(await third).toEqual([sample, sample]);
    expect(log.lines).toEqual([
      "warn collector slow: no answer in 1000 ms",
      "warn collector slow: still busy with an earlier round, left out",
      "info collector slow: back after 2 rounds without it",
    ]);
  });
});
