import { type Clock, sleep, systemClock } from "../base/clock.ts";
import { Problem } from "../base/errors.ts";
import { exitCodes } from "../main.ts";
import type { Rebuilt, RollupsView } from "../rollup/index.ts";
import { createApiClient } from "../street/index.ts";

export interface RollupOptions {
  url: string;
  token: string;
  json?: boolean;
  from?: string;
  to?: string;
  device?: string;
}

interface Outside {
  clock: Clock;
  out(text: string): void;
  error(text: string): void;
  /** A progress line can be written over. */
  terminal: boolean;
}

const outside = (): Outside => ({
  clock: systemClock,
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  terminal: process.stderr.isTTY === true,
});

const lookEveryMs = 1_000;

/** `lamplighter rollups status`. @returns the exit code: 0 nothing is due, 3 something is, 2 refused, 1 not reached */
export function rollupStatus(options: RollupOptions, io: Outside = outside()): Promise<number> {
  return asking(io, async () => {
    const view = await clientOf(options)<RollupsView>("GET", "/rollups");
    io.out(`${options.json ? JSON.stringify(view) : sentence(view)}\n`);
    return view.pendingHours === 0 ? exitCodes.stopped : 3;
  });
}

/** `lamplighter rollups rebuild|backfill`: marks the hours, then shows progress until they are made. @returns as
 *  `rollupStatus`, 0 when all are made */
export function rebuildRollups(options: RollupOptions, io: Outside = outside()): Promise<number> {
  return asking(io, async () => {
    const call = clientOf(options);
    const { from, to, device } = options;
    const wish = {
      ...(from === undefined ? {} : { from: timeOf("--from", from) }),
      ...(to === undefined ? {} : { to: timeOf("--to", to) }),
      ...(device === undefined ? {} : { device }),
    };
    const { rounds } = await call<RollupsView>("GET", "/rollups");
    const { marked, leftAlone } = await call<Rebuilt>("POST", "/rollups/rebuild", wish);
    let view = await call<RollupsView>("GET", "/rollups");
    while (view.pendingHours > 0 || view.rounds === rounds) {
      io.error(`${sentence(view).padEnd(76)}${io.terminal ? "\r" : "\n"}`);
      await sleep(io.clock, lookEveryMs);
      view = await call<RollupsView>("GET", "/rollups");
    }
    if (io.terminal) io.error("\n");
    io.out(
      options.json
        ? `${JSON.stringify({ marked, leftAlone, ...view })}\n`
        : `${marked} hours of devices were due; what is over of them is made anew${alone(leftAlone)}\n`,
    );
    return exitCodes.stopped;
  });
}

async function asking(io: Outside, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    io.error(`lamplighter: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof Problem ? 2 : exitCodes.failed;
  }
}

const alone = (hours: number): string =>
  hours === 0 ? "" : `; ${hours} more have no raw points (any more): what is kept of them was left alone`;

const clientOf = ({ url, token }: RollupOptions) => createApiClient(url.replace(/\/+$/, ""), token);

function timeOf(option: string, text: string): number {
  const at = /^\d{12,14}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(at)) throw new Error(`${option}: a time such as 2026-05-31T14:00Z expected, "${text}" found`);
  return at;
}

function sentence({ pendingHours, oldestPendingAt, doneHours, ratePerSecond, waitsFor }: RollupsView): string {
  if (waitsFor !== null) return `waits: ${waitsFor}`;
  if (pendingHours === 0) return `nothing is due; ${doneHours} hours of devices done since the start`;
  const oldest =
    oldestPendingAt === null ? "" : `, the oldest ${new Date(oldestPendingAt).toISOString().slice(0, 13)}h`;
  const left = ratePerSecond > 0 ? `, about ${Math.ceil(pendingHours / ratePerSecond / 60)} min` : "";
  return `${pendingHours} hours of devices are due${oldest}; ${Math.round(ratePerSecond)}/s${left}`;
}
