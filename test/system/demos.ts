import { readdirSync, readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { type Api, type Cleanup, call, type DeviceShape, type Program, run } from "./harness.ts";
import { until } from "./until.ts";

export interface Demo extends Program {
  url: string;
  /** Of the sign-in that was printed; used up. */
  link: string;
  api: Api;
  dataDir: string;
}

/** A demo with somebody signed in by the link that it printed. */
export async function startDemo(cleanup: Cleanup, dataDir: string): Promise<Demo> {
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

export const devicesOf = async ({ api }: Demo) =>
  (await api<{ items: (DeviceShape & { name: string })[] }>("GET", "/devices?limit=1000")).body.items;

export const allOnline = (demo: Demo, withinMs = 90_000) =>
  until(
    () => devicesOf(demo),
    (all) => all.length === 40 && all.every(({ state }) => state === "online"),
    withinMs,
  );

export interface Sums {
  made: number;
  missing: number;
  onDevice: number;
  quarantined: number;
  dropped: number;
}

/** Over all devices. */
export async function deliveries(demo: Demo, of: readonly DeviceShape[]): Promise<Sums> {
  const sums: Sums = { made: 0, missing: 0, onDevice: 0, quarantined: 0, dropped: 0 };
  for (const { id } of of) {
    const { body } = await demo.api<Sums>("GET", `/devices/${id}/delivery`);
    for (const key of Object.keys(sums) as (keyof Sums)[]) sums[key] += body[key];
  }
  return sums;
}

export const nothingMissing = (demo: Demo, of: readonly DeviceShape[], atLeast: number) =>
  until(
    () => deliveries(demo, of),
    ({ made, missing, onDevice }) => made >= atLeast && missing === 0 && onDevice < 50 * of.length,
    60_000,
  );

/** Processes of this machine that work on that folder. */
export function processesOn(folder: string): number[] {
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

export const answers = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = createConnection(port, "127.0.0.1");
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
    socket.once("close", () => socket.destroy());
    socket.unref();
  });
