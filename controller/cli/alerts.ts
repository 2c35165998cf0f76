import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { BacktestView } from "../alert/index.ts";
import { type Clock, sleep, systemClock } from "../base/clock.ts";
import { Problem } from "../base/errors.ts";
import { exitCodes } from "../main.ts";
import { createApiClient } from "../street/index.ts";

export interface BacktestOptions {
  url: string;
  token: string;
  json?: boolean;
  days?: string;
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

const lookEveryMs = 500;
const listed = 10;
const dayMs = 86_400_000;

/** `lamplighter alerts backtest`: shows progress, then what the rule would have done.
 *  @param what a file with one rule, or the id of a rule of the controller
 *  @returns the exit code: 0 tried, 2 refused, 1 not reached or it failed there */
export async function backtestRule(what: string, options: BacktestOptions, io: Outside = outside()): Promise<number> {
  try {
    const call = createApiClient(options.url.replace(/\/+$/, ""), options.token);
    const rule = /\.ya?ml$/.test(what)
      ? ruleIn(what)
      : (await call<{ rule: object }>("GET", `/alert-rules/${encodeURIComponent(what)}`)).rule;
    const from = io.clock.now() - daysOf(options.days ?? "30") * dayMs;
    const path = "/alert-rules/backtest";
    let view = await call<BacktestView>("POST", path, { rule, from });
    while (view.state === "waiting" || view.state === "running") {
      const { devices, of } = view.progress;
      const line = view.state === "waiting" ? "waits for its turn" : `${devices} of ${of} devices`;
      io.error(`${line.padEnd(40)}${io.terminal ? "\r" : "\n"}`);
      await sleep(io.clock, lookEveryMs);
      view = await call<BacktestView>("GET", `${path}/${view.id}`);
    }
    if (io.terminal) io.error("\n");
    if (!view.result) throw new Error(view.why ?? `it was ${view.state}`);
    io.out(`${options.json ? JSON.stringify(view.result) : textOf(view.result)}\n`);
    return exitCodes.stopped;
  } catch (error) {
    io.error(`lamplighter: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof Problem ? 2 : exitCodes.failed;
  }
}

function ruleIn(file: string): object {
  const content: unknown = parse(readFileSync(file, "utf8"));
  const [only, ...more] = Array.isArray(content) ? content : [content];
  if (typeof only !== "object" || only === null || more.length > 0)
    throw new Error(`${file}: one rule expected, ${more.length > 0 ? `${more.length + 1} found` : "none found"}`);
  return only;
}

function daysOf(text: string): number {
  const days = Number(text);
  if (!(days >= 1 && days <= 90)) throw new Error(`--days: 1 to 90 expected, "${text}" found`);
  return days;
}

function textOf({ sentence, basis, list, counts, others }: NonNullable<BacktestView["result"]>): string {
  const time = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`;
  const firings = list
    .slice(0, listed)
    .map(
      ({ name, firedAt, to, said }) =>
        `  ${time(firedAt)} ${to === null ? "until now" : `until ${time(to)}`}  ${name}: ${said}`,
    );
  const left = counts.fired > firings.length ? [`  and ${counts.fired - firings.length} more`] : [];
  const settings = others.map(({ for: held, raise, fired, night }) => {
    const limit = raise.above === undefined ? `below ${raise.below}` : `above ${raise.above}`;
    return `  for: ${held}, ${limit}: ${fired}${night > 0 ? `, ${night} at night` : ""}`;
  });
  return [sentence, ...firings, ...left, "Other settings:", ...settings, basis].join("\n");
}
