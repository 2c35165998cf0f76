import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCleanup, dist, startController } from "../system/harness.ts";
import { alertMarks, renderAlerts } from "./alerts/report.ts";
import { alerts } from "./alerts.bench.ts";
import { configMarks, renderConfig } from "./config/report.ts";
import { configCosts } from "./config.bench.ts";
import { demoTimes } from "./demo.bench.ts";
import { runBareBroker } from "./ingest/bare.ts";
import { runPublisher } from "./ingest/publisher.ts";
import { ingestMarks, renderIngest } from "./ingest/report.ts";
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
    const told = await alerts(say);
    const config = configCosts();
    const demo = await demoTimes(cleanup, 60);
    say(JSON.stringify(demo));
    const screen = await screens();
    say(JSON.stringify(screen));
    writeFileSync(file, renderReport({ ingest: path, agent, start, demo, screen, alerts: told, config }, new Date()));
  } finally {
    await cleanup.run();
  }
}

/** `ingest`, `alerts` and `config` alone replace their section of the page; `publisher` and `bare` are what is started: devices, and a
 *  broker. */
async function main(part: string | undefined): Promise<void> {
  if (part === "publisher") return runPublisher();
  if (part === "bare") return runBareBroker();
  if (part === "ingest") replace(ingestMarks, renderIngest(await ingest(say), new Date()));
  else if (part === "alerts") replace(alertMarks, renderAlerts(await alerts(say), new Date()));
  else if (part === "config") replace(configMarks, renderConfig(configCosts(), new Date()));
  else await everything();
  say(`written: ${file}`);
}

/** The page with this section in the place of the one it has. */
function replace([begin, end]: readonly [string, string], section: string): void {
  const page = readFileSync(file, "utf8");
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no such section yet: run the whole bench once`);
  writeFileSync(file, page.slice(0, from) + section + page.slice(to + end.length));
}

await main(process.argv[2]);
