import { type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** What rooms may say. Fields that name a secret are blanked, whatever their depth. */
export interface Log {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
  child(fields: object): Log;
}

/** JSON lines on `to` (standard output unless told). */
export function createLog(needs: { level: LogLevel; to?: DestinationStream }): Log {
  const options = { level: needs.level, base: null, timestamp: stdTimeFunctions.isoTime };
  return wrap(needs.to ? pino(options, needs.to) : pino(options));
}

function wrap(logger: Logger): Log {
  return {
    debug: (message, fields) => logger.debug(redact(fields), message),
    info: (message, fields) => logger.info(redact(fields), message),
    warn: (message, fields) => logger.warn(redact(fields), message),
    error: (message, fields) => logger.error(redact(fields), message),
    child: (fields) => wrap(logger.child(redact(fields))),
  };
}

const secretName = /pass(word|phrase)|token|secret|cookie|authorization|private/i;
const deepest = 6;
const longestText = 2_000;

/** A copy with secrets blanked, texts cut and depth bounded: what a device or person sent may be in there. */
function redact(fields: object | undefined): Record<string, unknown> {
  return fields === undefined ? {} : (copy(fields, 0) as Record<string, unknown>);
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.length > longestText ? `${value.slice(0, longestText)}…` : value;
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= deepest) return "…";
  if (value instanceof Error) return copy(describe(value), depth + 1);
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => copy(item, depth + 1));
  const entries = Object.entries(value).map(([key, inner]) => {
    const blank = secretName.test(key) && (typeof inner === "string" || typeof inner === "object") && inner !== null;
    return [key, blank ? "[redacted]" : copy(inner, depth + 1)];
  });
  return Object.fromEntries(entries);
}

function describe(error: Error): object {
  const { name, message, stack, cause } = error;
  const code = (error as { code?: unknown }).code;
  return { name, message, ...(code === undefined ? {} : { code }), stack, ...(cause ? { cause } : {}) };
}
