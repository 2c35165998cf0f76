import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createCleanup, dist, startController } from "../system/harness.ts";
import { alertStorm, backtestTime } from "./alerts.bench.ts";
import { demoTimes } from "./demo.bench.ts";
import { runBareBroker } from "./ingest/bare.ts";
import { runPublisher } from "./ingest/publisher.ts";
import { renderIngest, withIngest } from "./ingest/report.ts";
import { ingest } from "./ingest.bench.ts";
import { agentFootprint, startTimes } from "./process.bench.ts";
import { renderReport } from "./report.ts";
import { screens } from "./screens.bench.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const file = join(dist, "..", "docs", "benchmarks.md");

async function everything(): Promise<void> {
  const cleanup = createCleanup();
  try {
    const path = await ingest(say);
    const controller = await startController(cleanup);
    const agent = await agentFootprint(cleanup, controller, 20);
    await controller.end();
    say(JSON.stringify(agent));
    const start = await startTimes(cleanup);
    say(JSON.stringify(start));
    say(JSON.stringify(alertStorm()));
    const backtest = await backtestTime(pathToFileURL(join(dist, "series-worker.js")));
    say(JSON.stringify(backtest));
    const demo = await demoTimes(cleanup, 60);
    say(JSON.stringify(demo));
    const screen = await screens();
    say(JSON.stringify(screen));
    writeFileSync(file, renderReport({ ingest: path, agent, start, demo, screen, backtest }, new Date()));
  } finally {
    await cleanup.run();
  }
}

/** `ingest` alone replaces its section of the page; `publisher` and `bare` are what it starts: devices, and a broker. */
async function main(part: string | undefined): Promise<void> {
  if (part === "publisher") return runPublisher();
  if (part === "bare") return runBareBroker();
  if (part === "ingest") writeFileSync(file, withIngest(readFileSync(file, "utf8"), renderIngest(await ingest(say))));
  else await everything();
  say(`written: ${file}`);
}

await main(process.argv[2]);
