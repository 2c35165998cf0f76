import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import type { App, Paths } from "../app.ts";
import { systemClock } from "../base/clock.ts";
import { SettingsError } from "../base/errors.ts";
import { createLog } from "../base/log.ts";
import { exitCodes, runUntilSignal } from "../main.ts";
import type { Settings } from "../settings/index.ts";
import { createDemo, type StreetDemo } from "../street/index.ts";

declare const LAMPLIGHTER_VERSION: string;
const say = (line: string) => process.stdout.write(`${line}\n`);
const progressMs = 1_000;

/** `lamplighter demo`: a controller with the embedded store on loopback, and a simulated street of real agents.
 *  @returns the exit code */
export async function runDemo(needs: {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  dataDir: string;
  port: string;
  seed: string;
}): Promise<number> {
  const wrong = wrongNumber("--port", needs.port, 65_535) ?? wrongNumber("--seed", needs.seed, 2 ** 31);
  if (wrong) {
    process.stderr.write(`lamplighter: ${wrong.message}\n`);
    return exitCodes.wrongSettings;
  }
  const { dataDir, paths, env } = needs;
  const http = { host: "127.0.0.1", port: await freePort(Number(needs.port)) };
  const controllerDir = join(dataDir, "controller");
  const logLevel = env["LAMPLIGHTER_LOG_LEVEL"];
  const adjust = (settings: Settings): Settings => ({
    ...settings,
    http,
    mqtt: { host: "127.0.0.1", port: 0 },
    store: "embedded",
    dataDir: controllerDir,
    // The phone of the demo is on this computer.
    outboundAllow: ["127.0.0.0/8"],
    logLevel: logLevel === undefined ? "error" : settings.logLevel,
  });
  const demo = createDemo({
    dataDir,
    workerUrl: paths.streetWorker,
    seed: Number(needs.seed),
    clock: systemClock,
    log: createLog({ level: logLevel === undefined ? "silent" : "warn" }),
    version: LAMPLIGHTER_VERSION,
  });
  return await runUntilSignal({ paths, env, adjust, demo: demo.http }, async (app) => {
    await welcome(app, dataDir);
    await demo.start({ ...app, storeFile: join(controllerDir, "series.db") });
    const quiet = tellProgress(demo);
    return () => {
      quiet();
      return demo.stop();
    };
  });
}

function wrongNumber(option: string, text: string, most: number): SettingsError | undefined {
  const value = Number(text);
  if (text !== "" && Number.isInteger(value) && value >= 0 && value <= most) return undefined;
  return new SettingsError(option, `"${text}"`, `0 to ${most}`);
}

async function welcome(app: App, dataDir: string): Promise<void> {
  const { secret } = await app.auth.makeLink("admin");
  say("");
  say("Lamplighter demo: a simulated street, real agent code. Nothing leaves this computer.");
  say("");
  say(`  Open   ${app.url}/sign-in#${secret}`);
  say("         (signs in once, within 15 minutes; a restart prints a new one)");
  if (app.adminPassword) say(`  Later  user "admin", password ${app.adminPassword}`);
  say(`  Break  ${app.url}/demo, or: npx lamplighter demo --break list`);
  say(`  Data   ${dataDir} (delete it to begin anew)`);
  say("  Stop   Ctrl-C");
  say("");
}

/** Until every device is there and has brought its past. @returns ends it */
function tellProgress(demo: StreetDemo): () => void {
  const started = systemClock.monotonic();
  const seconds = (): number => Math.round((systemClock.monotonic() - started) / 1000);
  let told = "";
  let behind = false;
  let delivered = false;
  const tellWeeks = weeksTeller(demo, (line) => tell(line), seconds);
  const tell = (line: string): void => {
    if (line !== told) say(`  ${line}`);
    told = line;
  };
  const end = systemClock.every(progressMs, () => {
    const { devices, past, kept } = demo.http.view().progress;
    if (past > 0) tell(`${devices - past} of ${devices} devices live`);
    else if (!behind) {
      behind = true;
      tell(`All ${devices} devices live after ${seconds()} s; what they kept is being delivered`);
    } else if (!delivered && kept <= devices) {
      delivered = true;
      tell(`Everything that they kept is delivered, after ${seconds()} s`);
    }
    if (delivered && tellWeeks()) end();
  });
  return end;
}

/** Says a tenth of the past weeks at a time. @returns says what is new; true: nothing more will come */
function weeksTeller(demo: StreetDemo, tell: (line: string) => void, seconds: () => number): () => boolean {
  let known: number | null = null;
  return () => {
    const share = demo.weeksShare();
    if (share === null) return false;
    const tenths = Math.floor(share * 10);
    if (known !== null && tenths > known)
      tell(tenths === 10 ? `35 days of past are there, after ${seconds()} s` : `35 days of past: ${tenths * 10} %`);
    known = tenths;
    return tenths === 10;
  };
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
