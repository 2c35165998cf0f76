import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { App, Paths } from "../app.ts";
import { sleep, systemClock } from "../base/clock.ts";
import { SettingsError } from "../base/errors.ts";
import { runUntilSignal } from "../main.ts";
import type { Settings } from "../settings/index.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);
const firstMeasuredMs = 20_000;
const agentStopMs = 5_000;

/** `lamplighter demo`: a controller with the embedded store on loopback, and one real agent that measures this machine,
 *  enrolled through the API as any other. @returns the exit code */
export async function runDemo(needs: {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  dataDir: string;
  port: string;
}): Promise<number> {
  const wanted = Number(needs.port);
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_535) {
    process.stderr.write(`lamplighter: ${new SettingsError("--port", `"${needs.port}"`, "0 to 65535").message}\n`);
    return 78;
  }
  const http = { host: "127.0.0.1", port: await freePort(wanted) };
  const adjust = (settings: Settings): Settings => ({
    ...settings,
    http,
    mqtt: { host: "127.0.0.1", port: 0 },
    store: "embedded",
    dataDir: join(needs.dataDir, "controller"),
    logLevel: needs.env["LAMPLIGHTER_LOG_LEVEL"] === undefined ? "error" : settings.logLevel,
  });
  return await runUntilSignal({ paths: needs.paths, env: needs.env, adjust }, async (app) => {
    const agent = await startAgent(app, needs);
    const { secret } = await app.auth.makeLink("admin");
    say("");
    say("Lamplighter demo: one real agent measures this machine. Nothing leaves this computer.");
    say("");
    say(`  Open   ${app.url}/sign-in#${secret}`);
    say("         (signs in once, within 15 minutes; a restart prints a new one)");
    if (app.adminPassword) say(`  Later  user "admin", password ${app.adminPassword}`);
    say(`  Data   ${needs.dataDir} (delete it to begin anew)`);
    say("  Stop   Ctrl-C");
    return () => endAgent(agent);
  });
}

/** The wanted port, or any free one when it is taken. */
async function freePort(wanted: number): Promise<number> {
  const probe = createServer();
  try {
    probe.listen(wanted, "127.0.0.1");
    await once(probe, "listening");
    return wanted;
  } catch {
    say(`Port ${wanted} is taken; another one is used.`);
    return 0;
  } finally {
    probe.close();
  }
}

/** Enrols and starts the agent by the same calls and the same program as on a lamp post. */
async function startAgent(
  app: App,
  needs: { paths: Paths; env: NodeJS.ProcessEnv; dataDir: string },
): Promise<ChildProcess> {
  const operator = { kind: "token", id: "demo", name: "demo", role: "admin", expiresAt: null } as const;
  const key = await app.auth.tokens.create(operator, {
    name: "demo",
    role: "operator",
    expiresAt: systemClock.now() + 15 * 60_000,
  });
  const call = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${app.url}/api/v1${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${key.secret}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const site =
    app.registry.sites().find((s) => s.name === "This machine") ??
    (await call("/sites", { name: "This machine", location: { lat: 51.4779, lon: 0.3236 } }));
  const { token } = await call("/enrolment-tokens", {
    kind: "access-point",
    site: site["id" as keyof typeof site],
    uses: 1,
  });
  const known = app.registry.devices().length > 0;
  const seen = known ? Promise.resolve() : firstDevice(app);
  mkdirSync(needs.dataDir, { recursive: true });
  await endLeftOver(join(needs.dataDir, "agent"), needs.paths.agentFile);
  const agent = spawn(process.execPath, [needs.paths.agentFile], {
    stdio: ["ignore", "ignore", openSync(join(needs.dataDir, "agent.log"), "a")],
    env: {
      ...needs.env,
      LAMPLIGHTER_AGENT_CONTROLLER: app.url,
      LAMPLIGHTER_AGENT_TOKEN: String(token),
      LAMPLIGHTER_AGENT_DATA_DIR: join(needs.dataDir, "agent"),
    },
  });
  agent.on("exit", (code) => {
    if (code !== 0) process.stderr.write(`lamplighter: the agent ended (${code ?? "by a signal"})\n`);
  });
  await seen;
  return agent;
}

/** Until a device is there, or for 20 s: then the screens show that it isn't. */
function firstDevice(app: App): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      end();
      late();
      resolve();
    };
    const late = systemClock.after(firstMeasuredMs, done);
    const end = app.registry.onChange((change) => {
      if (change.kind === "device") done();
    });
  });
}

/** The agent of a demo that was killed goes on measuring; there can be only one in its folder. */
async function endLeftOver(agentDir: string, agentFile: string): Promise<void> {
  const pid = leftOver(agentDir, agentFile);
  if (pid === null) return;
  process.kill(pid, "SIGTERM");
  for (let waited = 0; waited < agentStopMs && leftOver(agentDir, agentFile) === pid; waited += 50) {
    await sleep(systemClock, 50);
  }
}

/** The process that the lock names, if it is really our agent. */
function leftOver(agentDir: string, agentFile: string): number | null {
  try {
    const { pid } = JSON.parse(readFileSync(join(agentDir, "agent.lock"), "utf8")) as { pid: number };
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(agentFile) ? pid : null;
  } catch {
    return null; // no lock, or nobody holds it
  }
}

async function endAgent(agent: ChildProcess): Promise<void> {
  if (agent.exitCode !== null || agent.signalCode !== null) return;
  const ended = once(agent, "exit");
  agent.kill("SIGTERM");
  const late = systemClock.after(agentStopMs, () => agent.kill("SIGKILL"));
  await ended;
  late();
}
