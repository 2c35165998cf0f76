import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { call, createCleanup, type DeviceShape, run, temporary } from "./harness.ts";
import { until } from "./until.ts";

const cleanup = createCleanup();
afterAll(() => cleanup.run());

/** Processes of this machine that work on that folder. */
function processesOn(folder: string): number[] {
  const of = (pid: string, file: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "utf8");
    } catch {
      return ""; // ended meanwhile
    }
  };
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.filter((pid) => `${of(pid, "cmdline")}${of(pid, "environ")}`.includes(folder)).map(Number);
}

it("the demo: a link that signs in once, an agent that measures, and nothing left behind", async () => {
  const dataDir = temporary(cleanup, "demo");
  const demo = run(cleanup, "lamplighter.js", ["demo", "--port", "0", "--data-dir", dataDir], {});
  const [, url = "", link = ""] = await until(
    () => /Open +(\S+)\/sign-in#(\S+)/.exec(demo.output()) ?? [],
    (match) => match.length > 0,
  );
  const page = await call<string>(url, "GET", "/sign-in", undefined);
  expect([page.status, page.body.includes("<html")]).toEqual([200, true]);
  const first = await call(url, "POST", "/api/v1/session", { link });
  expect(first.status).toBe(201);
  expect((await call(url, "POST", "/api/v1/session", { link })).status).toBe(401);
  const cookie = String(first.headers["set-cookie"]).split(";")[0] ?? "";
  const devices = await until(
    async () => (await call<{ items: DeviceShape[] }>(url, "GET", "/api/v1/devices", undefined, { cookie })).body.items,
    (items) => items.length === 1 && items[0]?.state === "online",
  );
  const device = devices[0]?.id ?? "";
  expect(devices[0]?.site).not.toBeNull();
  await until(
    async () =>
      (await call<{ items: unknown[] }>(url, "GET", `/api/v1/devices/${device}/latest`, undefined, { cookie })).body
        .items,
    (items) => items.length > 2,
  );
  expect(processesOn(dataDir).length).toBe(2);
  expect(await demo.end("SIGTERM")).toBe(0);
  expect(processesOn(dataDir)).toEqual([]);
  expect(readFileSync(join(dataDir, "agent.log"), "utf8")).toContain("stopped");

  // Again on the same folder: the same device goes on, with a new link.
  const second = run(cleanup, "lamplighter.js", ["demo", "--port", "0", "--data-dir", dataDir], {});
  const [, again = "", fresh = ""] = await until(
    () => /Open +(\S+)\/sign-in#(\S+)/.exec(second.output()) ?? [],
    (match) => match.length > 0,
  );
  const session = await call(again, "POST", "/api/v1/session", { link: fresh });
  const known = { cookie: String(session.headers["set-cookie"]).split(";")[0] ?? "" };
  const list = await until(
    async () => (await call<{ items: DeviceShape[] }>(again, "GET", "/api/v1/devices", undefined, known)).body.items,
    (items) => items[0]?.state === "online" && items[0].boot !== devices[0]?.boot,
  );
  expect(list.map((one) => one.id)).toEqual([device]);

  // Killed, its agent lives on; the next one takes the folder over all the same.
  await second.end("SIGKILL");
  expect(processesOn(dataDir).length).toBe(1);
  const third = run(cleanup, "lamplighter.js", ["demo", "--port", "0", "--data-dir", dataDir], {});
  await until(() => third.output().includes("Ctrl-C"));
  await until(() => processesOn(dataDir).length === 2);
  expect(third.output()).not.toContain("the agent ended");
  expect(await third.end("SIGINT")).toBe(0);
  expect(processesOn(dataDir)).toEqual([]);
});
