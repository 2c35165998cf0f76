import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Api, call, createCleanup, type DeviceShape, type Program, run, temporary } from "./harness.ts";
import { until } from "./until.ts";

const cleanup = createCleanup();
afterAll(() => cleanup.run());

interface Running extends Program {
  url: string;
  link: string;
  api: Api;
  dataDir: string;
}

/** A demo with somebody signed in by its link. */
async function startDemo(dataDir: string): Promise<Running> {
  const program = run(cleanup, "lamplighter.js", ["demo", "--port", "0", "--data-dir", dataDir], {});
  const [, url = "", link = ""] = await until(
    () => /Open +(\S+)\/sign-in#(\S+)/.exec(program.output()) ?? [],
    (match) => match.length > 0,
  );
  const signed = await call(url, "POST", "/api/v1/session", { link });
  if (signed.status !== 201) throw new Error(`sign-in answered ${signed.status}`);
  const cookie = String(signed.headers["set-cookie"]).split(";")[0] ?? "";
  const headers = { cookie, origin: new URL(url).origin };
  const api: Api = (method, path, body) => call(url, method, `/api/v1${path}`, body, headers);
  return { ...program, url, link, api, dataDir };
}

/** `lamplighter demo --break …` from the same folder. */
async function breaking(dataDir: string, ...words: string[]): Promise<{ code: number | null; output: string }> {
  const program = run(cleanup, "lamplighter.js", ["demo", "--data-dir", dataDir, "--break", ...words], {});
  await until(() => program.child.exitCode !== null);
  return { code: program.child.exitCode, output: program.output() };
}

const devicesOf = async ({ api }: Running) =>
  (await api<{ items: (DeviceShape & { name: string })[] }>("GET", "/devices?limit=1000")).body.items;
const siteId = async ({ api }: Running, name: string): Promise<string> =>
  (await api<{ items: { id: string; name: string }[] }>("GET", "/sites?limit=1000")).body.items.find(
    (site) => site.name === name,
  )?.id ?? "";
const allOnline = (demo: Running, withinMs = 90_000) =>
  until(
    () => devicesOf(demo),
    (all) => all.length === 40 && all.every(({ state }) => state === "online"),
    withinMs,
  );

interface Sums {
  made: number;
  missing: number;
  onDevice: number;
  quarantined: number;
  dropped: number;
}

/** Over all devices. */
async function deliveries(demo: Running, of: readonly DeviceShape[]): Promise<Sums> {
  const sums: Sums = { made: 0, missing: 0, onDevice: 0, quarantined: 0, dropped: 0 };
  for (const { id } of of) {
    const { body } = await demo.api<Sums>("GET", `/devices/${id}/delivery`);
    for (const key of Object.keys(sums) as (keyof Sums)[]) sums[key] += body[key];
  }
  return sums;
}
const nothingMissing = (demo: Running, of: readonly DeviceShape[], atLeast: number) =>
  until(
    () => deliveries(demo, of),
    ({ made, missing, onDevice }) => made >= atLeast && missing === 0 && onDevice < 50 * of.length,
    60_000,
  );

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

const answers = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = createConnection(port, "127.0.0.1");
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
    socket.once("close", () => socket.destroy());
    socket.unref();
  });

describe("the demo", () => {
  it("runs a street that can be broken, and comes back from everything with nothing missing", async () => {
    const dataDir = temporary(cleanup, "street");
    const first = await startDemo(dataDir);
    expect((await call(first.url, "POST", "/api/v1/session", { link: first.link })).status).toBe(401);
    const said = await call(first.url, "GET", "/healthz", undefined);
    expect(said.body).toMatchObject({ simulated: true });
    expect(first.output()).toContain("simulated street, real agent code. Nothing leaves this computer");
    const all = await allOnline(first);
    // Six hours at a minute, of all but those that were dark.
    const points = (await nothingMissing(first, all, 60_000)).made;

    const lakeside = await siteId(first, "Lakeside bus station");
    expect(await breaking(dataDir, "cut-uplink", "--site", "Lakeside bus station")).toMatchObject({ code: 0 });
    const cut = await until(
      () => devicesOf(first),
      (now) => now.every(({ site, state }) => (site === lakeside) === (state === "offline")),
      60_000,
    );
    const there = cut.filter(({ site }) => site === lakeside);
    expect(there).toHaveLength(5);
    const before = await deliveries(first, there);
    const { body } = await first.api<{ did: string }>("POST", "/demo/break", { what: "put-right" });
    expect(body.did).toBe("Everything is put right.");
    const back = await allOnline(first);
    // What was measured without a line came as well.
    await nothingMissing(first, there, before.made + 5 * 3);

    await first.end("SIGKILL");
    expect(processesOn(dataDir)).toEqual([]);
    const second = await startDemo(dataDir);
    expect((await allOnline(second)).map(({ id }) => id).sort()).toEqual(back.map(({ id }) => id).sort());
    const sums = await nothingMissing(second, back, points);
    expect([sums.quarantined, sums.dropped]).toEqual([0, 0]);

    const ports = [Number(new URL(second.url).port)];
    expect(processesOn(dataDir)).toHaveLength(1);
    expect(await second.end("SIGINT")).toBe(0);
    expect(processesOn(dataDir)).toEqual([]);
    for (const port of ports) expect(await answers(port)).toBe(false);
    for (const file of ["controller/run.json", "demo-token", "devices/ap-01/agent.lock"])
      expect([file, existsSync(join(dataDir, file))]).toEqual([file, false]);
  }, 300_000);
});
