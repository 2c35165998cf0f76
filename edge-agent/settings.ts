import * as z from "zod/mini";
import { type AgentSettings, agentDefaults, agentSettings, check, mergePatch, problemsIn } from "#wire";

const whole = (least: number, most: number) =>
  z
    .int(`a whole number from ${least} to ${most}`)
    .check(z.gte(least, `at least ${least}`), z.lte(most, `at most ${most}`));
const name = z.string().check(z.regex(/^[A-Za-z0-9._-]{1,64}$/, "1-64 of letters, digits, . _ -"));
const path = z.string().check(z.maxLength(255), z.regex(/^\/([^/\0]+\/)*$/, "a folder, such as /etc/hostapd/"));
const program = z.array(z.string().check(z.maxLength(255))).check(z.minLength(1), z.maxLength(16));
const hooks = z.array(z.strictObject({ under: path, run: program })).check(z.maxLength(32, "at most 32 programs"));
const day = 24 * 3600 * 1000;

/** What only the device's own file says, beside what can also be pushed (`agentSettings` of the wire). */
const schema = z.extend(agentSettings, {
  /** How long a batch may be in memory only: what a power cut can cost. */
  flushMs: z._default(whole(100, 60_000), 5_000),
  hardware: z.prefault(z.strictObject({ model: z.optional(name), serial: z.optional(name) }), {}),
  spool: z.prefault(
    z.strictObject({
      maxBytes: z._default(whole(1024 * 1024, 1024 * 1024 * 1024), 32 * 1024 * 1024),
      maxAgeMs: z._default(whole(60_000, 60 * day), 10 * day),
    }),
    {},
  ),
  /** Files of the device that may be pushed, by folder; none: it takes none. */
  files: z.prefault(
    z.strictObject({
      folders: z._default(z.array(path).check(z.maxLength(32, "at most 32 folders")), []),
      /** Whether a file is right, before it is tried: "{}" is where to find it. */
      check: z._default(hooks, []),
      /** What makes a changed file count. */
      reload: z._default(hooks, []),
    }),
    {},
  ),
});

type Local = Pick<z.infer<typeof schema>, "flushMs" | "hardware" | "spool" | "files">;
export type Settings = AgentSettings & Local;

/** Defaults, and over them what a configuration file says. A wrong or unknown key throws a sentence that names it. */
export function readSettings(value: unknown): Settings {
  const checked = check(schema, value);
  if (checked.ok) return mergePatch(agentDefaults, checked.message) as Settings;
  const first = problemsIn(schema, value)[0];
  throw new Error(first?.message.startsWith("there is no") ? `${first.path}: ${first.message}` : checked.problem);
}
