import type * as z from "zod/mini";
import { limits, utf8Length } from "./limits.ts";
import { type Suffix, topics } from "./topics.ts";

export type MessageOf<S extends Suffix> = z.infer<(typeof topics)[S]["message"]>;
export type Decoded<T> = { ok: true; message: T } | { ok: false; problem: string };

const longest = (suffix: Suffix): number => (suffix === "telemetry" ? limits.batchBytes : limits.packetBytes);

/** One message as text, with exactly the keys of its schema. Throws on a message that breaks it: that is a bug of
 *  the writer. */
export function encode<S extends Suffix>(suffix: S, message: MessageOf<S>): string {
  const payload = JSON.stringify(topics[suffix].message.parse(message));
  if (utf8Length(payload) > longest(suffix)) throw new Error(`${suffix}: over ${longest(suffix)} bytes`);
  return payload;
}

/** Bounded, then parsed; unknown keys are ignored. Never throws. */
export function decode<S extends Suffix>(suffix: S, payload: string | Uint8Array): Decoded<MessageOf<S>> {
  const json = readJson(payload, longest(suffix));
  if (!json.ok) return json;
  const parsed = check(topics[suffix].message, json.message);
  return parsed as Decoded<MessageOf<S>>;
}

/** JSON of at most `bytes` and `limits.jsonDepth`, or what is wrong with it. */
export function readJson(payload: string | Uint8Array, bytes: number): Decoded<unknown> {
  const length = typeof payload === "string" ? utf8Length(payload) : payload.byteLength;
  if (length > bytes) return { ok: false, problem: `${length} bytes, at most ${bytes} are allowed` };
  try {
    const text = typeof payload === "string" ? payload : utf8.decode(payload);
    if (isDeep(text)) return { ok: false, problem: `nested more than ${limits.jsonDepth} deep` };
    return { ok: true, message: JSON.parse(text) };
  } catch (error) {
    return { ok: false, problem: `not JSON in UTF-8: ${(error as Error).message.slice(0, 120)}` };
  }
}
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** What JSON.parse reads without recursion, JSON.stringify writes with it: 10 kB of "[" would overflow its stack.
 *  Looked at before anything is made of the text. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === quote) {
      i = endOfString(text, i);
    } else if (unit === openBrace || unit === openBracket) {
      if (++depth > limits.jsonDepth) return true;
    } else if (unit === closeBrace || unit === closeBracket) depth--;
  }
  return false;
}
const [quote, openBrace, closeBrace, openBracket, closeBracket, backslash] = [0x22, 0x7b, 0x7d, 0x5b, 0x5d, 0x5c];

/** Where the string that begins at `from` ends; the end of the text where it doesn't. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}

/** `value` by `schema`, or a sentence that names where and what. */
export function check<T extends z.ZodMiniType>(schema: T, value: unknown): Decoded<z.infer<T>> {
  const parsed = schema.safeParse(value);
  return parsed.success ? { ok: true, message: parsed.data } : { ok: false, problem: describe(parsed.error) };
}

/** Everything that is wrong with `value`, at most `limits.configProblems`: where, and what. Empty: it fits. */
export function problemsIn(schema: z.ZodMiniType, value: unknown): { path: string; message: string }[] {
  const issues = (schema.safeParse(value).error?.issues ?? []) as Issue[];
  const problems = issues.flatMap((issue) => {
    const { path, message, keys } = deepest(issue);
    const said = message === "Invalid input" ? (issue.code ?? "invalid").replaceAll("_", " ") : message;
    if (!keys) return [{ path: path.join("."), message: said }];
    return keys.map((key) => ({ path: [...path, key].join("."), message: "there is no such setting" }));
  });
  const cut = (text: string): string => text.slice(0, limits.stringBytes / 4);
  return problems.slice(0, limits.configProblems).map((p) => ({ path: cut(p.path), message: cut(p.message) }));
}

interface Issue {
  path: PropertyKey[];
  code?: string | undefined;
  message: string;
  errors?: Issue[][];
  /** Of strict objects: those that they don't have. */
  keys?: string[];
}

/** Mini schemas say "Invalid input" without a locale; the code and the path say enough for both sides. */
function describe(error: { issues: readonly unknown[] }): string {
  const first = deepest(error.issues[0] as Issue);
  const what = first.message === "Invalid input" ? (first.code ?? "invalid").replaceAll("_", " ") : first.message;
  const expected = (first as { expected?: unknown }).expected;
  return `${first.path.join(".") || "message"}: ${what}${typeof expected === "string" ? ` (${expected} expected)` : ""}`;
}

/** Of a union: the alternative that came furthest. */
function deepest(issue: Issue): Issue {
  const branch = (issue.errors ?? []).filter((b) => b.length > 0).sort((a, b) => a.length - b.length)[0]?.[0];
  if (!branch) return issue;
  return deepest({ ...branch, path: [...issue.path, ...branch.path] });
}
