import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { topicOf } from "#wire";
import { deliveries, handMade } from "./device.ts";
import { type Controller, createCleanup, run, startController, temporary } from "./harness.ts";

const minuteMs = 60_000;
const title = "The processor is busy all the time";
const rule = (id: string) =>
  [`id: ${id}`, `title: ${title}`, "value: { field: system.cpu_percent }", "raise: { above: 90 }", "for: 10m"].join(
    "\n",
  );

describe("lamplighter alerts backtest", () => {
  const cleanup = createCleanup();
  let controller: Controller;
  let token = "";
  let folder = "";
  beforeAll(async () => {
    controller = await startController(cleanup);
    const made = await controller.api<{ secret: string }>("POST", "/tokens", { name: "demo", role: "operator" });
    token = made.body.secret;
    folder = temporary(cleanup, "backtest");
  });
  afterAll(() => cleanup.run());

  const backtest = async (text: string, ...words: string[]) => {
    const file = join(folder, "rule.yaml");
    writeFileSync(file, text);
    const asked = run(cleanup, "lamplighter.js", ["alerts", "backtest", file, "--url", controller.url, ...words], {});
    await once(asked.child, "close");
    return { code: asked.child.exitCode, output: asked.output() };
  };

  it("says what a rule of a file would have done with what is stored", async () => {
    const device = await handMade(controller);
    const client = await device.join();
    const heard = deliveries(client);
    const from = Date.now() - 5 * 3_600_000;
    // Three hours, of which half an hour was bad.
    const points = Array.from({ length: 180 }, (_, i) => ({
      m: "system",
      at: from + i * minuteMs,
      f: { cpu_percent: i >= 60 && i < 90 ? 97 : 12 },
    }));
    const batch = device.batch(points);
    client.publish(topicOf(device.device, "telemetry"), JSON.stringify(batch), { qos: 1 });
    await heard.of(batch.seq);
    client.end(true);

    const tried = await backtest(`${rule("busy")}\nseverity: warning\n`, "--token", token, "--days", "1");
    expect(tried.code, tried.output).toBe(0);
    expect(tried.output).toMatch(/would have|fired/);
    expect(tried.output).toContain("Other settings:");
    expect(tried.output).toContain("97 %");
    const json = await backtest(`${rule("busy")}\nseverity: warning\n`, "--token", token, "--days", "1", "--json");
    const result = JSON.parse(json.output.split("\n").find((line) => line.startsWith("{")) ?? "{}");
    expect(result).toMatchObject({ counts: { fired: 1 }, list: [{ device: device.device }] });
  });

  it("ends with a word of what is wrong: a token, a rule, two rules, a time", async () => {
    const good = `${rule("busy")}\nseverity: warning\n`;
    expect((await backtest(good, "--token", "wrong")).code).toBe(2);
    const bad = await backtest(rule("busy"), "--token", token);
    expect([bad.code, bad.output.includes("severity")]).toEqual([2, true]);
    const one = `- ${good.trim().replaceAll("\n", "\n  ")}`;
    const two = await backtest(`${one}\n${one}\n`, "--token", token);
    expect([two.code, two.output]).toEqual([1, expect.stringContaining("one rule expected, 2 found")]);
    const days = await backtest(good, "--token", token, "--days", "400");
    expect([days.code, days.output]).toEqual([1, expect.stringContaining("--days: 1 to 90 expected")]);
  });
});
