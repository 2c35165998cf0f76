import { call, createCleanup, startController } from "../../system/harness.ts";

interface Family {
  name: string;
  kind: string;
  help: string;
  labels: string[];
}

/** docs/metrics.md: what a controller that has just started says of itself, family by family. */
export async function metricsReference(): Promise<string> {
  const cleanup = createCleanup();
  try {
    const { url } = await startController(cleanup);
    const { body } = await call<string>(url, "GET", "/metrics", undefined);
    return page(familiesOf(body));
  } finally {
    await cleanup.run();
  }
}

export function familiesOf(text: string): Family[] {
  const helps = new Map([...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name = "", help = ""]) => [name, help]));
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", kind = ""]) => {
    const samples = text.split("\n").filter((line) => line.startsWith(`${name}{`));
    const keys = samples.flatMap((line) => [...line.matchAll(/(\w+)="([^"]*)"/g)]);
    const labels = [...new Set(keys.map(([, key]) => key ?? ""))].map((key) => {
      const values = [...new Set(keys.filter(([, one]) => one === key).map(([, , value]) => value))];
      return `\`${key}\`: ${values.join(", ")}`;
    });
    return { name, kind, help: helps.get(name) ?? "", labels };
  });
}

const page = (families: Family[]): string =>
  [
    "# Metrics",
    "",
    "<!-- generated: npm run docs -->",
    "",
    "`GET /metrics` says how the controller itself is, in Prometheus' text format. Programs on the same machine may ask without a token; from elsewhere it takes one of any role (`lamplighter token create prometheus --role viewer`). What devices measure is not here: it is in the store ([influx.md](influx.md)) and in the API.",
    "",
    "```yaml",
    "scrape_configs:",
    "  - job_name: lamplighter",
    "    authorization: { credentials_file: /etc/prometheus/lamplighter.token }",
    "    static_configs: [{ targets: ['controller.example:8080'] }]",
    "```",
    "",
    "What to watch: `lamplighter_store_ready` (0: nothing is stored, devices keep it), `lamplighter_ingest_queue_messages` (rising: the store is too slow), and the scrape itself (none: the controller is away).",
    "",
    "| name | kind | meaning | labels |",
    "|---|---|---|---|",
    ...families.map(({ name, kind, help, labels }) => `| \`${name}\` | ${kind} | ${help} | ${labels.join("; ")} |`),
    "",
  ].join("\n");
