import type { ConfigResult } from "../config.bench.ts";

const micros = (n: number): string => `${Math.round(n)} µs`;
/** Around the section, so that a run of this part alone can replace it. */
export const configMarks = ["<!-- config: npm run bench config -->", "<!-- /config -->"] as const;

/** The section of docs/benchmarks.md. */
export function renderConfig(
  { devices, lines, checkMicros, renderMicros, profileMicros, readMicros }: ConfigResult,
  now: Date,
): string {
  return `${configMarks[0]}
## Documents of devices

Measured on ${now.toISOString().slice(0, 10)}. ${devices.toLocaleString("en-GB")} access points, each with a document of its own (two radios, two networks, a hotspot: ${lines} lines of UCI). Processor time; the goal is 300 µs for rendering one.

| | Per device |
|---|---|
| Rendered as UCI | ${micros(renderMicros)} |
| Looked at, by schema and whether it can be rendered | ${micros(checkMicros)} |
| Checked against its hardware profile | ${micros(profileMicros)} |
| Read back from UCI | ${micros(readMicros)} |
${configMarks[1]}`;
}
