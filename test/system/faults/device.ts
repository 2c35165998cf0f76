import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../until.ts";
import { readFlash } from "../witness.ts";
import type { Tear } from "./plan.ts";

/** One run of the agent, as its process told it. */
export interface Life {
  boot: string | undefined;
  /** Reading → when, on this machine's clock. */
  readings: Map<number, number>;
  endedAt: number | undefined;
  /** Its end was asked for, and its disk had room: everything is on flash. */
  clean: boolean;
  /** Since when nothing can be written. */
  fullSince: number | undefined;
  /** Its wall clock was set wrong for a while, or it began without one. */
  clockWrong: boolean;
  /** Readings that were on flash until the harness tore them off. */
  torn: Set<number>;
  /** A segment was torn when it had begun: what told of its end may have been in it. */
  tellingTorn: boolean;
  log: string[];
}

const newLife = (clockWrong: boolean): Life => ({
  boot: undefined,
  readings: new Map(),
  endedAt: undefined,
  clean: false,
  fullSince: undefined,
  clockWrong,
  torn: new Set(),
  tellingTorn: false,
  log: [],
});

/** A real agent process on a data folder of its own, over all its lives. */
export function createDevice(needs: { program: string; url: string; dataDir: string; token: string }) {
  const lives: Life[] = [];
  let child: ChildProcess | undefined;
  let status: { batches: number; kept: number; connected: boolean } | undefined;

  const say = (line: string): void => void child?.stdin?.write(`${line}\n`);
  const latest = (): Life | undefined => lives.at(-1);

  function start(clock: "right" | "1970" = "right"): void {
    const first = lives.reduce((n, { readings }) => Math.max(n, ...readings.keys()), -1) + 1;
    const token = lives.some(({ boot }) => boot) ? "" : needs.token;
    const offset = clock === "1970" ? -Date.now() : 0;
    const life = newLife(clock !== "right");
    lives.push(life);
    const args = [needs.program, needs.url, needs.dataDir, token, String(first), String(offset)];
    const started = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"], env: {} });
    child = started;
    started.stdin.on("error", () => {});
    started.stderr.on("data", (data: Buffer) => life.log.push(data.toString()));
    let rest = "";
    started.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) hear(life, line);
    });
  }

  function hear(life: Life, line: string): void {
    const [word = "", ...rest] = line.split(" ");
    if (word === "read") life.readings.set(Number(rest[0]), Number(rest[1]));
    else if (word === "boot") life.boot = rest[0];
    else if (word === "status" && rest[0] !== "undefined") status = JSON.parse(rest.join(" "));
    else life.log.push(line);
  }

  /** Resolves when every word of it was heard. */
  async function end(how: "SIGKILL" | "stop"): Promise<void> {
    const [ending, life] = [child, latest()];
    if (!ending || !life) return;
    child = undefined;
    if (how === "stop") ending.stdin?.write("stop\n");
    else ending.kill(how);
    await once(ending, "close");
    life.endedAt = Date.now();
    life.clean = how === "stop" && ending.exitCode === 0 && life.fullSince === undefined;
  }

  return {
    lives,
    say,
    start,
    end,
    /** A disk that is full, or has room again. */
    disk(full: boolean): void {
      const life = latest();
      if (!child || !life) return;
      life.fullSince = full ? Date.now() : undefined;
      say(full ? "full" : "room");
    },
    /** Nothing waits for `delivered` any more. */
    async emptied(withinMs: number): Promise<void> {
      await until(
        () => {
          status = undefined;
          say("status");
          return until(() => status, Boolean, 2_000);
        },
        (said) => said?.kept === 0,
        withinMs,
      );
    },
    jump(byMs: number): void {
      const life = latest();
      if (!child || !life) return;
      life.clockWrong = true;
      say(`clock ${byMs}`);
    },
    /** Spoils a file of the spool, as a power cut may. */
    tear({ file, cut, zeros }: Tear): void {
      const folder = join(needs.dataDir, "spool");
      const shape = file === "journal" ? /^journal$/ : /\.seg$/;
      const name = readdirSync(folder)
        .filter((one) => shape.test(one))
        .sort()
        .at(-1);
      if (!name) return;
      const before = readingsOn(needs.dataDir);
      const bytes = readFileSync(join(folder, name));
      const kept = bytes.subarray(0, Math.max(0, bytes.length - cut));
      writeFileSync(join(folder, name), Buffer.concat([kept, Buffer.alloc(zeros)]));
      for (const life of lives) life.tellingTorn ||= file === "segment";
      const left = new Set(readingsOn(needs.dataDir));
      for (const reading of before) {
        if (left.has(reading)) continue;
        for (const { readings, torn } of lives) if (readings.has(reading)) torn.add(reading);
      }
    },
  };
}
export type Device = ReturnType<typeof createDevice>;

const readingsOn = (dataDir: string): number[] =>
  readFlash(dataDir).flatMap(({ batches }) => batches.flatMap(({ values }) => values));
