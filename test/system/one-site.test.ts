import { afterAll, describe, expect, it } from "vitest";
import { crowd } from "../../controller/street/index.ts";
import { type Controller, createCleanup, enrolmentToken, startController, temporary } from "./harness.ts";
import { type Hook, hookReceiver } from "./receivers.ts";
import { type Roadside, startRoadside } from "./roadside.ts";
import { until } from "./until.ts";

const cleanup = createCleanup();
afterAll(() => cleanup.run());

const many = 50;
const holdMs = 2_500;
const quick = {
  LAMPLIGHTER_LOG_LEVEL: "error",
  LAMPLIGHTER_PRESENCE_RECONNECT_GRACE_MS: "300",
  LAMPLIGHTER_PRESENCE_SUSPECT_MS: "300",
  LAMPLIGHTER_PRESENCE_STARTUP_GRACE_MS: "1000",
  LAMPLIGHTER_ALERT_HOLD_MS: String(holdMs),
  LAMPLIGHTER_ALERT_GROUP_WAIT_MS: "1500",
  LAMPLIGHTER_ALERT_GROUP_INTERVAL_MS: "60000",
  LAMPLIGHTER_OUTBOUND_ALLOW: "127.0.0.0/8",
};
const pass = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function states(controller: Controller): Promise<string[]> {
  const list = await controller.api<{ items: { state: string }[] }>("GET", "/devices?limit=1000");
  return list.body.items.map(({ state }) => state);
}
const all = (controller: Controller, state: string) =>
  until(
    () => states(controller),
    (list) => list.length === many && list.every((one) => one === state),
    60_000,
  );

/** All to a site that nothing has happened at. */
async function moveAll(controller: Controller): Promise<void> {
  const wish = { name: "Grays market square", location: { lat: 51.47, lon: 0.32 } };
  const site = await controller.api<{ id: string }>("POST", "/sites", wish);
  const list = await controller.api<{ items: { id: string }[] }>("GET", "/devices?limit=1000");
  for (const { id } of list.body.items) await controller.api("PATCH", `/devices/${id}`, { site: site.body.id });
}

/** One after the other, so far apart. */
async function each(devices: readonly Roadside[], gapMs: number): Promise<void> {
  for (const device of devices) {
    device.cut();
    await pass(gapMs);
  }
}

const orders: [string, (devices: readonly Roadside[]) => Promise<void>][] = [
  ["all at once", (devices) => each(devices, 0)],
  ["one after the other", (devices) => each(devices, 20)],
  ["the last first", (devices) => each([...devices].reverse(), 20)],
  [
    "one, and the others at the end of its hold",
    async (devices) => {
      await each(devices.slice(0, 1), holdMs - 500);
      await each(devices.slice(1), 0);
    },
  ],
  [
    "in two halves",
    async (devices) => {
      await each(devices.slice(0, many / 2), 0);
      await pass(2_000);
      await each(devices.slice(many / 2), 0);
    },
  ],
  [
    "every second one first",
    async (devices) => {
      await each(
        devices.filter((_, i) => i % 2 === 1),
        15,
      );
      await each(
        devices.filter((_, i) => i % 2 === 0),
        15,
      );
    },
  ],
];

describe("fifty devices behind one line", () => {
  let controller: Controller;
  let devices: Roadside[];
  let hooks: Hook[];

  it("come up", async () => {
    const receiver = await hookReceiver(cleanup);
    hooks = receiver.got;
    controller = await startController(cleanup, quick);
    const channel = { kind: "webhook", name: "Duty", settings: { url: `http://127.0.0.1:${receiver.port}/duty` } };
    expect((await controller.api("POST", "/channels", channel)).status).toBe(201);
    const token = await enrolmentToken(controller, { uses: many });
    const folder = temporary(cleanup, "one-site");
    devices = await Promise.all(
      crowd("access-point", many, "row").map((device) =>
        startRoadside(cleanup, { url: controller.url, token, device, folder, intervalMs: 5_000 }),
      ),
    );
    await all(controller, "online");
  }, 120_000);

  it.each(orders)(
    "cut %s: told once that it began, and once that it is over",
    async (_name, cut) => {
      // A site that was lost a moment ago would come and go, which is told otherwise.
      await moveAll(controller);
      hooks.length = 0;
      await cut(devices);
      await all(controller, "offline");
      await until(() => hooks.length > 0, Boolean, 30_000);
      for (const device of devices) device.mend();
      await all(controller, "online");
      await until(() => hooks.some(({ body }) => body.kind === "resolved"), Boolean, 30_000);
      // Long enough for whatever else would come.
      await pass(500);
      const { body } = await controller.api<{ items: unknown[] }>("GET", "/incidents?state=open");
      expect(body.items).toEqual([]);
      const kinds = hooks.map((hook) => `${hook.body.kind} ${hook.body.incident["rule"]}`);
      // Who follows after that was told makes it twice as large, which is said at once.
      expect(kinds.filter((kind) => kind !== "updated site_unreachable")).toEqual([
        "opened site_unreachable",
        "resolved site_unreachable",
      ]);
      expect(kinds.length).toBeLessThanOrEqual(3);
      expect(hooks.at(-1)?.body.incident["members"]).toHaveLength(many);
    },
    120_000,
  );
});
