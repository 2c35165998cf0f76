import type { IngestResult } from "../ingest.bench.ts";

const number = (n: number): string => Math.round(n).toLocaleString("en-GB");
const names = { embedded: "embedded", influx: "InfluxDB 1.x" };
/** Around the section, so that a run of this part alone can replace it. */
export const ingestMarks = ["<!-- ingest: npm run bench ingest -->", "<!-- /ingest -->"] as const;

/** The section of docs/benchmarks.md. */
export function renderIngest({ stores, bare, memory, growth }: IngestResult, now: Date): string {
  const loads = stores.flatMap(({ kind, loads: some }) =>
    some.map((load) =>
      [
        names[kind],
        number(load.connections),
        load.pointsPerMessage,
        number(load.pointsPerSecond),
        number(load.fieldsPerSecond),
        number(load.ceilingPointsPerSecond),
        `**${load.ratio.toFixed(2)}**`,
        `${number(load.deliveredMs.p50)} / ${number(load.deliveredMs.p99)} ms`,
        `${load.cpuMsPerMessage.toFixed(3)} ms`,
        `${load.controllerCpu.toFixed(2)}${load.storeCpu === null ? "" : ` / ${load.storeCpu.toFixed(2)}`}`,
      ].join(" | "),
    ),
  );
  const long = stores.flatMap(({ kind, long: one }) =>
    one
      ? `Over ${one.seconds} s (${names[kind]}, 100 connections, 10 points a message) the last sixth made ${number(one.lastPointsPerSecond)} points/s, the first ${number(one.firstPointsPerSecond)}: ${(one.lastPointsPerSecond / one.firstPointsPerSecond).toFixed(2)}.`
      : [],
  );
  const swallowed = bare.map(({ connections, messagesPerSecond }) => {
    const ours = stores.flatMap(({ kind, loads: some }) =>
      some
        .filter((load) => load.connections === connections && load.pointsPerMessage === 1)
        .map((load) => `${names[kind]} ${(load.pointsPerSecond / messagesPerSecond).toFixed(2)}`),
    );
    return `| ${number(connections)} | ${number(messagesPerSecond)} | ${ours.join(", ")} |`;
  });
  const sizes = growth.flatMap(({ kind, crowds, ages }) =>
    [...crowds, ...ages.results].map(
      (one) =>
        `| ${names[kind]} | ${one.what} | ${one.cpuUsPerPoint} µs | ${Math.round(one.deliveredMs.p50)} / ${Math.round(one.deliveredMs.p99)} ms | ${number(one.residentBytes / 2 ** 20)} MiB |`,
    ),
  );
  const beside = growth.map(
    ({ kind, ages: { points, writes } }) =>
      `| ${names[kind]} | ${number(points)} | ${writes.alone.p50} / ${writes.alone.p99} ms | ${writes.asked.p50} / ${writes.asked.p99} ms | ${writes.questions} of ${number(writes.questionMs)} ms |`,
  );
  const queries = stores.flatMap(({ kind, queries: some }) =>
    some.map((one) => `| ${names[kind]} | ${one.name} | ${one.resolution} | ${one.p50} / ${one.p99} ms |`),
  );
  const costs = memory.map(
    ({ kind, steps, bytesPerDevice }) =>
      `| ${kind === "tcp" ? "TCP" : "WebSocket with TLS"} | ${steps.map((step) => `${number(step.devices)}: ${number(step.residentBytes / 2 ** 20)} MiB`).join(", ")} | ${(bytesPerDevice / 1_000).toFixed(1)} kB |`,
  );
  return `${ingestMarks[0]}
## From devices to the store

Measured on ${now.toISOString().slice(0, 10)}. Devices in a process of their own send \`system\` with 11 fields over MQTT as fast as their windows allow; a point counts when its
\`delivered\` has reached the device. The ceiling is the same store written to directly, 5,000 points a call (InfluxDB: four
calls at once, embedded: two), while the same devices send as many messages to a port that throws them away. Processor time
is in cores: the controller's, and InfluxDB's own.

| Store | Connections | Points a message | Points/s | Fields/s | Ceiling | Ratio | \`delivered\` p50 / p99 | Controller's time a message | Cores |
|---|---|---|---|---|---|---|---|---|---|
${loads.map((row) => `| ${row} |`).join("\n")}

${long.join("\n")}

Beside a broker that does nothing else (aedes and a port), swallowing the same messages of one point with the same windows:

| Connections | Messages/s of the bare broker | The whole way, as a share of it |
|---|---|---|
${swallowed.join("\n")}

## Growth

1,500 messages/s of 10 points, whoever sends them and whatever the store holds already. Processor time is the controller's, the
embedded store's included.

| Store | With | A point | \`delivered\` p50 / p99 | Resident memory |
|---|---|---|---|---|
${sizes.join("\n")}

Writes of 500 points to a store that holds so many, while nobody asks, and while somebody asks for all raw points that a query may
look at, again and again:

| Store | Points held | Nobody asks, p50 / p99 | Somebody asks, p50 / p99 | Questions |
|---|---|---|---|---|
${beside.join("\n")}

## Memory of a connected device

Resident memory of the controller while so many devices are connected that said who they are and delivered a few batches; a
device costs what the slope between the first step and the last says.

| | Devices | A device |
|---|---|---|
${costs.join("\n")}

## Queries

Asked of the store itself, with its roll-ups made, 30 times each (newest values: 5 times).

| Store | Query | Answered from | p50 / p99 |
|---|---|---|---|
${queries.join("\n")}
${ingestMarks[1]}`;
}
