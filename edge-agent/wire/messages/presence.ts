import * as z from "zod/mini";
import { limits } from "../limits.ts";
import {
  bootId,
  clockState,
  configSummary,
  count,
  durationMs,
  instant,
  lastSequence,
  session,
  spoolState,
  text,
  version,
} from "./parts.ts";

/** A boot that ended with batches still on the device. */
export const unfinishedBoot = z.object({ boot: bootId, lastSeq: lastSequence, total: count });

export const birth = z.object({
  v: version,
  online: z.literal(true),
  boot: bootId,
  session,
  at: instant,
  upMs: durationMs,
  clock: clockState,
  agent: text(64),
  hardware: z.object({ model: text(128), serial: text(128) }),
  firmware: text(128),
  intervalMs: durationMs,
  config: configSummary,
  /** Of the key set that it checks signatures with. Agents up to 0.1.0 don't say. */
  keySetVersion: z.optional(count),
  seq: lastSequence,
  total: count,
  unfinished: z.array(unfinishedBoot).check(z.maxLength(limits.unfinishedBoots)),
  spool: spoolState,
});

/** Left with the broker at connect; counts only if boot and session are the current ones. */
export const will = z.object({ v: version, online: z.literal(false), boot: bootId, session });

export const cleanStop = z.object({
  v: version,
  online: z.literal(false),
  boot: bootId,
  session,
  at: instant,
  reason: z.enum(["stopped", "sleeping"]),
  wakeInMs: z.optional(durationMs),
});

/** Order matters: a clean stop is a will that says more. */
export const presence = z.union([birth, cleanStop, will]);

export const heartbeat = z.object({
  v: version,
  boot: bootId,
  session,
  at: instant,
  seq: lastSequence,
  total: count,
  config: configSummary,
  spool: spoolState,
});
