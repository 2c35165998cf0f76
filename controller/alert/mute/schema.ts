import * as z from "zod";
import { isTimeZone } from "../../base/zone.ts";
import { type Scope, scope } from "../rules/schema.ts";
import { muteLimits } from "./limits.ts";
import { occurrencesOf, problemOf, type Recurring } from "./recurrence.ts";
import { beginningOf } from "./standing.ts";

/** Which devices, and of them which rules. */
const which = {
  scope: scope.default({}).describe("which devices: all that fit every list given"),
  rules: z
    .array(z.string().min(1).max(64))
    .max(muteLimits.rules)
    .default([])
    .describe("ids of rules: only what these find; the only way to hold back what the controller says of itself"),
};
export interface Selector {
  scope: Scope;
  rules: readonly string[];
}

export const isSomething = ({ scope: devices, rules }: Selector): boolean =>
  [...Object.values(devices), rules].some((list) => list !== undefined && list.length > 0);
const nothing =
  "this would be everything; say which: scope.sites, scope.devices, scope.tags, scope.profiles, scope.kinds or rules";
export const selector = z.strictObject(which).refine(isSomething, { message: nothing, path: ["scope"] });

const at = z.int().min(0).describe("ms since 1970 UTC");
const local = z
  .string()
  .regex(/^20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d$/, "a day and time of the zone's clocks, such as 2026-03-29T01:30")
  .refine(
    (text) => new Date(Date.parse(`${text}Z`) || 0).toISOString().startsWith(text),
    "there is no such day or time",
  );

const once = z
  .strictObject({ startAt: at, endAt: at })
  .refine(({ startAt, endAt }) => endAt - startAt >= muteLimits.leastMs && endAt - startAt <= muteLimits.windowMs, {
    path: ["endAt"],
    message: "1 minute to 90 days after the beginning",
  });

const recurring = z
  .strictObject({
    first: local.describe("the first begins then, by the clocks of the time zone"),
    rrule: z
      .string()
      .max(muteLimits.rruleChars)
      .describe("RFC 5545 without DTSTART, such as FREQ=MONTHLY;BYDAY=2TU")
      .superRefine((text, context) => {
        const problem = problemOf(text);
        if (problem !== null) context.addIssue({ code: "custom", message: problem });
      }),
    durationMs: z.int().min(muteLimits.leastMs).max(muteLimits.occurrenceMs),
    timeZone: z.string().max(64).refine(isTimeZone, "an IANA time zone, such as Europe/London"),
  })
  .superRefine((made: Recurring, context) => {
    // What is wrong with a part is said already, and cannot be counted with.
    if (problemOf(made.rrule) !== null || !isTimeZone(made.timeZone) || !local.safeParse(made.first).success) return;
    const most = /COUNT=|UNTIL=/.test(made.rrule) ? muteLimits.occurrences : compared;
    const spans = occurrencesOf(made, beginningOf(made), most);
    const [, count] = /COUNT=(\d+)/.exec(made.rrule) ?? [];
    const ends = /UNTIL=(\d{4})(\d\d)(\d\d)/.exec(made.rrule)?.slice(1).join("-");
    const last = ends === undefined ? 0 : Date.parse(`${ends}Z`);
    if (Number(count) > spans.length || last > Date.parse(`${made.first}Z`) + muteLimits.aheadMs)
      context.addIssue({ code: "custom", path: ["rrule"], message: "it ends within 5 years, or is without an end" });
    if (spans.length === 0) context.addIssue({ code: "custom", path: ["rrule"], message: "this never comes" });
    // By the zone's clocks; the day on which they go forward makes it an hour less.
    const close = spans
      .slice(0, compared)
      .some(({ from }, i) => from + made.durationMs > (spans[i + 1]?.from ?? Infinity) + hourMs);
    if (close)
      context.addIssue({ code: "custom", path: ["durationMs"], message: "it would still last when it comes again" });
  });

const compared = 60;
const hourMs = 3_600_000;

export const when = z.union([once, recurring], {
  error: "either startAt and endAt, or first, rrule, durationMs and timeZone",
});

const why = z
  .string()
  .trim()
  .min(1, "say why: who is not told will ask")
  .max(muteLimits.whyChars)
  .refine((text) => !/\p{Cc}/u.test(text), "no control characters");

export const slaChoices = ["exclude", "count"] as const;
export type Sla = (typeof slaChoices)[number];

const sla = z
  .enum(slaChoices)
  .describe("exclude: its time says nothing of availability · count: it counts like any other");

export const newWindow = z
  .strictObject({ ...which, when, sla: sla.default("exclude"), why })
  .refine(isSomething, { message: nothing, path: ["scope"] });
export type NewWindow = z.infer<typeof newWindow>;
export const windowChange = z.strictObject({
  scope: scope.optional(),
  rules: which.rules.unwrap().optional(),
  when: when.optional(),
  sla: sla.optional(),
  why: why.optional(),
});
export type WindowChange = z.infer<typeof windowChange>;

const endAt = at.describe("when it ends by itself, at most 30 days ahead");
export const newSilence = z
  .strictObject({ ...which, endAt, why })
  .refine(isSomething, { message: nothing, path: ["scope"] });
export type NewSilence = z.infer<typeof newSilence>;
export const silenceChange = z.strictObject({ endAt: endAt.optional(), why: why.optional() });
export type SilenceChange = z.infer<typeof silenceChange>;
