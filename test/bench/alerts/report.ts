import type { AlertsResult } from "../alerts.bench.ts";

const number = (n: number): string => Math.round(n).toLocaleString("en-GB");
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
/** Around the section, so that a run of this part alone can replace it. */
export const alertMarks = ["<!-- alerts: npm run bench alerts -->", "<!-- /alerts -->"] as const;

/** The section of docs/benchmarks.md. */
export function renderAlerts({ notices, storm, rules, backtest }: AlertsResult, now: Date): string {
  const rows = notices.map(
    ({ what, samples, p50Ms, p99Ms, goalMs }) =>
      `| ${what} | ${samples} | ${seconds(p50Ms)} / ${seconds(p99Ms)} | ${seconds(goalMs)} |`,
  );
  return `${alertMarks[0]}
## Alerts

Measured on ${now.toISOString().slice(0, 10)}. From the failure until a webhook has the notice: settings as they are shipped, 36 real agents at 6 sites. The goal is what the
settings add up to (grace after a broken connection or the deadline, 20 s to see who follows) and one or two seconds.

| What fails | Times | p50 / p99 | Goal |
|---|---|---|---|
${rows.join("\n")}

${number(storm.devices)} devices that are lost in the same second are ${storm.incidents} ${storm.incidents === 1 ? "incident" : "incidents"}, decided in ${number(storm.decideMs)} ms (${number(storm.heapBytes / 2 ** 20)} MiB); a turn in which nothing is new takes ${number(storm.quietTurnMs)} ms while they are lost.

${number(rules.rules)} rules over ${number(rules.devices)} devices: ${number(rules.evaluationsPerSecond)} evaluations a second on one core; what they keep of all devices is ${number(rules.heapBytes / 2 ** 20)} MiB.

A rule tried on 30 days of ${number(backtest.devices)} devices, ${number(backtest.buckets)} 5-minute values: ${seconds(backtest.tookMs)}; the event loop was held for ${number(backtest.worstTurnMs)} ms at most.
${alertMarks[1]}`;
}
