import { z } from "zod";
import { hoursAt, type ServiceHours, weekdays } from "../registry/index.ts";

export const severities = ["critical", "major", "warning", "info"] as const;
export type Severity = (typeof severities)[number];
/** At once; at once in working hours, else in the digest; in the digest; not at all. */
export const moments = ["now", "hours", "digest", "never"] as const;
export type Moment = (typeof moments)[number];

const moment = z.enum(moments);
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "such as 08:00; 24:00 ends a day");
const timeZone = z
  .string()
  .max(64)
  .refine((zone) => {
    try {
      return new Intl.DateTimeFormat("en-GB", { timeZone: zone }) !== null;
    } catch {
      return false;
    }
  }, "an IANA time zone, such as Europe/London");

/** What one channel is told when, how much of it, and who hears it when it can't be reached. */
export const deliverySchema = z.strictObject({
  when: z.strictObject({ critical: moment, major: moment, warning: moment, info: moment }),
  /** Working hours. */
  hours: z
    .strictObject({ days: z.array(z.enum(weekdays)).max(7), from: time, to: time })
    .refine(({ from, to }) => from < to, { path: ["to"], message: "after the beginning; 24:00 ends a day" })
    .default({ days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "18:00" }),
  digestAt: time.refine((at) => at !== "24:00", "a time of day").default("08:00"),
  timeZone: timeZone.default("Europe/London"),
  perMinute: z.int().min(1).max(600).default(10),
  burst: z.int().min(1).max(600).default(10),
  /** Another channel; null: nobody. */
  fallback: z.string().max(64).nullable().default(null),
});
export type Delivery = z.infer<typeof deliverySchema>;
/** What people may set of it; the rest stays. */
export const deliveryChange = z.strictObject({
  ...Object.fromEntries(Object.entries(deliverySchema.shape).map(([key, one]) => [key, (one as z.ZodType).optional()])),
}) as unknown as z.ZodType<Partial<Delivery>>;

/** People sleep; programs don't. */
export const usualDelivery = (people: boolean): Delivery =>
  deliverySchema.parse({
    when: people
      ? { critical: "now", major: "hours", warning: "digest", info: "digest" }
      : { critical: "now", major: "now", warning: "now", info: "now" },
    ...(people ? {} : { perMinute: 60, burst: 60 }),
  });

/** When a notice of this severity goes to that channel. Pure. */
export function laneOf(
  delivery: Delivery,
  severity: string,
  now: number,
): { lane: "now" | "digest"; at: number } | null {
  const when = delivery.when[severity as Severity] ?? "now";
  if (when === "never") return null;
  if (when === "now" || (when === "hours" && isWorking(delivery, now))) return { lane: "now", at: now };
  return { lane: "digest", at: nextDigest(delivery, now) };
}

const isWorking = ({ hours, timeZone }: Delivery, now: number): boolean =>
  hoursAt(Object.fromEntries(hours.days.map((day) => [day, [[hours.from, hours.to]]])), timeZone, now).open;

/** The next time that the channel's clocks show `digestAt`: after `now`, so that one a minute after the digest waits for
 *  the next day's. */
export function nextDigest({ digestAt, timeZone }: Delivery, now: number): number {
  const [hour = "", minute = ""] = digestAt.split(":");
  const ends = Number(hour) * 60 + Number(minute) + 1;
  const end = `${String(Math.floor(ends / 60)).padStart(2, "0")}:${String(ends % 60).padStart(2, "0")}`;
  // A minute a day: its beginning is what is looked for.
  const minutes = Object.fromEntries(weekdays.map((day) => [day, [[digestAt, end]]])) as ServiceHours;
  const first = hoursAt(minutes, timeZone, now);
  const next = first.open ? hoursAt(minutes, timeZone, first.changesAt ?? now) : first;
  return next.changesAt ?? now;
}
