import { cpus, totalmem } from "node:os";
import { renderAlerts } from "./alerts/report.ts";
import type { AlertsResult } from "./alerts.bench.ts";
import { renderConfig } from "./config/report.ts";
import type { ConfigResult } from "./config.bench.ts";
import type { DemoResult, DemoStart } from "./demo.bench.ts";
import { renderIngest } from "./ingest/report.ts";
import type { IngestResult } from "./ingest.bench.ts";
import type { AgentResult } from "./process.bench.ts";
import type { ScreensResult } from "./screens.bench.ts";

export interface Results {
  ingest: IngestResult;
  agent: AgentResult;
  start: { firstMs: number; laterMs: number };
  demo: DemoResult;
  screen: ScreensResult;
  alerts: AlertsResult;
  config: ConfigResult;
}

const number = (n: number): string => Math.round(n).toLocaleString("en-GB");
const mebi = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const startRow = (name: string, { firstOnlineMs, allOnlineMs, deliveredMs }: DemoStart): string =>
  `| ${name} | ${seconds(firstOnlineMs)} | ${seconds(allOnlineMs)} | ${seconds(deliveredMs)} |`;

/** docs/benchmarks.md, whole. */
export function renderReport({ ingest, agent, start, demo, screen, alerts, config }: Results, now: Date): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  return `# Benchmarks

Made by \`npm run bench\` on ${now.toISOString().slice(0, 10)}: ${machine}. Everything of a run shares that machine: the
devices that send, the controller and the store. So compare ratios, which come from one run; absolute numbers are of this
machine only.

${renderIngest(ingest, now)}

${renderAlerts(alerts, now)}

${renderConfig(config, now)}

## The agent

Usual settings, over WebSocket, beside a Node that does nothing.

| | Agent | Bare Node | |
|---|---|---|---|
| Resident memory | ${mebi(agent.agent.residentBytes)} MiB | ${mebi(agent.bareNode.residentBytes)} MiB | ×${(agent.agent.residentBytes / agent.bareNode.residentBytes).toFixed(2)} |
| Processor, of one core | ${agent.agent.cpuPercent.toFixed(2)} % | ${agent.bareNode.cpuPercent.toFixed(2)} % | |
| \`dist/agent.cjs\` | ${number(agent.bundleBytes / 1000)} kB (${number(agent.bundleGzipBytes / 1000)} kB gzip) | | |

## Start

From spawn to \`run.json\`, embedded store: first start ${number(start.firstMs)} ms, later starts ${number(start.laterMs)} ms (median of 3).

## The demo

24 access points and 16 sensors under the real agent, and their controller, in one process. From spawn, as somebody sees it who
follows the printed link. The first start writes and delivers six hours of past.

| Start | First device online | All 40 online | Everything delivered |
|---|---|---|---|
${startRow("First", demo.first)}
${startRow("Again", demo.again)}

While the 35 days of past are written in the background: ${mebi(demo.footprint.residentBytes)} MiB resident, ${demo.footprint.cpuPercent.toFixed(0)} % of one core, over a minute after the first start.

## The list of devices

${number(screen.devices)} devices in Chromium without a graphics card, drawn by the same two cores: the first row ${number(screen.firstRowMs)} ms after
signing in; scrolled end to end a screen at a time, ${screen.longTasksMs.length} of the page's tasks took over 50 ms${screen.longTasksMs.length > 0 ? ` (the longest ${Math.max(...screen.longTasksMs)} ms)` : ""}.
`;
}
