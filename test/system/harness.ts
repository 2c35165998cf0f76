import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./until.ts";

export const dist = fileURLToPath(new URL("../../dist", import.meta.url));
export const password = "correct horse battery staple";

/** What a test starts, ended in reverse. */
export function createCleanup() {
  const ends: (() => unknown)[] = [];
  return {
    add: (end: () => unknown): void => void ends.push(end),
    async run(): Promise<void> {
      for (const end of ends.splice(0).reverse()) await end();
    },
  };
}
export type Cleanup = ReturnType<typeof createCleanup>;

export function temporary(cleanup: Cleanup, name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `lamplighter-${name}-`));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Program {
  child: ChildProcess;
  output: () => string;
  /** Ends it and waits; nothing when it has ended. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** A child process of this test, ended with it. */
export function run(cleanup: Cleanup, file: string, args: string[], env: Record<string, string>): Program {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [join(dist, file), ...args], {
    env: { PATH, HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kept: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data: Buffer) => kept.push(data.toString()));
  const program: Program = {
    child,
    output: () => kept.join(""),
    async end(signal = "SIGTERM") {
      if (child.exitCode === null && child.signalCode === null) {
        const exit = once(child, "exit", { signal: AbortSignal.timeout(20_000) });
        child.kill(signal);
        await exit.catch(() => {
          throw new Error(`still there 20 s after ${signal}: ${program.output()}`);
        });
      }
      return child.exitCode;
    },
  };
  cleanup.add(() => program.end("SIGKILL"));
  return program;
}

export interface Controller extends Program {
  url: string;
  ports: { http: number; mqtt: number };
  dataDir: string;
  api: Api;
  cookie: string;
}

/** A real controller on free ports, ready, with somebody signed in. */
export async function startController(
  cleanup: Cleanup,
  env: Record<string, string> = {},
  dataDir = temporary(cleanup, "controller"),
): Promise<Controller> {
  rmSync(join(dataDir, "run.json"), { force: true });
  const program = run(cleanup, "lamplighter.js", ["controller"], {
    LAMPLIGHTER_HTTP_PORT: "0",
    LAMPLIGHTER_MQTT_PORT: "0",
    LAMPLIGHTER_DATA_DIR: dataDir,
    LAMPLIGHTER_ADMIN_PASSWORD: password,
    LAMPLIGHTER_LOG_LEVEL: "debug",
    ...env,
  });
  const ready = await until(
    () => {
      if (program.child.exitCode !== null) throw new Error(`ended with ${program.child.exitCode}: ${program.output()}`);
      return JSON.parse(readFileSync(join(dataDir, "run.json"), "utf8")) as Controller["ports"] & { url: string };
    },
    (run) => run.http > 0,
  );
  const ports = { http: ready.http, mqtt: ready.mqtt };
  // A public address is where devices find it: perhaps a line that the test spoils.
  const url = "LAMPLIGHTER_PUBLIC_URL" in env ? `http://127.0.0.1:${ports.http}` : ready.url;
  return { ...program, url, ports, dataDir, ...(await signIn(url)) };
}

/** Another process on the same data and ports, after the first has ended. */
export const startAgain = (
  cleanup: Cleanup,
  { ports, dataDir }: Controller,
  env: Record<string, string> = {},
): Promise<Controller> =>
  startController(
    cleanup,
    { ...env, LAMPLIGHTER_HTTP_PORT: String(ports.http), LAMPLIGHTER_MQTT_PORT: String(ports.mqtt) },
    dataDir,
  );

export interface Answer<T> {
  status: number;
  body: T;
  headers: Record<string, string | string[] | undefined>;
}
export type Api = <T = Record<string, unknown>>(method: string, path: string, body?: unknown) => Promise<Answer<T>>;

/** A call as a program would make it. A certificate of the controller's own making is taken as it is: this is the test's
 *  side; what the agent takes is tested on its own. */
export function call<T>(
  url: string,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const target = new URL(path, url);
  const send = target.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(
      target,
      {
        method,
        rejectUnauthorized: false,
        headers: { ...(text === undefined ? {} : { "content-type": "application/json" }), ...headers },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => {
          const all = Buffer.concat(parts).toString();
          const isJson = /json/.test(response.headers["content-type"] ?? "");
          resolve({
            status: response.statusCode ?? 0,
            body: (isJson && all ? JSON.parse(all) : all) as T,
            headers: response.headers,
          });
        });
      },
    );
    request.on("error", reject);
    request.end(text);
  });
}

export async function signIn(
  url: string,
  username = "admin",
  secret = password,
): Promise<{ api: Api; cookie: string }> {
  const signed = await call(url, "POST", "/api/v1/session", { username, password: secret });
  if (signed.status >= 300) throw new Error(`sign-in answered ${signed.status}: ${JSON.stringify(signed.body)}`);
  const cookie = String(signed.headers["set-cookie"]).split(";")[0] ?? "";
  const headers = { cookie, origin: new URL(url).origin };
  return { api: (method, path, body) => call(url, method, `/api/v1${path}`, body, headers), cookie };
}

/** A token for one device. */
export async function enrolmentToken(controller: Controller, wish: object = {}): Promise<string> {
  const made = await controller.api<{ token: string }>("POST", "/enrolment-tokens", {
    kind: "access-point",
    uses: 1,
    ...wish,
  });
  if (made.status !== 201) throw new Error(`token: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body.token;
}

export interface AgentProgram extends Program {
  dataDir: string;
}

/** The bundled agent as a child process. */
export function startAgent(
  cleanup: Cleanup,
  needs: { url: string; token?: string; dataDir?: string; settings?: object },
): AgentProgram {
  const dataDir = needs.dataDir ?? temporary(cleanup, "agent");
  const config = join(dataDir, "test-settings.json");
  writeFileSync(config, JSON.stringify({ intervalMs: 1_000, flushMs: 500, ...needs.settings }));
  const token = needs.token === undefined ? [] : ["--token", needs.token];
  const args = ["--controller", needs.url, "--data-dir", dataDir, "--config", config, ...token];
  return { ...run(cleanup, "agent.cjs", args, {}), dataDir };
}

export interface DeviceShape {
  id: string;
  state: string;
  boot: string | null;
  lastSeenAt: number | null;
  site: string | null;
}

/** The only device, once it is in this state. */
export async function onlyDevice(controller: Controller, state = "online"): Promise<DeviceShape> {
  const list = await until(
    async () => (await controller.api<{ items: DeviceShape[] }>("GET", "/devices")).body.items,
    (items) => items?.length === 1 && items[0]?.state === state,
    30_000,
  );
  return list[0] as DeviceShape;
}
