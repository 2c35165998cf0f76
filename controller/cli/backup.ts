import { readFileSync } from "node:fs";
import { type Progress, restoreBackup, shortestPassphrase, writeBackup } from "../backup/index.ts";
import { systemClock } from "../base/clock.ts";
import { SettingsError } from "../base/errors.ts";
import { createLog } from "../base/log.ts";
import { exitCodes } from "../main.ts";
import { loadSettings } from "../settings/index.ts";

declare const LAMPLIGHTER_VERSION: string;

export interface BackupOptions {
  dataDir?: string;
  settings?: string;
  passphraseFile?: string;
  /** false: `--without-keys`. */
  keys: boolean;
  json?: boolean;
}

const say = (line: string) => process.stdout.write(`${line}\n`);
const tell = ({ what, done, of }: Progress): void => void process.stderr.write(`  ${what}: ${done} of ${of}\n`);
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** `lamplighter backup <folder>`. @returns the exit code */
export function backup(needs: { env: NodeJS.ProcessEnv; into: string; options: BackupOptions }): Promise<number> {
  const { env, into, options } = needs;
  return answered(async () => {
    const passphrase = passphraseOf(options);
    const { dataDir, store } = settingsOf(env, options);
    const made = await writeBackup({
      dataDir,
      store,
      into,
      passphrase,
      version: LAMPLIGHTER_VERSION,
      clock: systemClock,
      progress: options.json ? () => {} : everySecond(tell),
    });
    if (options.json) return say(JSON.stringify(made));
    say(`${made.folder}: ${made.rows} rows, checked`);
    for (const { name, bytes } of made.files) say(`  ${name}  ${mib(bytes)}`);
    if (made.keys.length > 0) say(`  keys.sealed  opens with the passphrase only: without it the devices trust nobody`);
    else say("  without the keys: a controller that is restored from it alone cannot command its devices");
    if (store === "influx") say("  telemetry is in InfluxDB: back it up there (influxd backup -portable)");
  });
}

/** `lamplighter restore <backup>`. @returns the exit code */
export function restore(needs: {
  env: NodeJS.ProcessEnv;
  folder: string;
  options: BackupOptions & { replace?: boolean };
}): Promise<number> {
  const { env, folder, options } = needs;
  return answered(async () => {
    const passphrase = passphraseOf(options);
    const { dataDir, store } = settingsOf(env, options);
    const done = await restoreBackup({
      folder,
      dataDir,
      passphrase,
      replace: options.replace ?? false,
      clock: systemClock,
      log: createLog({ level: "silent" }),
      progress: options.json ? () => {} : everySecond(tell),
    });
    if (options.json) return say(JSON.stringify(done));
    say(`${dataDir} is as it was at ${new Date(done.at).toISOString()}, checked. Start the controller on it.`);
    if (done.before) say(`  What was there is in ${done.before}`);
    if (passphrase === null)
      say("  without keys: new ones are made at the start, and devices have to be enrolled again");
    if (done.store !== store)
      say(`  the backup is of a controller with the ${done.store} store; the settings say ${store}`);
  });
}

function settingsOf(env: NodeJS.ProcessEnv, { dataDir, settings }: BackupOptions) {
  const loaded = loadSettings({ env, ...(settings === undefined ? {} : { file: settings }) });
  return { ...loaded, ...(dataDir === undefined ? {} : { dataDir }) };
}

function passphraseOf({ passphraseFile, keys }: BackupOptions): string | null {
  if (!keys) return null;
  if (passphraseFile === undefined)
    throw new SettingsError(
      "--passphrase-file",
      "nothing",
      "a file whose first line seals the keys, or --without-keys",
    );
  const text = readFileSync(passphraseFile, "utf8").split(/\r?\n/)[0] ?? "";
  if (text.length < shortestPassphrase)
    throw new SettingsError("--passphrase-file", `${text.length} letters`, `at least ${shortestPassphrase}`);
  return text;
}

/** The first, and then one a second. */
function everySecond(told: (step: Progress) => void): (step: Progress) => void {
  let next = 0;
  return (step) => {
    if (systemClock.now() < next) return;
    next = systemClock.now() + 1_000;
    told(step);
  };
}

async function answered(work: () => Promise<unknown>): Promise<number> {
  try {
    await work();
    return exitCodes.stopped;
  } catch (error) {
    process.stderr.write(`lamplighter: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof SettingsError ? exitCodes.wrongSettings : exitCodes.failed;
  }
}
