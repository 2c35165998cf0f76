import * as z from "zod/mini";

const whole = (least: number, most: number) =>
  z
    .int(`a whole number from ${least} to ${most}`)
    .check(z.gte(least, `at least ${least}`), z.lte(most, `at most ${most}`));
const name = z.string().check(z.regex(/^[A-Za-z0-9._-]{1,64}$/, "1-64 of letters, digits, . _ -"));
const host = z.string().check(z.regex(/^[A-Za-z0-9.:_-]{1,253}$/, "a host name or an address"));
const url = z.string().check(
  z.maxLength(1000, "at most 1000 letters"),
  z.refine((text) => /^https?:/.test(text) && URL.canParse(text), "an http:// or https:// address"),
);
const day = 24 * 3600 * 1000;

const isLoopback = (host: string): boolean => /^(localhost|\[::1\]|127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/.test(host);

/** Where an agent connects to. Without TLS only on the machine itself: its password would travel in the open. */
function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "" || hostname === "") return false;
  return protocol === "wss:" || (protocol === "ws:" && isLoopback(hostname));
}
const address = z
  .string()
  .check(
    z.maxLength(1000, "at most 1000 letters"),
    z.refine(isAddress, "a wss:// address, such as wss://lamps.example/mqtt (ws:// only on the device itself)"),
  );

const probe = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ name, kind: z.literal("dns"), lookup: host, resolver: z.optional(host) }),
    z.strictObject({ name, kind: z.literal("tcp"), host, port: whole(1, 65_535) }),
    z.strictObject({ name, kind: z.literal("http"), url, expectStatus: z._default(whole(100, 599), 200) }),
    z.strictObject({
      name,
      kind: z.literal("portal"),
      url,
      contains: z.string().check(z.minLength(1), z.maxLength(200)),
    }),
    z.strictObject({ name, kind: z.literal("icmp"), host, count: z._default(whole(1, 20), 3) }),
  ],
  "the kind is dns, tcp, http, portal or icmp",
);
export type ProbeSettings = z.infer<typeof probe>;

/** One series a name. */
const namedOnce = z.check<ProbeSettings[]>((payload) => {
  const names = payload.value.map((one) => one.name);
  const twice = names.find((one, i) => names.indexOf(one) !== i);
  if (twice === undefined) return;
  const message = `two are named ${twice}, names are used once`;
  payload.issues.push({ code: "custom", message, input: payload.value, path: [] });
});
const probes = z.array(probe).check(z.maxLength(32, "at most 32 probes"), namedOnce);

const optional = z.optional;
const enabled = optional(z.boolean("true or false"));

/** What an agent can be told: by its own file, and over that by the configuration that is pushed, key by key. Every key
 *  may be absent; `agentDefaults` says what holds then. */
export const agentSettings = z.strictObject({
  /** Between two rounds of measuring. */
  intervalMs: optional(whole(1000, 3_600_000)),
  /** Where to connect to from now on; absent: where it was enrolled. */
  controller: optional(address),
  link: optional(
    z.strictObject({
      /** How fast what was kept through an outage is sent, behind what is new. */
      backlogBytesPerSecond: optional(whole(1024, 16 * 1024 * 1024)),
    }),
  ),
  collectors: optional(
    z.strictObject({
      system: optional(z.strictObject({ enabled })),
      /** `ignore`: names of interfaces, or beginnings that end in "*". */
      interface: optional(
        z.strictObject({
          enabled,
          ignore: optional(z.array(z.string().check(z.maxLength(64))).check(z.maxLength(64))),
        }),
      ),
      /** `probes` absent: only what the agent needs itself, which is the controller. */
      probe: optional(z.strictObject({ enabled, intervalMs: optional(whole(1000, day)), probes: optional(probes) })),
      radio: optional(z.strictObject({ enabled })),
      environment: optional(z.strictObject({ enabled })),
      topology: optional(z.strictObject({ enabled })),
    }),
  ),
});

export const agentDefaults = {
  intervalMs: 10_000,
  controller: undefined as string | undefined,
  link: { backlogBytesPerSecond: 128 * 1024 },
  collectors: {
    system: { enabled: true },
    interface: { enabled: true, ignore: [] as string[] },
    probe: { enabled: true, intervalMs: 60_000, probes: undefined as ProbeSettings[] | undefined },
    radio: { enabled: true },
    environment: { enabled: true },
    topology: { enabled: true },
  },
};
/** With every gap filled. */
export type AgentSettings = typeof agentDefaults;
