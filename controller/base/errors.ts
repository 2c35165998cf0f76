/** A setting that stops the start. Never carries the value of a secret. */
export class SettingsError extends Error {
  override name = "SettingsError";
  readonly key: string;
  readonly found: string;
  readonly allowed: string;

  constructor(key: string, found: string, allowed: string) {
    super(`setting ${key}: found ${found}; allowed: ${allowed}`);
    this.key = key;
    this.found = found;
    this.allowed = allowed;
  }
}

/** What went wrong at one place of an input: `path` in dots, "" for the whole. */
export interface Fault {
  path: string;
  message: string;
}

/** An outcome that the caller can do something about. `code` is stable: people and programs look it up. */
export class Problem extends Error {
  override name = "Problem";
  readonly kind: ProblemKind;
  readonly code: string;
  readonly faults: readonly Fault[];
  /** When to try again, for `too-many` and `away`. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: ProblemKind,
    code: string,
    message: string,
    more: { faults?: Fault[]; retryAfterMs?: number } = {},
  ) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.faults = more.faults ?? [];
    this.retryAfterMs = more.retryAfterMs;
  }
}

/** The kinds are few and say what the caller may do; each is one HTTP status. */
export type ProblemKind =
  | "invalid"
  | "unauthenticated"
  | "refused"
  | "not-found"
  | "conflict"
  | "stale"
  | "too-large"
  | "unprocessable"
  | "too-many"
  | "away";

export const invalid = (message: string, faults: Fault[] = []) =>
  new Problem("invalid", "invalid", message, { faults });
export const unauthenticated = (code: string, message: string) => new Problem("unauthenticated", code, message);
export const refused = (code: string, message: string) => new Problem("refused", code, message);
export const notFound = (what: string, id: string) =>
  new Problem("not-found", "not-found", `there is no ${what} "${id.slice(0, 80)}"`);
export const conflict = (code: string, message: string) => new Problem("conflict", code, message);
export const stale = (message: string) => new Problem("stale", "stale", message);
export const tooMany = (message: string, retryAfterMs: number) =>
  new Problem("too-many", "too-many-requests", message, { retryAfterMs });
