import { z } from "zod";
import { invalid } from "../base/errors.ts";
import { httpLimits } from "./limits.ts";

/** Of every list. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(httpLimits.pageItems))
    .optional(),
  cursor: z.string().max(1_024).optional(),
};

export interface Page<T> {
  items: T[];
  /** For the next page; null: this was the last. */
  next: string | null;
}

export const pageOf = <S extends z.ZodType>(item: S) => z.object({ items: z.array(item), next: z.string().nullable() });

/** A page of a list that is sorted by `keyOf`, from the cursor on. */
export function pageOfList<T>(
  list: readonly T[],
  asked: { limit?: number | undefined; cursor?: string | undefined },
  keyOf: (item: T) => readonly string[],
): Page<T> {
  const limit = asked.limit ?? httpLimits.pageItemsUsual;
  const after = asked.cursor === undefined ? null : decode(asked.cursor);
  const start = after === null ? 0 : list.findIndex((item) => isAfter(keyOf(item), after));
  const items = start < 0 ? [] : list.slice(start, start + limit);
  const last = items.at(-1);
  const more = last !== undefined && start + limit < list.length;
  return { items, next: more ? encode(keyOf(last)) : null };
}

/** Rows newest first, of which one more than `limit` were asked for. */
export function pageOfRows<T extends { id: number }>(rows: readonly T[], limit: number): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? encode([String(last.id)]) : null };
}

/** The id in a cursor of `pageOfRows`. */
export function rowCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const [id = ""] = decode(cursor);
  if (!/^\d{1,15}$/.test(id)) throw badCursor();
  return Number(id);
}

/** Rows in their order, of which one more than `limit` were asked for. */
export function pageOfKeys<T>(rows: readonly T[], limit: number, keyOf: (row: T) => readonly string[]): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? encode(keyOf(last)) : null };
}

/** The key in a cursor of `pageOfKeys`, of so many parts. */
export function keyCursor(cursor: string | undefined, parts: number): string[] | undefined {
  if (cursor === undefined) return undefined;
  const key = decode(cursor);
  if (key.length !== parts) throw badCursor();
  return key;
}

function isAfter(key: readonly string[], after: readonly string[]): boolean {
  for (const [i, part] of key.entries()) {
    const other = after[i] ?? "";
    if (part !== other) return part > other;
  }
  return false;
}

const encode = (key: readonly string[]): string => Buffer.from(JSON.stringify(key)).toString("base64url");

function decode(cursor: string): string[] {
  try {
    const key = z
      .array(z.string())
      .max(4)
      .safeParse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    if (key.success) return key.data;
  } catch {
    // falls through: not JSON
  }
  throw badCursor();
}

const badCursor = () =>
  invalid("this cursor is not one of ours", [{ path: "cursor", message: 'the "next" of a page before' }]);
