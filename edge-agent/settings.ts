import * as z from "zod/mini";
import { check } from "#wire";

const atLeast = (least: number, most: number) =>
  z
    .int(`a whole number from ${least} to ${most}`)
    .check(z.gte(least, `at least ${least}`), z.lte(most, `at most ${most}`));
const name = z.string().check(z.regex(/^[A-Za-z0-9._-]{1,64}$/, "1-64 of letters, digits, . _ -"));
const host = z.string().check(z.regex(/^[A-Za-z0-9.:_-]{1,253}$/, "a host name or an address"));
const url = z
  .string()
  .check(z.refine((text) => /^https?:/.test(text) && URL.canParse(text), "an http:// or https:// address"));
const day = 24 * 3600 * 1000;

const probe = z.discriminatedUnion("kind", [
  z.strictObject({ name, kind: z.literal("dns"), lookup: host, resolver: z.optional(host) }),
  z.strictObject({ name, kind: z.literal("tcp"), host, port: atLeast(1, 65_535) }),
  z.strictObject({ name, kind: z.literal("http"), url, expectStatus: z._default(atLeast(100, 599), 200) }),
  z.strictObject({ name, kind: z.literal("icmp"), host, count: z._default(atLeast(1, 20), 3) }),
]);

const enabled = z._default(z.boolean(), true);
const schema = z.strictObject({
  intervalMs: z._default(atLeast(1000, 3_600_000), 10_000),
  /** How long a batch may be in memory only: what a power cut can cost. */
  flushMs: z._default(atLeast(100, 60_000), 5_000),
  hardware: z.prefault(z.strictObject({ model: z.optional(name), serial: z.optional(name) }), {}),
  spool: z.prefault(
    z.strictObject({
      maxBytes: z._default(atLeast(1024 * 1024, 1024 * 1024 * 1024), 32 * 1024 * 1024),
      maxAgeMs: z._default(atLeast(60_000, 60 * day), 10 * day),
    }),
    {},
  ),
  collectors: z.prefault(
    z.strictObject({
      system: z.prefault(z.strictObject({ enabled }), {}),
      interface: z.prefault(
        z.strictObject({ enabled, ignore: z._default(z.array(z.string().check(z.maxLength(64))), []) }),
        {},
      ),
      probe: z.prefault(
        z.strictObject({
          enabled,
          intervalMs: z._default(atLeast(1000, day), 60_000),
          /** Absent: only what the agent needs itself, which is the controller. */
          probes: z.optional(z.array(probe).check(z.maxLength(32, "at most 32 probes"))),
        }),
        {},
      ),
    }),
    {},
  ),
});

export type Settings = z.infer<typeof schema>;
export type ProbeSettings = z.infer<typeof probe>;

/** Defaults, or what a configuration file says. A wrong or unknown key throws a sentence that names it. */
export function readSettings(value: unknown): Settings {
  const unknown = unknownKey(value);
  if (unknown) throw new Error(unknown);
  const checked = check(schema, value);
  if (!checked.ok) throw new Error(checked.problem);
  const names = (checked.message.collectors.probe.probes ?? []).map((p) => p.name);
  const twice = names.find((n, i) => names.indexOf(n) !== i);
  if (twice !== undefined) throw new Error(`collectors.probe.probes: two are named ${twice}, names are used once`);
  return checked.message;
}

/** zod/mini says "unrecognized keys" and no more; people need the name. */
function unknownKey(value: unknown): string | undefined {
  const parsed = schema.safeParse(value);
  const issue = parsed.error?.issues.find((i) => i.code === "unrecognized_keys");
  if (issue?.code !== "unrecognized_keys") return undefined;
  return `${[...issue.path, issue.keys[0]].join(".")}: there is no such setting`;
}
