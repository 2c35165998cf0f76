import * as z from "zod/mini";
import { limits } from "../limits.ts";
import { configState, count, hash, instant, revision, session, text, version } from "./parts.ts";

export const configProblem = z.object({ path: text(), message: text() });

export const configReported = z.object({
  v: version,
  revision,
  hash,
  state: configState,
  attempt: count,
  session,
  cause: z.optional(z.enum(["unconfirmed", "power", "probe-failed", "check-failed", "signature"])),
  problems: z.array(configProblem).check(z.maxLength(limits.configProblems)),
  drift: z.optional(z.array(z.object({ path: text(), hash })).check(z.maxLength(limits.configDrift))),
  at: instant,
});

export const firmwareReported = z.object({
  v: version,
  version: text(128),
  state: z.enum(["downloading", "verified", "installing", "trying", "confirmed", "reverted", "refused"]),
  percent: z.optional(z.number().check(z.gte(0), z.lte(100))),
  problem: z.optional(text()),
  at: instant,
});

/** Kept and re-sent until `delivered` names the command. */
export const commandResult = z.object({
  v: version,
  state: z.enum(["accepted", "running", "done", "failed", "refused"]),
  output: z.optional(text(32 * 1024)),
  at: instant,
});
