import { existsSync } from "node:fs";
import { join } from "node:path";
import { Problem, SettingsError } from "../base/errors.ts";
import { addContentKey, describeKey, inUse, openContentKeys, retireContentKey } from "../base/key-set.ts";
import { exitCodes } from "../main.ts";
import { loadSettings } from "../settings/index.ts";
import { holdFolder } from "../store/records/index.ts";

export interface KeysOptions {
  dataDir?: string;
  settings?: string;
  json?: boolean;
}

interface Outside {
  out(text: string): void;
  error(text: string): void;
}
const outside: Outside = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
};
const refused = 2;

/** `lamplighter keys list`. @returns the exit code */
export function listKeys(env: NodeJS.ProcessEnv, options: KeysOptions, io: Outside = outside): Promise<number> {
  return answered(io, async () => tell(keysFolder(env, options), options, io));
}

/** `lamplighter keys add`. */
export function addKey(env: NodeJS.ProcessEnv, options: KeysOptions, io: Outside = outside): Promise<number> {
  return changing(env, options, io, (folder) => void addContentKey(folder));
}

/** `lamplighter keys retire <id>`. */
export function retireKey(
  env: NodeJS.ProcessEnv,
  id: string,
  options: KeysOptions,
  io: Outside = outside,
): Promise<number> {
  return changing(env, options, io, (folder) => retireContentKey(folder, id));
}

/** A running controller would go on with the set that it read at its start: it has to be stopped. */
function changing(
  env: NodeJS.ProcessEnv,
  options: KeysOptions,
  io: Outside,
  change: (folder: string) => void,
): Promise<number> {
  return answered(io, async () => {
    const folder = keysFolder(env, options);
    const release = holdFolder(join(folder, ".."));
    try {
      change(folder);
      tell(folder, options, io);
    } finally {
      await release();
    }
  });
}

function tell(folder: string, options: KeysOptions, io: Outside): void {
  const { version, content } = openContentKeys(folder);
  const [main] = inUse(content);
  const all = content.map((one) => {
    const { since, until } = one;
    return { id: describeKey(one.private).id, since, until, signs: one === main };
  });
  if (options.json) {
    io.out(`${JSON.stringify({ version, content: all })}\n`);
    return;
  }
  const lines = all.map(({ id, since, until, signs }) => {
    const standing = until === null ? (signs ? "in use, signs" : "in use") : `retired with version ${until}`;
    return `  ${id}  since version ${since}, ${standing}\n`;
  });
  io.out(`key set, version ${version}\n${lines.join("")}`);
}

function keysFolder(env: NodeJS.ProcessEnv, { dataDir, settings }: KeysOptions): string {
  const loaded = dataDir ?? loadSettings({ env, ...(settings === undefined ? {} : { file: settings }) }).dataDir;
  const folder = join(loaded, "keys");
  // Keys are made by the first start; a wrong path must not get some of its own.
  if (!existsSync(join(folder, "content.pem")))
    throw new SettingsError("dataDir", `"${loaded}", where there are no keys`, "the folder of a controller");
  return folder;
}

async function answered(io: Outside, work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return exitCodes.stopped;
  } catch (error) {
    io.error(`lamplighter: ${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof SettingsError) return exitCodes.wrongSettings;
    return error instanceof Problem ? refused : exitCodes.failed;
  }
}
