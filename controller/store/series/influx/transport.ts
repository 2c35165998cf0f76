import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { isLoopback } from "../../../base/address.ts";
import type { Clock } from "../../../base/clock.ts";
import { StoreAway } from "../contract.ts";
import { NeedsPerson } from "../readiness.ts";

export const transportLimits = {
  /** An answer to a write or ping is read up to here. */
  answerBytes: 1024 * 1024,
  requestTimeoutMs: 15_000,
} as const;

export interface Credentials {
  username: string;
  password: string;
}

export type Written = { ok: true } | { ok: false; message: string };
export type Transport = ReturnType<typeof createTransport>;

const pack = promisify(gzip);

/** The two HTTP calls that the `influx` package doesn't do for us: writes (packed where they leave the machine) with
 *  readable refusals, and a ping with a reason. */
export function createTransport(needs: {
  url: URL;
  credentials: Credentials | undefined;
  database: string;
  /** Where points go unless told. */
  retentionPolicy: string;
  requestTimeoutMs: number;
  clock: Clock;
}) {
  const { url, credentials, clock, requestTimeoutMs } = needs;
  const open = new Set<AbortController>();
  const base = url.href.replace(/\/+$/, "");
  const authorization: Record<string, string> = credentials
    ? { authorization: `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}` }
    : {};

  const ask = async (path: string, init: RequestInit): Promise<{ status: number; text: string }> => {
    const abort = new AbortController();
    open.add(abort);
    const cancel = clock.after(requestTimeoutMs, () => abort.abort(new Error(`no answer in ${requestTimeoutMs} ms`)));
    try {
      const headers = { ...authorization, ...(init.headers as Record<string, string> | undefined) };
      const response = await fetch(base + path, { ...init, headers, redirect: "error", signal: abort.signal });
      return { status: response.status, text: await readText(response) };
    } catch (error) {
      throw new StoreAway(`InfluxDB at ${url.host}: ${reasonOf(error)}`);
    } finally {
      cancel();
      open.delete(abort);
    }
  };

  return {
    async write(body: string, retentionPolicy = needs.retentionPolicy): Promise<Written> {
      const target = new URLSearchParams({ db: needs.database, rp: retentionPolicy, precision: "ms" });
      const type = { "content-type": "text/plain; charset=utf-8" };
      // On the same machine there is no line to spare, and packing costs both sides more than it saves.
      const content = isLoopback(url.hostname)
        ? { headers: type, body }
        : { headers: { ...type, "content-encoding": "gzip" }, body: await pack(body, { level: 1 }) };
      const { status, text } = await ask(`/write?${target}`, { method: "POST", ...content });
      if (status >= 200 && status < 300) return { ok: true };
      const message = messageOf(text);
      // 400: these points; 413: this many. Everything else says nothing of the points.
      if (status === 400 || status === 413) return { ok: false, message };
      throw new StoreAway(`InfluxDB at ${url.host} answered ${status} to a write: ${message}`);
    },
    /** Rejects with StoreAway, or NeedsPerson when the door is shut to us. */
    async ping(): Promise<void> {
      const { status } = await ask("/ping", { method: "GET" });
      if (status === 401 || status === 403) throw new NeedsPerson(`InfluxDB at ${url.host} refuses our credentials`);
      if (status >= 300) throw new StoreAway(`InfluxDB at ${url.host} answered ${status} to a ping`);
    },
    /** Ends what is under way. */
    stop(): void {
      for (const abort of open) abort.abort(new Error("stopped"));
    },
  };
}

async function readText(response: Response): Promise<string> {
  if (!response.body) return "";
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body) {
    bytes += part.byteLength;
    if (bytes > transportLimits.answerBytes) break;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function messageOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    if (typeof error === "string") return error;
  } catch {
    // Proxies in between answer in HTML.
  }
  return text.slice(0, 300).trim();
}

/** fetch hides the reason one level down. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const inner = cause as { code?: string; message?: string } | undefined;
  return inner?.code ?? inner?.message ?? message;
}
