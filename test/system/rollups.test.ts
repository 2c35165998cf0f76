import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { topicOf } from "#wire";
import { deliveries, handMade } from "./device.ts";
import { type Controller, createCleanup, run, startAgain, startController } from "./harness.ts";

const hourMs = 3_600_000;
/** Hours that are over, with grace. */
const hour = Math.floor(Date.now() / hourMs) * hourMs - 5 * hourMs;

describe("5-minute and hourly values", () => {
  const cleanup = createCleanup();
  let controller: Controller;
  let token = "";
  beforeAll(async () => {
    controller = await startController(cleanup);
    const made = await controller.api<{ secret: string }>("POST", "/tokens", { name: "demo", role: "admin" });
    token = made.body.secret;
  });
  afterAll(() => cleanup.run());

  const rollups = async (...words: string[]) => {
    const asked = run(cleanup, "lamplighter.js", ["rollups", ...words, "--url", controller.url], {});
    await once(asked.child, "close");
    return { code: asked.child.exitCode, output: asked.output() };
  };

  it("follow what comes late, through a kill, and are made anew when somebody wants it", async () => {
    const device = await handMade(controller);
    const client = await device.join();
    const heard = deliveries(client);
    const send = async (points: { at: number; f: Record<string, number> }[]) => {
      const batch = device.batch(points.map((point) => ({ m: "system", ...point })));
      client.publish(topicOf(device.device, "telemetry"), JSON.stringify(batch), { qos: 1 });
      await heard.of(batch.seq);
    };
    const means = async () => {
      const asked = `measurement=system&field=load1&from=${hour}&to=${hour + 3 * hourMs}&every=1h&fn=mean`;
      const path = `/devices/${device.device}/series?${asked}`;
      type Answer = { resolution: string; series: { points: [number, number][] }[] };
      const { body } = await controller.api<Answer>("GET", path);
      return [body.resolution, ...(body.series[0]?.points.map(([, mean]) => mean) ?? [])];
    };
    await send(
      [0, 1, 2].flatMap((h) => [1, 3].map((load1) => ({ at: hour + h * hourMs + load1, f: { load1: load1 + h } }))),
    );
    const before = await means();
    expect(before.slice(1)).toEqual([2, 3, 4]);

    await controller.end("SIGKILL");
    controller = await startAgain(cleanup, controller);
    const done = await rollups("rebuild", "--token", token, "--device", device.device, "--json");
    expect(done.code, done.output).toBe(0);
    expect(await means()).toEqual(["hourly", 2, 3, 4]);

    const again = await device.join();
    const reheard = deliveries(again);
    const late = device.batch([{ m: "system", at: hour + hourMs + 9, f: { load1: 9 } }]);
    again.publish(topicOf(device.device, "telemetry"), JSON.stringify(late), { qos: 1 });
    await reheard.of(late.seq);
    // Marked before it was delivered: the right answer at once, and the same after the hour is made again.
    expect((await means()).slice(1)).toEqual([2, 5, 4]);
    expect((await rollups("backfill", "--token", token)).code).toBe(0);
    expect(await means()).toEqual(["hourly", 2, 5, 4]);
    expect(await rollups("status", "--token", token)).toMatchObject({ code: 0 });
    expect((await rollups("status", "--token", "wrong")).code).toBe(2);
    expect((await rollups("rebuild", "--token", token, "--from", "2020-01-01")).output).toContain("not kept longer");
    again.end(true);
    client.end(true);
  });
});
