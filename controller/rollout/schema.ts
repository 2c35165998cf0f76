import { z } from "zod";
import { rolloutLimits as bounds } from "./limits.ts";

const percent = z.number().min(0).max(100);
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day, such as 01:30");

/** How far a wave goes, counted from the first device: so many devices, or a share of all. */
const wave = z.union([
  z.strictObject({ devices: z.int().min(1).max(bounds.devices) }),
  z.strictObject({ percent: percent.min(0.1) }),
]);

/** How a change goes out to many. Every key has a default: `{}` is a careful rollout. */
export const rolloutSettings = z.strictObject({
  waves: z
    .array(wave)
    .min(1)
    .max(bounds.waves)
    .default([{ devices: 1 }, { percent: 10 }, { percent: 50 }, { percent: 100 }])
    .describe("How far each wave goes, counted from the first device. The first is the canary; the last reaches all."),
  atOnce: z
    .int()
    .min(1)
    .max(bounds.atOnce.most)
    .default(bounds.atOnce.usual)
    .describe("Devices that are on their way at once."),
  deadlineMs: z
    .int()
    .min(bounds.deadlineMs.least)
    .max(bounds.deadlineMs.most)
    .default(bounds.deadlineMs.usual)
    .describe("A device without a word for so long after its push has failed."),
  gate: z
    .strictObject({
      soakMs: z.int().min(0).max(bounds.soakMs.most).default(bounds.soakMs.usual),
      successPercent: percent.default(95),
      minimumSample: z.int().min(0).max(bounds.devices).default(1),
    })
    .prefault({})
    .describe("What a wave has to show before the next begins: for how long, how many of a hundred, of how many."),
  abort: z
    .strictObject({
      failures: z.int().min(1).max(bounds.devices).default(3),
      percent: percent.min(0.1).optional(),
    })
    .prefault({})
    .describe("So many failures, or such a share of those that have an outcome, stop it at once."),
  onHalt: z
    .enum(["stop", "return"])
    .default("stop")
    .describe("What becomes of devices that already took the change when it stops by itself."),
  window: z
    .strictObject({
      days: z.array(z.int().min(1).max(7)).min(1).max(7).default([1, 2, 3, 4, 5, 6, 7]),
      from: clockTime,
      to: clockTime,
    })
    .optional()
    .describe("Only at these hours of the site's own clocks; days are 1 (Monday) to 7, by when the night begins."),
  apart: z
    .enum(["site", "neighbours", "none"])
    .default("site")
    .describe("Access points that are never changed at once: those of a site, or those within `apartMetres`."),
  apartMetres: z.int().min(1).max(5_000).default(150),
  busyAbove: z
    .int()
    .min(0)
    .optional()
    .describe("Not while more devices than these are usually on at this hour of the week."),
  compare: z.boolean().default(true).describe("Halt when touched devices get worse than untouched ones."),
  patienceMs: z
    .int()
    .min(bounds.patienceMs.least)
    .max(bounds.patienceMs.most)
    .default(bounds.patienceMs.usual)
    .describe("How long it waits for devices that are away."),
});
export type RolloutSettings = z.infer<typeof rolloutSettings>;
