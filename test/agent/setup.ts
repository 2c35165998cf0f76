import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Agent,
  type AgentNeeds,
  createAgent,
  createLinuxHost,
  type Log,
  readSettings,
} from "../../edge-agent/index.ts";
import { later } from "../undo.ts";
import { createStandin, type Standin, type StandinOptions } from "./standin.ts";

export { later };

/** A folder that is gone after the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lamplighter-agent-"));
  later(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function newStandin(options?: StandinOptions): Promise<Standin> {
  const standin = await createStandin(options);
  later(() => standin.close());
  return standin;
}

export interface KeptLog extends Log {
  lines: string[];
  /** Resolves when a line contains `words`, now or later. */
  until(words: string): Promise<void>;
}

/** Keeps its lines. */
export function newLog(): KeptLog {
  const lines: string[] = [];
  const waiters = new Set<() => void>();
  const keep = (level: string) => (line: string) => {
    lines.push(`${level} ${line}`);
    for (const look of waiters) look();
  };
  const until = (words: string): Promise<void> =>
    new Promise((done) => {
      const look = (): void => {
        if (!lines.some((line) => line.includes(words))) return;
        waiters.delete(look);
        done();
      };
      waiters.add(look);
      look();
    });
  return { lines, until, info: keep("info"), warn: keep("warn"), error: keep("error") };
}

/** An agent that measures this machine every second for a stand-in, and is stopped after the test. */
export async function newAgent(
  standin: Pick<Standin, "url" | "token">,
  more: Partial<AgentNeeds> = {},
): Promise<Agent & { log: KeptLog; dataDir: string }> {
  const log = newLog();
  const dataDir = more.dataDir ?? (await newFolder());
  const agent = createAgent({
    host: createLinuxHost(),
    dataDir,
    controllerUrl: standin.url,
    token: standin.token,
    kind: "access-point",
    log,
    version: "0.0.0-test",
    settings: readSettings({ intervalMs: 1000, flushMs: 100 }),
    ...more,
  });
  later(() => agent.halt());
  return { ...agent, log, dataDir };
}
