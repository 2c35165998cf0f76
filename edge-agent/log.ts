/** One human line each. Never a secret, never a payload. */
export interface Log {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** What went wrong, for a line of the log: Node's errors carry their code first, because it is what people search for. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as { code?: unknown }).code;
  // An AggregateError (both families refused) has an empty message.
  const inner = error instanceof AggregateError && error.message === "" ? reason(error.errors[0]) : error.message;
  return typeof code === "string" && !inner.includes(code) ? `${code}: ${inner}` : inner;
}
