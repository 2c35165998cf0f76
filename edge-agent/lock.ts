import { link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { check, readJson } from "#wire";
import { randomName } from "./trust/index.ts";

/** Which process, and which run of it: after a power cut a router gives the same numbers to other programs. */
const schema = z.object({
  pid: z.int().check(z.gte(1)),
  /** Of the process, in ticks since the host's boot; "" where the host doesn't say. */
  started: z.string().check(z.maxLength(32)),
  /** Of the host's boot; "" where it doesn't say. */
  hostBoot: z.string().check(z.maxLength(64)),
});
type Holder = z.infer<typeof schema>;

/** Another agent has the folder: two would number different batches alike, and one spool would eat the other. */
export class FolderInUse extends Error {
  override name = "FolderInUse";
}

const tries = 3;
const lockBytes = 1024;

/** Takes `<dataDir>/agent.lock` for this process; one that a dead process left is taken over.
 *  @returns gives it back
 *  @throws FolderInUse, or the error of a folder that can't be written */
export async function holdFolder(dataDir: string): Promise<() => Promise<void>> {
  const path = join(dataDir, "agent.lock");
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const mine = `${path}.${randomName(8)}`;
  const { pid, started, hostBoot } = await describe(process.pid);
  try {
    await writeFile(mine, JSON.stringify({ pid, started, hostBoot }), { mode: 0o600, flag: "wx" });
  } catch (error) {
    await unlink(mine).catch(() => {});
    // A full disk must not keep the device from measuring: that is worse than the small chance of a second agent.
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return async () => {};
    throw error;
  }
  try {
    for (let i = 0; i < tries; i++) {
      if (await take(mine, path)) return once(() => unlink(path).catch(() => {}));
      await refuseIfHeld(path, dataDir);
      await clear(mine, path, dataDir);
    }
    throw new FolderInUse(`${dataDir}: other agents start in it at this moment`);
  } finally {
    await unlink(mine).catch(() => {});
  }
}

async function refuseIfHeld(path: string, dataDir: string): Promise<void> {
  const holder = parse(await readFile(path, "utf8").catch(() => ""));
  if (holder && (await isAlive(holder)))
    throw new FolderInUse(`${dataDir}: the agent with process id ${holder.pid} uses it; stop that one first`);
}

/** Given back twice, it would be another's the second time. */
function once(run: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= run());
}

/** The lock gets its name with its content in it: nobody reads half of one. */
async function take(mine: string, path: string): Promise<boolean> {
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Removes a dead one's lock. One at a time, looked at again: else a second would remove what the first has just put
 *  in its place. */
async function clear(mine: string, path: string, dataDir: string): Promise<void> {
  const turn = `${path}.turn`;
  if (!(await take(mine, turn))) {
    await refuseIfHeld(turn, dataDir);
    await unlink(turn).catch(() => {});
    return;
  }
  try {
    await refuseIfHeld(path, dataDir);
    await unlink(path).catch(() => {});
  } finally {
    await unlink(turn).catch(() => {});
  }
}

function parse(text: string): Holder | undefined {
  const json = readJson(text, lockBytes);
  const checked = json.ok ? check(schema, json.message) : json;
  return checked.ok ? checked.message : undefined;
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const { ended, started, hostBoot } = await describe(holder.pid);
  return !ended && started === holder.started && hostBoot === holder.hostBoot;
}

/** `ended`: it is dead, and nobody has asked how it ended yet. */
async function describe(pid: number): Promise<Holder & { ended: boolean }> {
  const read = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");
  const hostBoot = (await read("/proc/sys/kernel/random/boot_id")).trim();
  // What stands behind the name, which may hold spaces and brackets: from field 3, the state, on. 22 is the start.
  const stat = await read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { pid, started: fields[19] ?? "", hostBoot, ended: fields[0] === "Z" || fields[0] === "X" };
}
