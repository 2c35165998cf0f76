import { toJSONSchema } from "zod";
import type { $ZodType } from "zod/v4/core";
import { catalogue, limits, messages, purposes, type Suffix, topics } from "#wire";

interface Schema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
}

const schemaOf = (schema: $ZodType): Schema => toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema;
const cell = (text: string): string => text.replaceAll("|", "\\|");

/** docs/wire.md, made from the schemas themselves. */
export function wireReference(): string {
  return [
    "# The wire",
    "",
    "<!-- Generated from edge-agent/wire: npm run docs -->",
    "",
    "MQTT 3.1.1, JSON. Topics are `lamplighter/v1/<device>/<suffix>`. Times are integer milliseconds since 1970 UTC.",
    "Readers ignore keys that they don't know; writers send exactly what stands here.",
    "",
    "## Topics",
    "",
    "| suffix | way | QoS | retained | meaning |",
    "|---|---|---|---|---|",
    ...Object.entries(topics).map(
      ([suffix, t]) => `| \`${suffix}\` | ${t.way} | ${t.qos} | ${t.retained ? "yes" : "no"} | ${t.meaning} |`,
    ),
    "",
    "## Messages",
    "",
    ...(Object.keys(topics) as Suffix[])
      .filter((s) => topics[s].message !== messages.signed)
      .flatMap((suffix) => [
        `### ${suffix}`,
        "",
        `${topics[suffix].meaning[0]?.toUpperCase()}${topics[suffix].meaning.slice(1)}.`,
        "",
        ...variants(schemaOf(topics[suffix].message)),
      ]),
    "### Signed messages",
    "",
    "`welcome`, `config/desired`, `config/confirm`, `command/<id>`, `firmware/desired` and `keys` all carry:",
    "",
    ...variants(schemaOf(messages.signed)),
    "`body` is the exact JSON text that was signed (Ed25519). Its content, by `purpose`:",
    "",
    ...Object.entries(purposes).flatMap(([purpose, { use, body }]) => [
      `#### ${purpose}`,
      "",
      `Signed by ${use === "online" ? "the online key" : "a content key"}.`,
      "",
      ...variants(schemaOf(body)),
    ]),
    "## Catalogue of measurements",
    "",
    ...Object.entries(catalogue).flatMap(([name, measurement]) => measurementTable(name, measurement)),
    "## Limits",
    "",
    "| limit | value |",
    "|---|---|",
    ...Object.entries(limits).map(([name, value]) => `| ${name} | ${value} |`),
    "",
  ].join("\n");
}

export function measurementTable(
  name: string,
  {
    meaning,
    tags,
    fields,
  }: {
    meaning: string;
    tags: Record<string, string>;
    fields: Record<string, { unit: string; kind: string; meaning: string; type: string }>;
  },
): string[] {
  return [
    `### ${name}`,
    "",
    `${meaning[0]?.toUpperCase()}${meaning.slice(1)}.`,
    "",
    "| tag or field | unit | kind | meaning |",
    "|---|---|---|---|",
    ...Object.entries(tags).map(([key, text]) => `| \`${key}\` | | tag | ${text} |`),
    ...Object.entries(fields).map(([key, f]) => `| \`${key}\` | ${f.unit} | ${f.kind} | ${f.meaning} |`),
    "",
  ];
}

function variants(schema: Schema): string[] {
  const all = schema.anyOf ?? [schema];
  return all.flatMap((variant) => ["| key | what |", "|---|---|", ...rows(variant, ""), ""]);
}

function rows(schema: Schema, path: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const name = `${path}${key}`;
    const optional = schema.required?.includes(key) ? "" : " (may be absent)";
    const inner = value.items?.properties
      ? rows(value.items, `${name}[].`)
      : value.properties
        ? rows(value, `${name}.`)
        : [];
    return [`| \`${name}\` | ${cell(kind(value))}${optional} |`, ...inner];
  });
}

function kind(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((e) => `\`${e}\``).join(", ");
  if (schema.anyOf) return schema.anyOf.map(kind).join(" or ");
  if (schema.type === "array") {
    const bounds = [
      schema.minItems ? `at least ${schema.minItems}` : "",
      schema.maxItems ? `at most ${schema.maxItems}` : "",
    ];
    return `list of ${kind(schema.items ?? {})}${bounds.filter(Boolean).length ? `, ${bounds.filter(Boolean).join(", ")}` : ""}`;
  }
  if (schema.type === "string") return schema.pattern ? `text \`${schema.pattern}\`` : "text";
  if (schema.type === "integer") return schema.minimum ? `whole number from ${schema.minimum}` : "whole number";
  if (schema.type === "object" && !schema.properties) return "object";
  return schema.type ?? "anything";
}
