import * as z from "zod";
import { type DurationText, duration } from "./duration.ts";
import { definitionOf, measurements } from "./measurements.ts";

/** How a window of a field becomes one number.
 *  rate: a counter's rise per second · increase: its rise · falls: how often the value fell (a restart, for an uptime)
 *  unchanged: seconds since it last was another. */
export const functions = ["last", "mean", "min", "max", "count", "rate", "increase", "falls", "unchanged"] as const;
export type WindowFunction = (typeof functions)[number];

export const ruleLimits = {
  rules: 200,
  nameChars: 64,
  textChars: 500,
  scopeEntries: 500,
  /** Longest window: what a rule may keep of a series in memory. */
  windowMs: 6 * 3_600_000,
  /** Samples that are kept of one series; of a longer window the oldest go. */
  samplesOfSeries: 400,
  holdMs: 7 * 86_400_000,
  /** Of m of n. */
  dutySamples: 30,
} as const;

const fieldName = z
  .string()
  .describe("measurement.field of the catalogue, such as system.cpu_percent")
  .superRefine((text, context) => {
    const [m = "", field = ""] = text.split(".");
    const definition = definitionOf(m);
    if (!definition) {
      context.addIssue({
        code: "custom",
        message: `found "${m}"; allowed: a measurement: ${Object.keys(measurements).join(", ")}`,
      });
    } else if (!Object.hasOwn(definition.fields, field)) {
      const allowed = Object.keys(definition.fields).map((name) => `${m}.${name}`);
      context.addIssue({ code: "custom", message: `found "${text}"; allowed: ${allowed.join(", ")}` });
    } else if (definition.fields[field]?.type !== "number") {
      context.addIssue({ code: "custom", message: `${text} is text; a rule looks at numbers` });
    }
  });

const windowMs = duration({ least: 1_000, most: ruleLimits.windowMs });
const holdMs = duration({ least: 0, most: ruleLimits.holdMs });

/** One number of a series. */
export const term = z
  .strictObject({
    field: fieldName,
    fn: z.enum(functions).default("last").describe("how the window becomes one number"),
    window: windowMs.optional().describe("how far back it looks; needed by every function but last and unchanged"),
  })
  .refine(({ fn, window }) => fn === "last" || fn === "unchanged" || window !== undefined, {
    message: "this function needs a window, such as 10m",
    path: ["window"],
  });
export type Term = z.infer<typeof term>;

const threshold = z
  .strictObject({ above: z.number().optional(), below: z.number().optional() })
  .refine(({ above, below }) => (above === undefined) !== (below === undefined), {
    message: "either above or below",
  });
export type Threshold = z.infer<typeof threshold>;

export const severities = ["critical", "major", "warning", "info"] as const;

const names = (what: string) =>
  z.array(z.string().min(1).max(128)).max(ruleLimits.scopeEntries).optional().describe(what);

/** Which devices: all that fit every list given. */
export const scope = z.strictObject({
  sites: names("ids of sites"),
  devices: names("ids of devices"),
  tags: names("a device has one of these tags"),
  profiles: names("hardware profiles"),
  kinds: names("access-point, gateway, sensor or controller"),
});
export type Scope = z.infer<typeof scope>;

/** A rule as people write it, in YAML and over the API. */
export const rule = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,63}$/, "a-z 0-9 _ expected, up to 64")
      .refine((id) => !reserved.has(id), "this name is taken by the program itself"),
    title: z.string().min(1).max(ruleLimits.nameChars).describe("what is wrong, in a few words: Radio is crowded"),
    enabled: z.boolean().default(true),
    scope: scope.default({}),
    value: term.describe("what is looked at"),
    divideBy: term.optional().describe("the value is a share of this: 100 × value ÷ divideBy, in percent"),
    series: z
      .record(z.string().max(64), z.string().max(128))
      .optional()
      .describe("only series with these tags; else each series of a device is looked at by itself"),
    usual: z
      .strictObject({
        weeks: z.number().int().min(2).max(12).default(4),
        atLeast: z
          .number()
          .optional()
          .describe("only while the usual value of this hour of the week is at least so much"),
        factor: z.boolean().default(false).describe("the value is divided by the usual one: 3 is three times as much"),
      })
      .optional()
      .describe("the median of this hour of the week, over the weeks before"),
    raise: threshold.describe("bad when the value is beyond this"),
    clear: threshold.optional().describe("good again when the value is beyond this; absent: when it is not bad"),
    for: holdMs.default("0s" as DurationText).describe("bad for so long before it counts"),
    clearFor: holdMs.default("0s" as DurationText).describe("good for so long before it is over"),
    samples: z.number().int().min(1).max(1_000).default(1).describe("so many bad samples at least"),
    duty: z
      .strictObject({
        bad: z.number().int().min(1).max(ruleLimits.dutySamples),
        of: z.number().int().min(1).max(ruleLimits.dutySamples),
      })
      .refine(({ bad, of }) => bad <= of, { message: "bad is at most of", path: ["bad"] })
      .optional()
      .describe("m of n: bad when so many of the last samples are, for what never stays bad"),
    severity: z.enum(severities),
    runbook: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional()
      .describe("what to do about it"),
    help: z.string().max(ruleLimits.textChars).optional(),
  })
  .superRefine((made, context) => {
    const { raise, clear } = made;
    if (clear && (clear.above === undefined) === (raise.above === undefined)) {
      context.addIssue({ code: "custom", path: ["clear"], message: "the other side of raise: above beside below" });
    } else if (clear && overlaps(raise, clear)) {
      context.addIssue({ code: "custom", path: ["clear"], message: "raise and clear overlap: it would be both" });
    }
    // What is usual is the median of hourly means, or of a counter's rise per second.
    if (made.usual && (made.divideBy || !comparable.has(made.value.fn)))
      context.addIssue({
        code: "custom",
        path: ["usual"],
        message: `allowed: a value of ${[...comparable].join(", ")}`,
      });
    const fields = [made.value, made.divideBy].flatMap((one) => (one ? [one.field.split(".")[0]] : []));
    if (new Set(fields).size > 1)
      context.addIssue({ code: "custom", path: ["divideBy"], message: "of the same measurement as value" });
  });
export type Rule = z.infer<typeof rule>;
export type RuleText = z.input<typeof rule>;

const comparable: ReadonlySet<WindowFunction> = new Set(["last", "mean", "min", "max", "rate"]);

const overlaps = (raise: Threshold, clear: Threshold): boolean =>
  raise.above !== undefined ? (clear.below ?? 0) > raise.above : (clear.above ?? 0) < (raise.below ?? 0);

/** What the controller finds by itself, without a rule; and the page on which one is made. */
export const reserved: ReadonlySet<string> = new Set([
  "controller_blind",
  "cannot_store",
  "site_unreachable",
  "device_down",
  "agent_down",
  "new",
]);
