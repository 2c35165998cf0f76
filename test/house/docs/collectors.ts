import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { catalogue, type Measurement, type MeasurementName } from "#wire";

const top = fileURLToPath(new URL("../../..", import.meta.url));
/** Collector → measurements that it makes. */
const makes: Record<string, readonly MeasurementName[]> = {
  system: ["system", "agent", "temperature"],
  interface: ["interface"],
  probe: ["probe"],
  radio: ["radio"],
  environment: ["environment"],
  topology: ["neighbour", "gateway", "port"],
};
const [start, end] = ["<!-- generated: npm run docs -->", "<!-- end of generated -->"];

/** A collector's README with the part between the marks made anew from the catalogue. Throws if a mark is missing. */
export function withMeasurements(readme: string, measurements: readonly MeasurementName[]): string {
  const [from, to] = [readme.indexOf(start), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the marks ${start} and ${end} are missing`);
  const tables = measurements.flatMap((name) => table(name, catalogue[name]));
  return `${readme.slice(0, from)}${[start, "", ...tables].join("\n")}${readme.slice(to)}`;
}

function table(name: string, { meaning, tags, fields }: Measurement): string[] {
  const tagRows = Object.entries(tags).map(([tag, what]) => `| \`${tag}\` (tag) | text | | | ${what} |`);
  const fieldRows = Object.entries(fields).map(
    ([field, f]) => `| \`${field}\` | ${f.type} | ${f.unit} | ${f.kind} | ${f.meaning} |`,
  );
  const head = ["| name | type | unit | kind | meaning |", "|---|---|---|---|---|"];
  return [
    `### ${name}`,
    "",
    `${meaning[0]?.toUpperCase()}${meaning.slice(1)}.`,
    "",
    ...head,
    ...tagRows,
    ...fieldRows,
    "",
  ];
}

/** File → what it should be. */
export const collectorReadmes: Record<string, () => string> = Object.fromEntries(
  Object.entries(makes).map(([collector, measurements]) => {
    const file = `edge-agent/collectors/${collector}/README.md`;
    return [file, () => withMeasurements(readFileSync(`${top}/${file}`, "utf8"), measurements)];
  }),
);
