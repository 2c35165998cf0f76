import { type App, type Paths, startApp } from "./app.ts";
import { systemClock } from "./base/clock.ts";
import { SettingsError } from "./base/errors.ts";
import { createLog } from "./base/log.ts";
import type { Demo } from "./http/index.ts";
import { loadSettings, type Settings } from "./settings/index.ts";

export interface Run {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  /** YAML file. */
  settings?: string;
  /** Changes what was loaded: the demo's own defaults. */
  adjust?: (settings: Settings) => Settings;
  /** The street that this controller is shown with. */
  demo?: Demo;
}

declare const LAMPLIGHTER_VERSION: string;
const stopMs = 15_000;
export const exitCodes = { stopped: 0, failed: 1, wrongSettings: 78 } as const;

/** Starts the controller, says so to `started`, and stops on SIGTERM, SIGINT or when `started`'s promise rejects.
 *  @returns the exit code */
export async function runUntilSignal(run: Run, started: (app: App) => Promise<() => Promise<void>>): Promise<number> {
  let app: App | undefined;
  const asked = signal();
  try {
    const loaded = loadSettings({ env: run.env, ...(run.settings === undefined ? {} : { file: run.settings }) });
    const settings = run.adjust ? run.adjust(loaded) : loaded;
    const log = createLog({ level: settings.logLevel });
    const { paths, demo } = run;
    const version = LAMPLIGHTER_VERSION;
    app = await startApp({ settings, paths, clock: systemClock, log, version, ...(demo ? { demo } : {}) });
    const stopped = await started(app);
    log.info("stopping", { signal: await asked });
    await stopped();
    return exitCodes.stopped;
  } catch (error) {
    process.stderr.write(`lamplighter: ${explain(error)}\n`);
    return error instanceof SettingsError ? exitCodes.wrongSettings : exitCodes.failed;
  } finally {
    const late = systemClock.after(stopMs, () => {
      process.stderr.write(`lamplighter: did not stop within ${stopMs / 1000} s, leaving\n`);
      process.exit(exitCodes.failed);
    });
    await app?.stop();
    late();
  }
}

/** The first SIGTERM or SIGINT; a second one ends the process at once. */
function signal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let told = false;
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      process.on(name, () => {
        if (told) process.exit(exitCodes.failed);
        told = true;
        resolve(name);
      });
    }
  });
}

const explain = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return `${error.message}${cause}`;
};
