import { afterAll, expect, it } from "vitest";
import { createCleanup, enrolmentToken, onlyDevice, startAgent, startController } from "./harness.ts";
import { follow } from "./stream.ts";
import { until } from "./until.ts";
import { deliveryOf, eventsOf, flashPoints } from "./witness.ts";

const cleanup = createCleanup();
afterAll(() => cleanup.run());

it("presence: cut off, suspect, offline, back, stopped; and the stream tells each step", async () => {
  const controller = await startController(cleanup, {
    LAMPLIGHTER_PRESENCE_RECONNECT_GRACE_MS: "500",
    LAMPLIGHTER_PRESENCE_SUSPECT_MS: "2000",
  });
  const told = await follow(cleanup, controller);
  const states = () =>
    told.filter((event) => event.kind === "presence").map((event) => String((event.data as { state: string }).state));
  const first = startAgent(cleanup, { url: controller.url, token: await enrolmentToken(controller) });
  const device = await onlyDevice(controller);
  expect(states()).toEqual(["online"]);
  const watched = await follow(cleanup, controller, { latest: device.id });
  await until(() => watched.some((event) => event.kind === "latest" && event.data["device"] === device.id));
  await until(() => told.some((event) => event.kind === "heard" && device.id in (event.data["devices"] as object)));

  await first.end("SIGKILL");
  const suspect = await onlyDevice(controller, "suspect");
  expect(suspect.lastSeenAt).toBeGreaterThan(Date.now() - 10_000);
  await onlyDevice(controller, "offline");
  expect(states()).toEqual(["online", "suspect", "offline"]);

  const second = startAgent(cleanup, { url: controller.url, dataDir: first.dataDir });
  const back = await onlyDevice(controller, "online");
  expect(back.id).toBe(device.id);
  expect(back.boot).not.toBe(device.boot);

  // A clean stop is no failure: offline at once, without `suspect`, and what was not delivered is on flash.
  await until(
    () => deliveryOf(controller, device.id),
    (d) => d.boots.some((boot) => boot.boot === back.boot && boot.stored > 0),
  );
  expect(await second.end("SIGTERM")).toBe(0);
  await onlyDevice(controller, "offline");
  await until(() => states().length === 5);
  expect(states()).toEqual(["online", "suspect", "offline", "online", "offline"]);
  expect(second.output()).toContain("stopped");
  const left = await deliveryOf(controller, device.id);
  expect(flashPoints(first.dataDir)).toBeGreaterThanOrEqual(left.made - left.stored);
  startAgent(cleanup, { url: controller.url, dataDir: first.dataDir });
  const third = await onlyDevice(controller);
  await until(
    () => deliveryOf(controller, device.id),
    (d) => d.boots.some((boot) => boot.boot === third.boot && boot.stored > 0),
  );
  const events = await eventsOf(controller, device.id);
  expect(events).toMatchObject([{ kind: "tail-lost", detail: { boot: device.boot } }]);
  expect(
    told.every((event) =>
      ["hello", "presence", "heard", "device", "enrolment", "config", "incident"].includes(event.kind),
    ),
  ).toBe(true);
});
