import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtAfter, createBootClock, lanes } from "../../../edge-agent/link/clock.ts";
import { fakeTime } from "../time.ts";

const newClock = (time: ReturnType<typeof fakeTime>, floor = 0, firstLane = 0) =>
  createBootClock({ time, floor: () => floor, firstLane });

describe("the time of a boot", () => {
  it("is the wall clock's when that can be right", async () => {
    const time = fakeTime();
    const clock = newClock(time);
    await time.advance(1234);
    expect(clock.state()).toBe("synced");
    expect(Math.abs(clock.at() - time.now())).toBeLessThanOrEqual(lanes);
    expect(clock.upMs()).toBe(1234);
  });

  it.each([
    ["before the agent was built", builtAfter - 1, 0],
    ["before what was signed already", builtAfter + 1, builtAfter + 10 * 60_000],
  ])("is unknown while the wall clock is %s", (_, wall, floor) => {
    const clock = newClock(fakeTime(wall), floor);
    expect(clock.state()).toBe("unknown");
    expect(clock.offset()).toBe(0);
  });

  it("is learnt from the controller once, and only when unknown", async () => {
    const time = fakeTime(0);
    const clock = newClock(time);
    await time.advance(10_000);
    const now = Date.UTC(2026, 6, 1);
    expect(clock.learn(now)).toBe(true);
    expect(clock.state()).toBe("corrected");
    expect(Math.abs(clock.at() - now)).toBeLessThanOrEqual(lanes);
    expect(clock.learn(now + 999_999)).toBe(false);
    expect(clock.noticeStep()).toBe(false);
  });

  it("follows the wall clock when that is set, and not when it drifts", async () => {
    const time = fakeTime();
    const clock = newClock(time);
    time.setWall(time.now() + 1_900);
    expect(clock.noticeStep()).toBe(false);
    time.setWall(time.now() + 3_600_000);
    expect(clock.noticeStep()).toBe(true);
    expect(Math.abs(clock.at() - time.now())).toBeLessThanOrEqual(lanes);
    time.setWall(0);
    expect(clock.noticeStep()).toBe(false);
  });

  it("never gives a time twice, however the wall clock jumps back", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -60_000, max: 60_000 }), { maxLength: 15 }), fc.nat(15), (steps, lane) => {
        const time = fakeTime();
        const clock = newClock(time, 0, lane);
        const used = new Set<number>();
        let [up, made] = [0, 0];
        for (const step of [0, ...steps]) {
          time.setWall(time.now() + step);
          clock.noticeStep();
          for (let i = 0; i < 200; i++, up += lanes) {
            used.add(clock.pointAt(up));
            made++;
          }
        }
        expect(used.size).toBe(made);
      }),
      { numRuns: 50 },
    );
  });

  it("stops going back after 15 steps, rather than use a time again", () => {
    const time = fakeTime();
    const clock = newClock(time);
    const back = (): boolean => {
      time.setWall(time.now() - 10_000);
      return clock.noticeStep();
    };
    expect(Array.from({ length: lanes - 1 }, back).every(Boolean)).toBe(true);
    expect(back()).toBe(false);
  });
});
