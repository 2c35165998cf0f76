import { join } from "node:path";
import * as z from "zod/mini";
import { check, messages } from "#wire";
import { readOwn, writeWhole } from "./file.ts";
import { newKeyPair, newSecret, randomName } from "./keys.ts";

const rawKey = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/));
const pair = z.object({ public: rawKey, private: rawKey });

/** Everything that a device must never lose, in one file of mode 0600. */
const schema = z.object({
  format: z.literal("lamplighter-agent-1"),
  sign: pair,
  seal: pair,
  /** Used where the hardware has no serial number of its own. */
  madeUpSerial: z.string().check(z.maxLength(64)),
  /** Remembered, so that a new password can be asked for. */
  token: z.optional(messages.enrolmentToken),
  enrolled: z.optional(messages.enrolled),
  /** The device whose data the spool holds; absent: it has none yet. */
  spoolOf: z.optional(messages.deviceId),
  /** The highest signed `issuedAt` seen: what time it is at least. */
  floor: z.int().check(z.gte(0)),
  /** The scrubber's key of one UTC day. */
  pseudonyms: z.optional(z.object({ day: z.string().check(z.maxLength(10)), key: rawKey })),
});
export type Identity = z.infer<typeof schema>;

/** What cannot be mended by the agent: a person must look. */
export class BrokenIdentity extends Error {
  override name = "BrokenIdentity";
}

export interface IdentityFile {
  get(): Identity;
  /** Durable when it resolves. Changes are written one after another. */
  change(part: Partial<Identity>): Promise<void>;
  replace(all: Identity): Promise<void>;
  /** Whatever was asked for is written, or has failed. */
  settled(): Promise<void>;
  /** To flash, in this run. */
  writtenBytes(): number;
}

/** Reads `<dataDir>/identity.json`, or makes it at the first start. Rejects with BrokenIdentity. */
export async function openIdentity(dataDir: string): Promise<IdentityFile> {
  const path = join(dataDir, "identity.json");
  const text = await readOwn(path);
  let current = text === undefined ? fresh() : parse(text, path);
  let written = 0;
  let writing: Promise<void> = text === undefined ? write() : Promise.resolve();
  await writing;

  async function write(): Promise<void> {
    const whole = `${JSON.stringify(current, null, 2)}\n`;
    await writeWhole(path, whole);
    written += Buffer.byteLength(whole);
  }

  const replace = (all: Identity): Promise<void> => {
    current = all;
    // A failed write must not stop the next one; whoever asked for it learns of it.
    writing = writing.then(write, write);
    return writing;
  };
  const settled = (): Promise<void> => writing.catch(() => {});
  const change = (part: Partial<Identity>): Promise<void> => replace({ ...current, ...part });
  return { get: () => current, replace, settled, change, writtenBytes: () => written };
}

const fresh = (): Identity => ({
  format: "lamplighter-agent-1",
  sign: newKeyPair("Ed25519"),
  seal: newKeyPair("X25519"),
  madeUpSerial: `made-up-${randomName(12)}`,
  floor: 0,
});

function parse(text: string, path: string): Identity {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BrokenIdentity(`${path}: not JSON; restore it, or move it away to enrol as a new device`);
  }
  const checked = check(schema, value);
  if (checked.ok) return checked.message;
  throw new BrokenIdentity(`${path}: ${checked.problem}; restore it, or move it away to enrol as a new device`);
}

/** The scrubber's key of that day. The day before's is gone with it: nobody can tell the same phone on two days. */
export function pseudonymKey(file: IdentityFile, day: string): { key: string; saved: Promise<void> } {
  const known = file.get().pseudonyms;
  if (known?.day === day) return { key: known.key, saved: Promise.resolve() };
  const key = newSecret();
  return { key, saved: file.change({ pseudonyms: { day, key } }) };
}
