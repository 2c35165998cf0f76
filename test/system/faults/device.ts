import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../until.ts";
import { type FlashBatch, readFlash } from "../witness.ts";
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
  /** Points of other kinds that went the same way: events, and how wrong its clock was. */
  tornBeside: number;
  /** Nothing could be written for a while, sooner or later. */
  wasFull: boolean;
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
  tornBeside: 0,
  wasFull: false,
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
      life.wasFull ||= full;
      say(full ? "full" : "room");
    },
    /** Its spool is open, and what tells of the life before is on flash. */
    async begun(): Promise<void> {
      await until(latest, (life) => life?.boot !== undefined, 20_000);
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
      const before = batchesOn(needs.dataDir);
      const bytes = readFileSync(join(folder, name));
      const kept = bytes.subarray(0, Math.max(0, bytes.length - cut));
      writeFileSync(join(folder, name), Buffer.concat([kept, Buffer.alloc(zeros)]));
      const left = new Set(batchesOn(needs.dataDir).map(nameOf));
      for (const batch of before.filter((one) => !left.has(nameOf(one)))) {
        const life = lives.find(({ boot }) => boot === batch.boot);
        const readings = batch.values.filter((value) => life?.readings.has(value));
        for (const reading of readings) life?.torn.add(reading);
        if (life) life.tornBeside += batch.points - readings.length;
      }
    },
  };
}
export type Device = ReturnType<typeof createDevice>;

const batchesOn = (dataDir: string): FlashBatch[] => readFlash(dataDir).flatMap(({ batches }) => batches);
const nameOf = ({ boot, seq }: FlashBatch): string => `${boot}/${seq}`;
