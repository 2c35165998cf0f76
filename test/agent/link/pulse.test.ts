import { expect, it } from "vitest";
import { createPulse, heartbeatAtLeastMs } from "../../../edge-agent/link/pulse.ts";
import { fakeTime } from "../time.ts";

it("beats when nothing else left for an interval, at least every 5 minutes, and not after its end", async () => {
  const time = fakeTime();
  const start = time.monotonic();
  const beats: number[] = [];
  const pulse = createPulse(
    time,
    () => 10_000,
    () => beats.push(time.monotonic() - start),
  );
  pulse.start();
  await time.advance(35_000);
  expect(beats).toEqual([10_500, 21_000, 31_500]);
  for (let i = 0; i < 60; i++) {
    pulse.left();
    await time.advance(10_000);
  }
  expect(beats.slice(3)).toEqual([31_500 + heartbeatAtLeastMs, 31_500 + 2 * heartbeatAtLeastMs]);
  pulse.stop();
  await time.advance(1_000_000);
  expect(beats).toHaveLength(5);
});
