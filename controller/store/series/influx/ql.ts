import { escape as escaped, InfluxDB } from "influx";
import type { Cancel, Clock } from "../../../base/clock.ts";
import { StoreAway } from "../contract.ts";
import type { Credentials } from "./transport.ts";

export interface Row {
  name?: string;
  tags?: Record<string, string>;
  columns: string[];
  values: (number | string | null | boolean)[][];
}

export type Values = Record<string, string | number>;
export type Ql = ReturnType<typeof createQl>;

/** A name in InfluxQL. Values are never put into a query's text: they are bound. */
export const name = (text: string): string => escaped.quoted(text);

/** Who we are is not known there, or may not. */
export class CredentialsRefused extends StoreAway {}

/** InfluxDB's answer was an error about the query, not about InfluxDB. */
export class QueryRefused extends Error {
  override name = "QueryRefused";
}

/** Runs InfluxQL through the `influx` package. */
export function createQl(needs: {
  url: URL;
  credentials: Credentials | undefined;
  database: string;
  requestTimeoutMs: number;
  clock: Clock;
}) {
  const { url, credentials, database, requestTimeoutMs, clock } = needs;
  const protocol = url.protocol === "https:" ? "https" : "http";
  const port = Number(url.port || (protocol === "https" ? 443 : 80));
  const open = new Set<AbortController>();
  const client = new InfluxDB({
    database,
    hosts: [{ host: url.hostname, port, protocol, path: url.pathname === "/" ? "" : url.pathname }],
    ...(credentials ?? {}),
    // The package would shut its only host out for a while after one failure; when to try again is decided by
    // `createReadiness` alone.
    pool: { maxRetries: 0, requestTimeout: requestTimeoutMs, backoff: atOnce },
  });

  return {
    database,
    /** Series of one statement. Rejects with StoreAway or QueryRefused. */
    async run(statement: string, values: Values = {}): Promise<Row[]> {
      const abort = new AbortController();
      open.add(abort);
      try {
        const answer = await inTime(clock, requestTimeoutMs, abort, () =>
          client.queryRaw(statement, {
            database,
            precision: "ms",
            method: "POST",
            placeholders: values,
            signal: abort.signal,
          }),
        );
        return rowsOf(answer);
      } catch (error) {
        if (error instanceof QueryRefused || error instanceof StoreAway) throw error;
        throw refusalOf(error as Error, url);
      } finally {
        open.delete(abort);
      }
    },
    stop(): void {
      for (const abort of open) abort.abort(new StoreAway("stopped"));
    },
  };
}

const atOnce = {
  getDelay: () => 0,
  next: () => atOnce,
  reset: () => atOnce,
};

/** The package's own time-out watches only the socket, and an answer that breaks off in the middle never ends for it. */
async function inTime<T>(clock: Clock, timeoutMs: number, abort: AbortController, run: () => Promise<T>): Promise<T> {
  let cancel: Cancel = () => {};
  const late = new Promise<never>((_, reject) => {
    abort.signal.addEventListener("abort", () => reject(abort.signal.reason), { once: true });
    cancel = clock.after(timeoutMs, () => abort.abort(new StoreAway(`InfluxDB gave no answer in ${timeoutMs} ms`)));
  });
  try {
    return await Promise.race([run(), late]);
  } finally {
    cancel();
  }
}

function rowsOf(answer: unknown): Row[] {
  const { results, error } = answer as { results?: { series?: Row[]; error?: string }[]; error?: string };
  const [result] = results ?? [];
  const problem = error ?? result?.error;
  if (problem !== undefined) {
    if (/^(database|retention policy) not found/.test(problem)) throw new StoreAway(`InfluxDB: ${problem}`);
    throw new QueryRefused(problem);
  }
  return result?.series ?? [];
}

function refusalOf(error: Error, url: URL): Error {
  const status = (error as { res?: { statusCode?: number } }).res?.statusCode;
  if (error instanceof SyntaxError) return new QueryRefused(error.message);
  if (status === 401 || status === 403)
    return new CredentialsRefused(`InfluxDB at ${url.host} refuses our credentials`);
  if (status === 400) return new QueryRefused(error.message.slice(0, 300));
  const code = (error as { code?: string }).code;
  return new StoreAway(`InfluxDB at ${url.host}: ${(code ?? error.message).slice(0, 300)}`);
}
