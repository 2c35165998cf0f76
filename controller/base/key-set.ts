import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { limits } from "#wire";
import { notFound, Problem } from "./errors.ts";
import { hashOf } from "./ids.ts";
import { readOrMake, writePrivate } from "./keys.ts";

/** A content key, and the versions of the key set that hold it: `since` and up to, without, `until`. */
export interface ContentKey {
  private: KeyObject;
  since: number;
  until: number | null;
}

/** The content keys that were ever made here. A retired one is kept: devices that were away trust nothing newer. */
export interface ContentKeys {
  version: number;
  content: readonly ContentKey[];
}

/** In one set: one place is the online key's. */
export const mostContentKeys = limits.keysInSet - 1;
/** Ever made. */
export const mostKeysKept = 64;

const name = "key-set.json";
const version = z.int().min(1).max(1_000_000);
const schema = z
  .strictObject({
    v: z.literal(1),
    version,
    content: z
      .array(
        z.strictObject({
          file: z.string().regex(/^content(-[0-9]{1,7})?\.pem$/),
          since: version,
          until: version.nullable(),
        }),
      )
      .min(1)
      .max(mostKeysKept),
  })
  .refine(({ version: newest, content }) => content.every((one) => Math.max(one.since, one.until ?? 1) <= newest), {
    path: ["content"],
    message: "no key may come or go after the newest version",
  })
  .refine(({ content }) => inUse(content).length > 0, { path: ["content"], message: "at least one key in use" });
type Kept = z.infer<typeof schema>;

/** Of these, what the set holds at that version; absent: now. */
export const inUse = <T extends { since: number; until: number | null }>(keys: readonly T[], at?: number): T[] =>
  keys.filter(({ since, until }) =>
    at === undefined ? until === null : since <= at && (until === null || at < until),
  );

/** What is kept in `folder`; one key is made at the first start. Throws on a file that is missing, or is none. */
export function openContentKeys(folder: string): ContentKeys {
  const kept = read(folder);
  if (kept === null) {
    const file = join(folder, first.content[0]?.file ?? "");
    return { version: 1, content: [{ private: privateKey(file, readOrMake(file, fresh)), since: 1, until: null }] };
  }
  const content = kept.content.map(({ file, since, until }) => {
    const path = join(folder, file);
    return { private: privateKey(path, readFileSync(path, "utf8")), since, until };
  });
  return { version: kept.version, content };
}

/** One more content key, from the next version on. The folder is the caller's alone meanwhile.
 *  @returns its id */
export function addContentKey(folder: string): string {
  const kept = read(folder) ?? first;
  openContentKeys(folder);
  if (inUse(kept.content).length >= mostContentKeys)
    throw new Problem("conflict", "keys-full", `a key set holds at most ${mostContentKeys} content keys: retire one`);
  if (kept.content.length >= mostKeysKept)
    throw new Problem("conflict", "keys-full", `at most ${mostKeysKept} content keys are kept`);
  const next = kept.version + 1;
  const file = `content-${next}.pem`;
  // A crash may have left it, without a word in the set: then it is used now.
  const key = privateKey(join(folder, file), readOrMake(join(folder, file), fresh));
  write(folder, { ...kept, version: next, content: [...kept.content, { file, since: next, until: null }] });
  return describeKey(key).id;
}

/** Devices believe it no more once they have the next version. The folder is the caller's alone meanwhile. */
export function retireContentKey(folder: string, id: string): void {
  const kept = read(folder) ?? first;
  const { content } = openContentKeys(folder);
  const at = content.findIndex((one) => one.until === null && describeKey(one.private).id === id);
  if (at < 0) throw notFound("content key in use", id);
  if (inUse(content).length === 1)
    throw new Problem("conflict", "last-key", "it is the only content key: add another one first");
  const until = kept.version + 1;
  write(folder, {
    ...kept,
    version: until,
    content: kept.content.map((one, i) => (i === at ? { ...one, until } : one)),
  });
}

/** base64url of the raw 32 bytes, and the id: the first 16 letters of its SHA-256. */
export function describeKey(key: KeyObject): { id: string; key: string } {
  const raw = createPublicKey(key).export({ format: "jwk" }).x ?? "";
  return { id: hashOf(Buffer.from(raw, "base64url")).slice(0, 16), key: raw };
}

const first: Kept = { v: 1, version: 1, content: [{ file: "content.pem", since: 1, until: null }] };

const fresh = (): string =>
  generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string;

function privateKey(file: string, pem: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== "ed25519") throw new Error(`${file}: ed25519 private key expected`);
  return key;
}

function read(folder: string): Kept | null {
  const path = join(folder, name);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${path}: not JSON`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${path}: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** All or nothing, also across a power cut. */
function write(folder: string, kept: Kept): void {
  const beside = join(folder, `${name}.new`);
  rmSync(beside, { force: true });
  writePrivate(beside, `${JSON.stringify(schema.parse(kept))}\n`);
  renameSync(beside, join(folder, name));
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
