import { catalogue, type Field, type Measurement } from "#wire";

/** The query to copy for one measurement. A counter becomes its rate, a state its worst value, a text its last. */
export function queryOf(name: string, { tags, fields }: Measurement): string {
  const [field, about] = Object.entries(fields)[0] as [string, Field];
  const by = Object.keys(tags).map((tag) => `, "${tag}"`);
  const value =
    about.type === "text"
      ? `last("${field}")`
      : {
          gauge: `mean("${field}")`,
          state: `min("${field}")`,
          counter: `non_negative_derivative(max("${field}"), 1s)`,
        }[about.kind];
  return `SELECT ${value} FROM "raw"."${name}" WHERE time > now() - 1h GROUP BY time(1m), "device"${by.join("")} fill(null)`;
}

/** docs/influx.md: what an existing Grafana needs to read the measurements as they are. */
export const influxReference = (): string =>
  [
    "# Measurements in InfluxDB",
    "",
    "<!-- generated: npm run docs -->",
    "",
    "With `LAMPLIGHTER_STORE=influx` the controller writes to InfluxDB 1.x, into the database `lamplighter` and its retention policy `raw` (both are made at the start; see [settings.md](settings.md)). Whatever reads InfluxDB can read it, at once and beside Lamplighter; reading needs a user with the right `READ` only.",
    "",
    "- Measurement, tags and fields are named as below, units last. Every point has the tag `device` (the id that the device's page shows).",
    '- `raw` is not the default retention policy: write `"raw"."system"`, not `"system"`.',
    "- Times are UTC, in milliseconds. All numbers are floats.",
    "- Counters only go up; a fall is a restart of the device. Ask for their rate with `non_negative_derivative`.",
    "- A gap is a gap: use `fill(null)`. What a device kept while its line was down arrives later, at the time when it was measured.",
    "- There is no tag for sites: devices move, history does not. Ask the API for the devices of a site (`GET /api/v1/devices?site=…`), or for series by site (`GET /api/v1/series?site=…`), which knows who was there when.",
    "",
    "## Grafana",
    "",
    "Add a data source *InfluxDB* with the query language *InfluxQL*, the address of InfluxDB and the database `lamplighter`; with a minimum interval of `10s`. The queries below work as they are in *Explore*; in a panel write `$timeFilter` for `time > now() - 1h` and `$__interval` for `1m`. A variable of all devices:",
    "",
    "```sql",
    'SHOW TAG VALUES ON "lamplighter" FROM "raw"."system" WITH KEY = "device"',
    "```",
    "",
    "From a shell:",
    "",
    "```sh",
    `curl -sG 'http://127.0.0.1:8086/query' --data-urlencode db=lamplighter --data-urlencode 'q=${queryOf("system", catalogue.system)}'`,
    "```",
    "",
    ...longTimes,
    ...Object.entries(catalogue).flatMap(([name, measurement]) => section(name, measurement)),
  ].join("\n");

/** What is kept beside the points. */
const longTimes = [
  "## Long times: 5-minute and hourly values",
  "",
  "Raw points are kept for `retention.rawDays` (14). Beside them are two more retention policies with the same measurements and tags: `five_minutes`, kept for `retention.fiveMinuteDays` (120), and `hourly`, kept for `retention.hourlyDays` (1,826). Their points are named by the start of their bucket; each field has become several:",
  "",
  "| name | of | what it says |",
  "|---|---|---|",
  "| `<field>_count` | every field | how many values; 0: there are none any more |",
  "| `<field>_sum`, `_min`, `_max` | gauges and numbers that are states | mean is `sum(…_sum) / sum(…_count)`, over any time |",
  "| `<field>_p50`, `_p95` | fields whose spread means something | a value that was measured; not to be combined |",
  "| `<field>_first`, `_first_at` | counters | first reading, and when: milliseconds after the start of the bucket |",
  "| `<field>_last`, `_last_at` | every field | last value, and when |",
  "| `<field>_increase` | counters | rise between the first and the last reading of the bucket |",
  "",
  `Fields with a spread: ${spreadFields().join(", ")}.`,
  "",
  "An hour is made when it is over, a minute and a half later, and again when something late comes in: a bucket may change, so don't copy it. For a counter over buckets ask for the rise of its last reading, which counts what lies between two buckets, too.",
  "",
  "```sql",
  'SELECT sum("cpu_percent_sum") / sum("cpu_percent_count") FROM "hourly"."system" WHERE time > now() - 30d GROUP BY time(1d), "device" fill(null)',
  "```",
  "",
  "```sql",
  'SELECT non_negative_difference(last("rx_bytes_last")) FROM "five_minutes"."interface" WHERE time > now() - 7d GROUP BY time(1h), "device", "interface" fill(null)',
  "```",
  "",
];

function spreadFields(): string[] {
  return Object.entries<Measurement>(catalogue).flatMap(([name, { fields }]) =>
    Object.entries(fields).flatMap(([field, { percentiles }]) => (percentiles ? [`\`${name}.${field}\``] : [])),
  );
}

function section(name: string, measurement: Measurement): string[] {
  const { meaning, tags, fields } = measurement;
  const given = Object.entries({ device: "id of the device", ...tags });
  return [
    `## ${name}`,
    "",
    `${meaning[0]?.toUpperCase()}${meaning.slice(1)}.`,
    "",
    "| name | unit | kind | meaning |",
    "|---|---|---|---|",
    ...given.map(([tag, what]) => `| \`${tag}\` | | tag | ${what} |`),
    ...Object.entries(fields).map(([field, f]) => `| \`${field}\` | ${f.unit} | ${f.kind} | ${f.meaning} |`),
    "",
    "```sql",
    queryOf(name, measurement),
    "```",
    "",
  ];
}
