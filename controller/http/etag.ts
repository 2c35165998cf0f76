import type { Context } from "hono";
import { invalid } from "../base/errors.ts";
import type { Env } from "./context.ts";

/** Names the version that people edit; live state beside it changes without it. */
export const etagOf = (version: number): string => `"${version}"`;

/** The version that the caller saw (If-Match); undefined when it does not say. */
export function versionSeen(c: Context<Env>): number | undefined {
  const header = c.req.header("if-match");
  if (header === undefined || header.trim() === "*") return undefined;
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(header.trim())?.[1];
  if (version === undefined)
    throw invalid("If-Match is not an ETag of ours", [{ path: "If-Match", message: 'such as "3"' }]);
  return Number(version);
}
