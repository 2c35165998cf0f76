import * as z from "zod/mini";
import { limits } from "../limits.ts";
import {
  bootId,
  clockState,
  count,
  deviceId,
  durationMs,
  instant,
  sequence,
  sequenceRange,
  session,
  text,
  version,
} from "./parts.ts";

const name = z.string().check(z.regex(/^[a-z][a-z0-9_]{0,63}$/, "1-64 of a-z 0-9 _, a letter first"));
const fieldValue = z.union([z.number(), text()]);

/** One point: measurement, time, tags, fields; `of` names a device reached via the sender. */
export const point = z.object({
  m: name,
  at: instant,
  t: z.optional(
    z.record(name, text()).check(z.refine((t) => Object.keys(t).length <= limits.tags, `at most ${limits.tags} tags`)),
  ),
  f: z.record(name, fieldValue).check(
    z.refine((f) => {
      const n = Object.keys(f).length;
      return n >= 1 && n <= limits.fields;
    }, `1-${limits.fields} fields`),
  ),
  of: z.optional(deviceId),
});

const envelope = {
  v: version,
  boot: bootId,
  session,
  seq: sequence,
  at: instant,
  upMs: durationMs,
  clock: clockState,
  /** Points made in this boot up to and with this batch. */
  total: count,
};

const replaces = z.optional(z.array(sequenceRange).check(z.maxLength(limits.replacedRanges)));

/** As an agent writes it. */
export const telemetry = z.object({
  ...envelope,
  replaces,
  points: z.array(point).check(z.minLength(1), z.maxLength(limits.batchPoints)),
});

/** As the controller reads it: points are judged one by one by the catalogue, so that one bad point
 *  cannot take its neighbours with it. */
export const telemetryEnvelope = z.object({
  ...envelope,
  replaces,
  points: z.array(z.unknown()).check(z.minLength(1), z.maxLength(limits.batchPoints)),
});

/** The least that a batch must say to be quarantined by its name; less ends the session. */
export const sequenceOnly = z.object({ boot: bootId, seq: sequence });

export const severity = z.enum(["info", "warning", "error"]);
const eventKind = z.string().check(z.regex(/^[a-z][a-z0-9-]{0,63}$/, "1-64 of a-z 0-9 -"));

/** Shares `seq` with telemetry and counts as one in `total`; stored in records. */
export const event = z.object({ ...envelope, kind: eventKind, severity, detail: z.record(z.string(), z.unknown()) });

/** `detail` of the events that the ledger reads. */
export const spoolDropped = z.object({
  boot: bootId,
  from: sequence,
  /** Points of each sequence from `from` on. */
  points: z.array(count.check(z.lte(limits.batchPoints))).check(z.minLength(1), z.maxLength(limits.droppedSequences)),
  /** Points made in that boot before `from`. */
  before: z.optional(count),
  why: z.enum(["full", "thinned", "age", "unreadable"]),
});
export const tailLost = z.object({ boot: bootId, afterSeq: z.int().check(z.gte(0)), atMostMs: durationMs });
