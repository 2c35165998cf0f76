import { BadSettings, createAgent } from "../agent.ts";
import { createLinuxHost } from "../host/index.ts";
import { FolderInUse } from "../lock.ts";
import { reason } from "../log.ts";
import { BrokenIdentity } from "../trust/index.ts";
import { createLog } from "./log.ts";
import { parseOptions } from "./options.ts";

declare const LAMPLIGHTER_VERSION: string;

/** The command `agent`. Resolves with the exit code: when a signal stopped it, or at once when it can't start. */
export async function runAgent(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const parsed = parseOptions(argv, env, LAMPLIGHTER_VERSION);
  if ("say" in parsed) {
    process.stdout.write(parsed.say);
    return 0;
  }
  if ("exit" in parsed) {
    process.stderr.write(`lamplighter agent: ${parsed.problem}\n`);
    return parsed.exit;
  }
  const host = createLinuxHost();
  const log = createLog(host.time, (line) => process.stderr.write(line));
  const agent = createAgent({ host, log, version: LAMPLIGHTER_VERSION, ...parsed.options });
  const asked = nextSignal();
  try {
    log.info(`agent ${LAMPLIGHTER_VERSION} starts, controller ${parsed.options.controllerUrl}`);
    await agent.start();
    const signal = await asked;
    log.info(`${signal}: stopping`);
    await agent.stop();
    log.info("stopped");
    return 0;
  } catch (error) {
    process.stderr.write(`lamplighter agent: ${reason(error)}\n`);
    const mine = [BadSettings, BrokenIdentity, FolderInUse].some((kind) => error instanceof kind);
    return mine || isOfTheFolder(error) ? 78 : 70;
  }
}

/** Further signals change nothing: a terminal and a service manager both tell, and the stop is short. */
const nextSignal = (): Promise<string> =>
  new Promise((done) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => done(signal));
  });

/** The data folder can't be made, read or written: what a person set wrongly. */
function isOfTheFolder(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return (
    typeof code === "string" && ["EACCES", "EPERM", "ENOTDIR", "EROFS", "EEXIST", "EISDIR", "ENOENT"].includes(code)
  );
}
