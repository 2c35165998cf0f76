import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";
import type { Context } from "hono";
import { SettingsError } from "../base/errors.ts";
import { hashOf } from "../base/ids.ts";
import type { Env } from "./context.ts";
import { httpLimits } from "./limits.ts";

export interface StaticFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** null where it would not get shorter. */
  gzip: Uint8Array<ArrayBuffer> | null;
  type: string;
  etag: string;
}

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".cjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

/** Every file below a folder, in memory by its path ("/assets/x.js"): what is not in the map is not served, so no path
 *  leads out of the folder. Throws SettingsError when it is not there. */
export function readFolder(folder: string): ReadonlyMap<string, StaticFile> {
  const names = orSettings(folder, () => readdirSync(folder, { recursive: true, encoding: "utf8" }));
  const files = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
  return new Map(files.map((path) => [`/${relative(folder, path).split(sep).join("/")}`, readStatic(path)]));
}

/** One file. Throws SettingsError when it is not there or too large to keep in memory. */
export function readStatic(path: string): StaticFile {
  const { size } = orSettings(path, () => statSync(path));
  if (size > httpLimits.fileBytes)
    throw new SettingsError("(installation)", `"${path}" of ${size} bytes`, `at most ${httpLimits.fileBytes} bytes`);
  const bytes = new Uint8Array(readFileSync(path));
  const packed = new Uint8Array(gzipSync(bytes));
  const etag = `"${hashOf(bytes).slice(0, 22)}"`;
  const type = types[extname(path)] ?? "application/octet-stream";
  return { bytes, gzip: packed.length < bytes.length * 0.9 ? packed : null, type, etag };
}

function orSettings<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new SettingsError("(installation)", `"${path}" (${why})`, "the files of the build: run npm run build");
  }
}

/** Files under /assets/ carry a hash in their name and never change. */
export function serveFile(c: Context<Env>, path: string, file: StaticFile): Response {
  c.header("etag", file.etag);
  c.header("vary", "accept-encoding");
  c.header("cache-control", path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  if (c.req.header("if-none-match") === file.etag) return c.body(null, 304);
  c.header("content-type", file.type);
  const packed = file.gzip !== null && /\bgzip\b/.test(c.req.header("accept-encoding") ?? "");
  if (packed) c.header("content-encoding", "gzip");
  return c.body(packed && file.gzip ? file.gzip : file.bytes, 200);
}
