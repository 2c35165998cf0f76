import fc from "fast-check";
import { expect, it } from "vitest";
import type { Point } from "#wire";
import { type Batch, createBatcher } from "../../../edge-agent/link/batcher.ts";
import { builtAfter, createBootClock, lanes } from "../../../edge-agent/link/clock.ts";
import { createExit } from "../../../edge-agent/link/exit.ts";
import { withTime } from "../../../edge-agent/link/retime.ts";
import { fakeTime } from "../time.ts";
import { bootOf } from "./spools.ts";

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("measure" as const), rounds: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(20_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("ntp" as const), by: fc.integer({ min: -60_000, max: 60_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("welcome" as const) }) },
);

/** What the link does with a boot's clock, without a connection. */
function newBoot(time: ReturnType<typeof fakeTime>, number: number, firstLane: number) {
  const clock = createBootClock({ time, floor: () => 0, firstLane });
  const batches: Batch[] = [];
  let learnt: number | undefined;
  const batcher = createBatcher({
    boot: bootOf(number),
    clock,
    exit: createExit(() => "demo-key"),
    session: () => 0,
    put: (batch) => batches.push(batch),
    refused: () => {},
  });
  const look = (open: () => boolean): void => {
    const unknown = clock.state() === "unknown";
    if (open() && unknown) learnt = clock.offset();
  };
  return {
    clock,
    measure(): void {
      look(clock.noticeStep);
      batcher.add([{ m: "system", f: { load1: 1 } }]);
    },
    welcome: (now: number) => look(() => clock.learn(now)),
    /** What would be sent now; undefined: not yet, or as unknown. */
    sent: () =>
      batches.map(({ clock: state, text }) =>
        state !== "unknown" ? text : learnt === undefined ? undefined : withTime(text, learnt),
      ),
  };
}

it("no two points of a series have one time, over clock steps and boots, and none changes once it was sent", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.boolean(), fc.array(step, { maxLength: 12 })), { minLength: 1, maxLength: 3 }),
      async (boots) => {
        const time = fakeTime();
        const truth = time.now() - time.monotonic();
        const used = new Set<number>();
        let [made, lane] = [0, 0];
        for (const [number, [atNoTime, steps]] of boots.entries()) {
          time.setWall(atNoTime ? 5_000 : truth + time.monotonic());
          const boot = newBoot(time, number, lane);
          let known: (string | undefined)[] = [];
          for (const one of steps) {
            if (one.do === "wait") await time.advance(one.ms);
            if (one.do === "ntp") time.setWall(truth + time.monotonic() + one.by);
            if (one.do === "welcome") boot.welcome(truth + time.monotonic());
            if (one.do === "measure") for (let i = 0; i < one.rounds; i++) boot.measure();
            const now = boot.sent();
            for (const [i, text] of known.entries()) if (text !== undefined) expect(now[i]).toBe(text);
            known = now;
          }
          for (const text of boot.sent()) {
            if (text === undefined) continue;
            const { points, at, clock } = JSON.parse(text) as { points: Point[]; at: number; clock: string };
            expect(clock).not.toBe("unknown");
            expect(at).toBeGreaterThan(builtAfter);
            for (const point of points) used.add(point.at);
            made += points.length;
          }
          // A boot that never learnt the time says so, and its points are nobody's.
          if (boot.clock.state() === "unknown") expect(boot.sent().every((text) => text === undefined)).toBe(true);
          lane = (boot.clock.lane() + 1) % lanes;
        }
        expect(used.size).toBe(made);
      },
    ),
    { numRuns: 100 },
  );
});
