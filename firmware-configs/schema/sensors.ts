import { z } from "zod";
import { catalogue } from "#wire";
import { flag, key, text, unique, whole } from "./values.ts";

const fields = Object.keys(catalogue.environment.fields) as [string, ...string[]];
const number = z.number("a number").min(-1_000_000, "at least -1000000").max(1_000_000, "at most 1000000");

/** One value of one sensor, by name. */
export const sensors = unique(
  z.strictObject({
    name: text(64)
      .regex(/^[^\s]{1,64}$/, "no blanks")
      .meta({ description: "as the device names the sensor" }),
    field: z.enum(fields, `one of ${fields.join(", ")}`).meta({ description: "what it measures" }),
    enabled: key(flag, "it is read", { default: true }),
    interval_seconds: key(whole(1, 86_400), "between two readings", { unit: "s", default: "that of the agent" }),
    calibration: z
      .strictObject({
        factor: key(number, "what is read is multiplied with this", { default: 1 }),
        offset: key(number, "and then this is added, in the unit of the field", { default: 0 }),
      })
      .refine(({ factor }) => factor !== 0, { error: "a factor of 0 would hide what is read", path: ["factor"] })
      .optional(),
    thresholds: z
      .strictObject({
        below: key(number, "told when it is less"),
        above: key(number, "told when it is more"),
      })
      .refine(({ below, above }) => below === undefined || above === undefined || below < above, {
        error: "below has to be less than above",
        path: ["below"],
      })
      .optional(),
  }),
  64,
).refine((all) => new Set(all.map(({ name, field }) => `${name} ${field}`)).size === all.length, "one is there twice");
