import { expect, it } from "vitest";
import { configWatchLimits, createConfigWatch } from "../../../../controller/alert/self/configs.ts";
import { handClock } from "../../base/hand-clock.ts";
import { quiet } from "../../records/fresh.ts";

it("looks at who is there and has something wanted, once a minute", () => {
  const clock = handClock();
  const statuses: Record<string, string> = { a: "applied", b: "rejected", c: "none", d: "waiting" };
  const found: unknown[][] = [];
  const watch = createConfigWatch({
    ...{ clock, log: quiet },
    devices: () => Object.keys(statuses).map((id) => ({ id })),
    isOnline: (id) => id !== "d",
    statusOf: (id) => statuses[id] ?? "none",
    isDrifted: (id) => id === "b",
    sampled: ({ device, m, fields }) => void found.push([`${device} ${m}`, fields["applied"], fields["drifted"]]),
  });
  watch.start();
  clock.pass(configWatchLimits.everyMs);
  expect(found).toEqual([
    ["a config", 1, 0],
    ["b config", 0, 1],
  ]);
  watch.stop();
  clock.pass(configWatchLimits.everyMs);
  expect(found).toHaveLength(2);
});
