import * as z from "zod";
import { isTimeZone } from "../../base/zone.ts";
import { severities } from "../rules/schema.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

export const escalationLimits = {
  steps: 10,
  channels: 20,
  weeks: 52,
  leastMs: minuteMs,
  /** From the beginning to the last step, and from that to the next round. */
  mostMs: 7 * dayMs,
  againLeastMs: 5 * minuteMs,
  whoChars: 64,
} as const;
const { leastMs, mostMs } = escalationLimits;

const channels = z.array(z.string().min(1).max(64)).max(escalationLimits.channels);

const step = z
  .strictObject({
    afterMs: z.int().min(0).max(mostMs).describe("from when it is told; the first at once: 0"),
    channels: channels.default([]).describe("ids of channels"),
    rota: z.boolean().default(false).describe("also whose week it is"),
    repeatEveryMs: z.int().min(leastMs).max(mostMs).nullable().default(null).describe("told again until the next step"),
  })
  .refine((one) => one.channels.length > 0 || one.rota, {
    path: ["channels"],
    message: "somebody: channels, or the rota",
  });

const rota = z.strictObject({
  timeZone: z.string().max(64).refine(isTimeZone, "an IANA time zone, such as Europe/London"),
  from: z
    .string()
    .regex(/^20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d$/, "a day and time of the zone's clocks, such as 2026-06-01T09:00")
    .refine((text) => new Date(Date.parse(`${text}Z`) || 0).toISOString().startsWith(text), "no such day or time")
    .describe("the first week begins then"),
  weeks: z
    .array(z.strictObject({ who: z.string().trim().min(1).max(escalationLimits.whoChars), channels: channels.min(1) }))
    .min(1)
    .max(escalationLimits.weeks)
    .describe("one after the other, then from the first again"),
});

/** Who is told when. Without steps everybody hears everything at once. */
export const policy = z
  .strictObject({
    severities: z
      .array(z.enum(severities))
      .min(1)
      .max(severities.length)
      .default(["critical", "major"])
      .describe("of others everybody hears at once"),
    steps: z.array(step).max(escalationLimits.steps),
    againAfterMs: z
      .int()
      .min(escalationLimits.againLeastMs)
      .max(mostMs)
      .default(30 * minuteMs)
      .describe("from the last step until all begins anew"),
    rota: rota.nullable().default(null),
  })
  .superRefine(({ steps, rota: is }, context) => {
    const refuse = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path: ["steps", ...path], message });
    for (const [i, one] of steps.entries()) {
      const before = steps[i - 1];
      if (!before && one.afterMs !== 0) refuse([i, "afterMs"], "the first step is at once: 0");
      if (before && one.afterMs < before.afterMs + leastMs)
        refuse([i, "afterMs"], "at least a minute after the step before");
      if (one.rota && is === null) refuse([i, "rota"], "there is no rota");
    }
    const last = steps.at(-1);
    if (last && (last.rota || last.channels.length === 0))
      refuse([steps.length - 1], "the last step is a group's, not one person's: channels, without the rota");
  });
export type PolicyText = z.input<typeof policy>;
