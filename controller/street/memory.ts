import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { randomSecret } from "../base/ids.ts";

const port = z.int().min(0).max(65_535);
const schema = z.object({
  seed: z.int(),
  /** Under which devices enrolled; another one means that they have to ask again. */
  controllerUrl: z.string().max(300),
  /** Ports of the phone: channels keep pointing there. */
  mailPort: port,
  webhookPort: port,
  webhookSecret: z.string().min(16).max(200),
  /** Ids of the town's sites by its keys: people may have given them other names since. */
  sites: z.record(z.string().max(64), z.string().max(64)),
  /** The weeks before the first start, as far as they are still to be written. */
  weeks: z.object({ from: z.int().min(0), until: z.int().min(0) }).optional(),
});
export type Memory = z.infer<typeof schema>;

const fileOf = (dataDir: string): string => join(dataDir, "street.json");

/** What a street remembers from its first start; null: there was none, or it can't be read, which costs nothing but the
 *  seed. */
export function recall(dataDir: string): Memory | null {
  try {
    return schema.parse(JSON.parse(readFileSync(fileOf(dataDir), "utf8")));
  } catch {
    return null;
  }
}

export function remember(dataDir: string, memory: Memory): void {
  mkdirSync(dataDir, { recursive: true });
  const file = fileOf(dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(memory, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export const firstMemory = (seed: number): Memory => ({
  seed,
  controllerUrl: "",
  mailPort: 0,
  webhookPort: 0,
  webhookSecret: randomSecret(),
  sites: {},
});
