import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startProxy } from "./faults/proxy.ts";
import {
  type Controller,
  createCleanup,
  enrolmentToken,
  onlyDevice,
  startAgain,
  startAgent,
  startController,
} from "./harness.ts";
import { type Hook, hookReceiver, mailReceiver } from "./receivers.ts";
import { until } from "./until.ts";

const cleanup = createCleanup();
afterEach(() => cleanup.run());

const quick = {
  LAMPLIGHTER_PRESENCE_RECONNECT_GRACE_MS: "500",
  LAMPLIGHTER_PRESENCE_SUSPECT_MS: "500",
  LAMPLIGHTER_PRESENCE_STARTUP_GRACE_MS: "1000",
  LAMPLIGHTER_ALERT_HOLD_MS: "500",
  LAMPLIGHTER_ALERT_GROUP_WAIT_MS: "500",
  LAMPLIGHTER_OUTBOUND_ALLOW: "127.0.0.0/8",
};
const secret = "a secret of sixteen letters";

interface IncidentShape {
  id: string;
  state: string;
  sentence: string;
  cause: string | null;
  told: { channel: string; kind: string; outcome: string }[];
}

const incidentsOf = async (controller: Controller): Promise<IncidentShape[]> =>
  (await controller.api<{ items: IncidentShape[] }>("GET", "/incidents")).body.items;
const kindsOf = (hooks: readonly Hook[]) => hooks.map((hook) => hook.body.kind);

async function joinChannels(controller: Controller, hook: { port: number }, mail: { port: number }): Promise<string[]> {
  const made = [
    { kind: "webhook", name: "Duty webhook", settings: { url: `http://127.0.0.1:${hook.port}/duty`, secret } },
    {
      kind: "email",
      name: "Duty mail",
      // At any hour of the day on which this runs.
      delivery: { when: { critical: "now", major: "now", warning: "now", info: "now" } },
      settings: { host: "127.0.0.1", port: mail.port, from: "lamplighter@demo.invalid", to: ["duty@demo.invalid"] },
    },
  ];
  const ids: string[] = [];
  for (const channel of made) {
    const answer = await controller.api<{ id: string }>("POST", "/channels", channel);
    expect(answer.status).toBe(201);
    ids.push(answer.body.id);
  }
  return ids;
}

