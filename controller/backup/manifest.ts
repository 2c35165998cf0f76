import { createHash } from "node:crypto";
import { createReadStream, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const file = z.object({ name: z.enum(["records.db", "series.db"]), bytes: z.int(), sha256: z.string() });

const manifest = z.object({
  v: z.literal(1),
  /** Of Lamplighter. */
  version: z.string(),
  /** When the records were read; series were read after, so that the ledger never claims more than they hold. */
  at: z.int(),
  store: z.enum(["embedded", "influx"]),
  files: z
    .array(file)
    .max(2)
    .refine((files) => files.some(({ name }) => name === "records.db"), "records.db is missing"),
  /** In keys.sealed, which may be kept elsewhere. */
  keys: z.array(z.string()),
});
export type Manifest = z.infer<typeof manifest>;

export const manifestName = "backup.json";
export const keysName = "keys.sealed";

/** Largest description and file of keys that is read. */
const mostBytes = 256 * 1024;

/** Text of a small file of a backup. null: it is not there, or no such file. */
export function readSmall(path: string): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() && found.size <= mostBytes ? readFileSync(path, "utf8") : null;
}

/** Throws a sentence when the folder is no backup, or one by a newer program. */
export function readManifest(folder: string): Manifest {
  const text = readSmall(join(folder, manifestName));
  if (text === null)
    throw new Error(`"${folder}" is no backup: it has no ${manifestName} (one that was cut off has none either)`);
  const parsed = manifest.safeParse(jsonOf(text));
  if (!parsed.success) throw new Error(`${manifestName}: ${z.prettifyError(parsed.error).replaceAll("\n", " ")}`);
  return parsed.data;
}

/** What is no JSON fails the schema that follows. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Bytes and SHA-256 of a file, read once. */
export async function describeFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const found = lstatSync(path);
  // To read from a pipe would wait for ever.
  if (!found.isFile()) throw new Error(`"${path}" is no file`);
  const hash = createHash("sha256");
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return { bytes: found.size, sha256: hash.digest("hex") };
}
