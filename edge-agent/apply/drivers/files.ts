import { join, normalize } from "node:path";
import * as z from "zod/mini";
import { check, readJson } from "#wire";
import type { Disk, Programs } from "../../host/index.ts";
import { type Log, reason } from "../../log.ts";
import { hashText } from "../../trust/index.ts";
import { removeWhole, writeWhole } from "../whole.ts";

/** A file of the device as it is to be. */
export interface ManagedFile {
  path: string;
  mode: number;
  text: string;
}

export interface FileSettings {
  /** Only below these; none: it takes no files. */
  folders: string[];
  check: Hook[];
  reload: Hook[];
}
interface Hook {
  under: string;
  run: string[];
}

/** As the wire has it: where, and what. */
interface Problem {
  path: string;
  message: string;
}

const snapshotBytes = 512 * 1024;
const programMs = 20_000;
const messageChars = 250;

/** What the files were before a trial, kept outside of what is being configured (`<dataDir>/snapshot.json`). */
const snapshotShape = z.object({
  format: z.literal("lamplighter-snapshot-1"),
  revision: z.int(),
  files: z.array(z.object({ path: z.string(), mode: z.int(), text: z.nullable(z.string()) })),
});
type Snapshot = z.infer<typeof snapshotShape>;

export type FileDriver = ReturnType<typeof createFileDriver>;

/** Files of the device: checked with its own tools, tried, and put back. A power cut at any moment leaves a snapshot from
 *  which `recover` puts everything back, or files that are all as they were told to be. */
export function createFileDriver(needs: {
  disk: Disk;
  programs: Programs;
  settings: FileSettings;
  dataDir: string;
  log: Log;
}) {
  const { disk, programs, settings, log } = needs;
  const snapshotPath = join(needs.dataDir, "snapshot.json");
  const checkFolder = join(needs.dataDir, "check");

  async function run(hooks: readonly Hook[], paths: readonly string[], file = ""): Promise<void> {
    for (const { under, run: command } of hooks) {
      if (!paths.some((path) => path.startsWith(under))) continue;
      const [program = "", ...args] = command.map((word) => (word === "{}" ? file : word));
      try {
        await programs.run(program, args, { timeoutMs: programMs });
      } catch (error) {
        const { stderr, stdout } = error as { stderr?: string; stdout?: string };
        const said = (stderr || stdout || reason(error)).trim().split("\n").slice(-3).join(" ");
        throw new Error(`${program}: ${said}`.slice(0, messageChars));
      }
    }
  }

  async function snapshot(): Promise<Snapshot | null> {
    const text = await disk.read(snapshotPath);
    if (text === null) return null;
    const json = readJson(text, snapshotBytes);
    const read = json.ok ? check(snapshotShape, json.message) : json;
    // Written whole, so only a broken flash comes here: what the files were is not known any more.
    if (!read.ok) log.error(`${snapshotPath}: ${read.problem}; the files stay as they are`);
    return read.ok ? read.message : null;
  }

  async function keepAside(revision: number, paths: readonly string[]): Promise<Snapshot> {
    const kept = await Promise.all(
      paths.map(async (path) => ({ path, mode: (await disk.mode(path)) ?? 0o644, text: await disk.read(path) })),
    );
    const all: Snapshot = { format: "lamplighter-snapshot-1", revision, files: kept };
    const text = JSON.stringify(all);
    if (Buffer.byteLength(text) > snapshotBytes)
      throw new Error(`what these files are now is too much to keep: ${snapshotBytes} bytes are allowed`);
    await writeWhole(disk, snapshotPath, text);
    return all;
  }

  /** What was is again; a file that was not there goes. */
  async function putBack({ files: kept }: Snapshot): Promise<void> {
    const changed: string[] = [];
    for (const { path, mode, text } of kept) {
      const isSo = (await disk.read(path)) === text && (text === null || (await disk.mode(path)) === mode);
      if (isSo) continue;
      changed.push(path);
      if (text === null) await removeWhole(disk, path);
      else await writeWhole(disk, path, text, mode);
    }
    // Programs that can't be told now will read the right files at the latest when they start.
    await run(settings.reload, changed).catch((error) => log.error(`configuration: ${reason(error)}`));
  }

  async function goBack(): Promise<void> {
    const kept = await snapshot();
    if (kept) await putBack(kept);
    await removeWhole(disk, snapshotPath);
  }

  return {
    /** What is wrong with them before anything is touched: where they may be, then what the device's own tools say. */
    async problems(wanted: readonly ManagedFile[]): Promise<Problem[]> {
      const found = wanted.flatMap(({ path }, i) => {
        const why = whyNotHere(path, settings.folders, wanted.findIndex((one) => one.path === path) < i);
        return why === null ? [] : [{ path: `files[${i}].path`, message: why }];
      });
      if (found.length > 0) return found;
      for (const [i, { path, text }] of wanted.entries()) {
        const hooks = settings.check.filter(({ under }) => path.startsWith(under));
        if (hooks.length === 0) continue;
        const copy = join(checkFolder, `${i}`);
        try {
          await disk.write(copy, text, 0o600);
          await run(hooks, [path], copy);
        } catch (error) {
          found.push({ path, message: reason(error).slice(0, messageChars) });
        } finally {
          await disk.remove(copy).catch(() => {});
        }
      }
      return found;
    },

    /** Snapshot, then every file, then what makes them count. Rejects when any of it fails: everything is back then.
     *  @param before paths of the revision before: those that are not wanted any more go */
    async begin(revision: number, wanted: readonly ManagedFile[], before: readonly string[]): Promise<void> {
      const gone = before.filter((path) => !wanted.some((one) => one.path === path));
      if (wanted.length + gone.length === 0) return;
      const was = await keepAside(revision, [...wanted.map(({ path }) => path), ...gone]);
      try {
        const changed: string[] = [...gone];
        for (const { path, mode, text } of wanted) {
          const old = was.files.find((one) => one.path === path);
          if (old?.text === text && old.mode === mode) continue;
          changed.push(path);
          await writeWhole(disk, path, text, mode);
        }
        for (const path of gone) await removeWhole(disk, path);
        await run(settings.reload, changed);
      } catch (error) {
        await goBack();
        throw error;
      }
    },

    back: goBack,
    /** The trial is confirmed: what was before is not needed any more. */
    keep: (): Promise<void> => removeWhole(disk, snapshotPath),

    /** After a start. @param applied the revision that is in force */
    async recover(applied: number): Promise<void> {
      const kept = await snapshot();
      if (kept && kept.revision !== applied) await putBack(kept);
      if (kept) await removeWhole(disk, snapshotPath);
    },

    /** Files that are not as they were told to be: changed by hand, or gone. */
    async drift(wanted: readonly { path: string; hash: string }[]): Promise<{ path: string; hash: string }[]> {
      const all = await Promise.all(
        wanted.map(async ({ path, hash }) => {
          const text = await disk.read(path).catch(() => null);
          const is = text === null ? "" : hashText(text);
          return is === hash ? [] : [{ path, hash: is }];
        }),
      );
      return all.flat();
    },
  };
}

/** null: it may be written. */
export function whyNotHere(path: string, folders: readonly string[], isTwice: boolean): string | null {
  if (folders.length === 0) return "this device takes no files";
  if (!path.startsWith("/") || normalize(path) !== path || path.endsWith("/") || path.includes("\0"))
    return "a plain path from the root is needed";
  if (!folders.some((folder) => path.startsWith(folder))) return `allowed are files below ${folders.join(", ")}`;
  return isTwice ? "it is there twice" : null;
}