describe("alerts", () => {
  it("a dead device: one message each; back: one resolved; kill -9 of the controller in between tells nothing twice", async () => {
    const hook = await hookReceiver(cleanup);
    const mail = await mailReceiver(cleanup);
    let controller = await startController(cleanup, quick);
    const [webhook] = await joinChannels(controller, hook, mail);
    const test = await controller.api("POST", `/channels/${webhook}/test`);
    expect(test.body).toMatchObject({ ok: true, answer: "200 OK: thank you" });
    expect(kindsOf(hook.got.splice(0))).toEqual(["test"]);

    const agent = startAgent(cleanup, { url: controller.url, token: await enrolmentToken(controller) });
    const device = await onlyDevice(controller);
    await agent.end("SIGKILL");
    await until(() => hook.got.length === 1 && mail.got.length === 1, Boolean, 30_000);
    expect(kindsOf(hook.got)).toEqual(["opened"]);
    const [opened] = hook.got;
    expect(opened?.body.incident.sentence).toMatch(/ is offline since \d\d:\d\d\./);
    const [at = "", mark = ""] = (opened?.headers["lamplighter-signature"] ?? "").split(",v1=");
    expect(mark).toBe(
      createHmac("sha256", secret)
        .update(`${at.slice(2)}.${opened?.text}`)
        .digest("hex"),
    );
    expect(mail.got[0]).toContain(
      `Message-ID: <${String(opened?.headers["idempotency-key"]).replaceAll(":", ".")}@demo.invalid>`,
    );
    await until(
      async () => (await incidentsOf(controller))[0]?.told.map((one) => one.outcome),
      (outcomes) => JSON.stringify(outcomes) === '["sent","sent"]',
    );

    await controller.end("SIGKILL");
    controller = await startAgain(cleanup, controller, quick);
    expect(await incidentsOf(controller)).toMatchObject([{ state: "open" }]);
    startAgent(cleanup, { url: controller.url, dataDir: agent.dataDir });
    await until(() => hook.got.length === 2 && mail.got.length === 2, Boolean, 30_000);
    expect(kindsOf(hook.got)).toEqual(["opened", "resolved"]);
    expect(hook.got[1]?.body.incident).toMatchObject({ state: "resolved", cause: "restart" });
    expect(hook.got[1]?.body.incident.sentence).toMatch(/is back since .*; it restarted \(power or reboot\)\./);
    expect(mail.got[1]).toMatch(/^References: <incident_[^>]+@demo\.invalid>/m);
    const all = await incidentsOf(controller);
    expect(all).toMatchObject([
      { state: "resolved", told: [{ kind: "opened" }, { kind: "opened" }, { kind: "resolved" }, { kind: "resolved" }] },
    ]);
    expect(
      (await controller.api<{ items: unknown[] }>("GET", `/incidents?device=${device.id}`)).body.items,
    ).toHaveLength(1);
  }, 120_000);

  it("a line that is half open, and a controller that is killed while it tells: told once each, under the same key", async () => {
    const hook = await hookReceiver(cleanup);
    const mail = await mailReceiver(cleanup);
    let port = 0;
    const line = await startProxy(() => port);
    cleanup.add(() => line.stop());
    const env = { ...quick, LAMPLIGHTER_PUBLIC_URL: `http://127.0.0.1:${line.port}` };
    let controller = await startController(cleanup, env);
    port = controller.ports.http;
    await joinChannels(controller, hook, mail);
    startAgent(cleanup, { url: `http://127.0.0.1:${line.port}`, token: await enrolmentToken(controller) });
    await onlyDevice(controller);
    hook.hold = true;
    line.set("half-open");
    await until(() => hook.held > 0 && mail.got.length === 1, Boolean, 60_000);
    await controller.end("SIGKILL");
    hook.hold = false;
    controller = await startAgain(cleanup, controller, env);
    await until(() => hook.got.length === 1, Boolean, 60_000);
    expect(kindsOf(hook.got)).toEqual(["opened"]);
    expect(hook.got[0]?.headers["idempotency-key"]).toBe(`${hook.got[0]?.body.incident["id"]}:opened:1`);
    line.set("open");
    await until(() => hook.got.length === 2 && mail.got.length === 2, Boolean, 90_000);
    expect(kindsOf(hook.got)).toEqual(["opened", "resolved"]);
    expect(hook.got[1]?.body.incident).toMatchObject({ cause: "line" });
  }, 240_000);

  it("an agent that died on a device that answers is told as what it is", async () => {
    const hook = await hookReceiver(cleanup);
    const mail = await mailReceiver(cleanup);
    const controller = await startController(cleanup, { ...quick, LAMPLIGHTER_ALERT_AGENT_DOWN_FOR_MS: "1000" });
    await joinChannels(controller, hook, mail);
    const agent = startAgent(cleanup, { url: controller.url, token: await enrolmentToken(controller) });
    const device = await onlyDevice(controller);
    // The host of the agent: something on it answers, as it does on a device whose agent has died.
    const change = { address: `127.0.0.1:${controller.ports.mqtt}` };
    expect((await controller.api("PATCH", `/devices/${device.id}`, change)).body).toMatchObject(change);
    await agent.end("SIGKILL");
    await until(() => hook.got.length === 1, Boolean, 30_000);
    expect(hook.got[0]?.body.incident).toMatchObject({ rule: "agent_down", severity: "warning" });
    expect(hook.got[0]?.body.incident.sentence).toMatch(/ answers, but its agent is silent since /);
    startAgent(cleanup, { url: controller.url, dataDir: agent.dataDir });
    await until(() => hook.got.length === 2, Boolean, 30_000);
    expect(hook.got[1]?.body.incident.sentence).toMatch(/^The agent of .* speaks again since .*; it restarted\.$/);
  }, 120_000);

  it("outside its site's hours a silent device sleeps, and nobody is told", async () => {
    const hook = await hookReceiver(cleanup);
    const mail = await mailReceiver(cleanup);
    const controller = await startController(cleanup, quick);
    await joinChannels(controller, hook, mail);
    const site = await controller.api<{ id: string }>("POST", "/sites", {
      name: "Grays market square",
      location: { lat: 51.47, lon: 0.32 },
      serviceHours: {},
    });
    const token = await enrolmentToken(controller, { site: site.body.id });
    const agent = startAgent(cleanup, { url: controller.url, token });
    await onlyDevice(controller);
    await agent.end("SIGKILL");
    await onlyDevice(controller, "sleeping");
    expect(await incidentsOf(controller)).toEqual([]);
    expect(hook.got).toEqual([]);
    startAgent(cleanup, { url: controller.url, dataDir: agent.dataDir });
    await onlyDevice(controller, "online");
    expect(await incidentsOf(controller)).toEqual([]);
  }, 120_000);

  it("a rule that a person makes finds what an agent measures, and a watchdog outside hears that we live", async () => {
    const hook = await hookReceiver(cleanup);
    const mail = await mailReceiver(cleanup);
    const signs: string[] = [];
    const watchdog = createServer((request, response) => {
      signs.push(`${request.method} ${request.url}`);
      response.end();
    });
    watchdog.listen(0, "127.0.0.1");
    await once(watchdog, "listening");
    cleanup.add(() => watchdog.close());
    const { port } = watchdog.address() as AddressInfo;
    const controller = await startController(cleanup, {
      ...quick,
      LAMPLIGHTER_ALERT_WATCHDOG_URL: `http://127.0.0.1:${port}/alive`,
    });
    await until(() => signs.includes("POST /alive"));
    await joinChannels(controller, hook, mail);
    const rule = {
      id: "memory_used",
      title: "Memory is used",
      value: { field: "system.memory_used_bytes" },
      raise: { above: 1 },
      samples: 2,
      severity: "major",
    };
    expect((await controller.api("PUT", "/alert-rules/memory_used", rule)).status).toBe(200);
    startAgent(cleanup, { url: controller.url, token: await enrolmentToken(controller) });
    const { id } = await onlyDevice(controller);
    await until(() => hook.got.length === 1 && mail.got.length === 1, Boolean, 30_000);
    expect(hook.got[0]?.body.incident).toMatchObject({ rule: "memory_used", severity: "major", state: "open" });
    expect(hook.got[0]?.body.incident.sentence).toMatch(/^Memory is used: .+, \d+ B \(limit 1 B\), since \d\d:\d\d\.$/);
    expect((await controller.api("DELETE", "/alert-rules/memory_used")).status).toBe(204);
    await until(() => hook.got.length === 2);
    expect(kindsOf(hook.got)).toEqual(["opened", "closed"]);
    expect(await incidentsOf(controller)).toMatchObject([{ state: "closed", members: [{ device: id }] }]);
  }, 120_000);
});
