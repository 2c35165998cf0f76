import { readFileSync, statSync } from "node:fs";
import { parseDocument } from "yaml";
import { SettingsError } from "../base/errors.ts";
import { nearest } from "../base/nearest.ts";
import { type Key, keys } from "./keys.ts";
import { type Settings, schema } from "./schema.ts";
import { transport } from "./transport.ts";

export const settingsLimits = { fileBytes: 256 * 1024, secretBytes: 4 * 1024, aliases: 10, echoChars: 80 } as const;

/** Where values come from: the file, then the environment above it.
 *  @param needs.file path of the YAML file; absent: environment and defaults
 *  @throws SettingsError on the first wrong key, with what was found (never of a secret) and what is allowed */
export function loadSettings(needs: { env: Readonly<Record<string, string | undefined>>; file?: string }): Settings {
  const values = needs.file === undefined ? new Map<string, unknown>() : fromFile(needs.file);
  for (const [path, value] of fromEnvironment(needs.env)) values.set(path, value);
  for (const key of keys) checkKey(key, values.get(key.path));
  const settings = schema.parse(nest(values));
  checkTogether(settings);
  return settings;
}

function checkKey(key: Key, value: unknown): void {
  if (key.schema.safeParse(value).success) return;
  throw new SettingsError(key.path, key.secret ? "(a secret, not shown)" : show(value), key.allowed);
}

/** Rules that need more than one key. */
function checkTogether(settings: Settings): void {
  const { tls, publicUrl, retention } = settings;
  if (retention.fiveMinuteDays <= retention.rawDays) {
    const allowed = `more than retention.rawDays (${retention.rawDays})`;
    throw new SettingsError("retention.fiveMinuteDays", show(retention.fiveMinuteDays), allowed);
  }
  if (retention.hourlyDays <= retention.fiveMinuteDays) {
    const allowed = `more than retention.fiveMinuteDays (${retention.fiveMinuteDays})`;
    throw new SettingsError("retention.hourlyDays", show(retention.hourlyDays), allowed);
  }
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    const absent = tls.cert === undefined ? "tls.cert" : "tls.key";
    throw new SettingsError(absent, "nothing", "both tls.cert and tls.key, or neither");
  }
  if (publicUrl?.startsWith("http://") && transport(settings).http !== "plain")
    throw new SettingsError("publicUrl", show(publicUrl), "https://… (TLS is served), or set insecure: true");
}

function fromFile(file: string): Map<string, unknown> {
  const document = parseDocument(readText("file", file, settingsLimits.fileBytes), { prettyErrors: true });
  const problem = document.errors[0];
  if (problem) throw new SettingsError(`file "${file}"`, (problem.message.split("\n")[0] ?? "").slice(0, 200), "YAML");
  const values = new Map<string, unknown>();
  try {
    flatten(document.toJS({ maxAliasCount: settingsLimits.aliases }), [], values);
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    throw new SettingsError(`file "${file}"`, (error as Error).message.slice(0, 200), "YAML with few aliases");
  }
  return values;
}

function flatten(value: unknown, path: readonly string[], into: Map<string, unknown>): void {
  const name = path.join(".");
  if (keys.some((key) => key.path === name)) {
    into.set(name, value ?? undefined);
    return;
  }
  const isGroup = path.length === 0 || keys.some((key) => key.path.startsWith(`${name}.`));
  if (!isGroup) throw unknownKey(name);
  if (value === null || value === undefined) return;
  if (typeof value !== "object" || Array.isArray(value))
    throw new SettingsError(name || "file", show(value), "keys with values under it");
  for (const [part, inner] of Object.entries(value)) flatten(inner, [...path, part], into);
}

function unknownKey(name: string): SettingsError {
  const known = keys.map((key) => key.path);
  return new SettingsError(show(name), "a key that does not exist", `did you mean "${nearest(name, known)}"?`);
}

/** Not settings of the controller: the agent's, and what Kubernetes sets beside a service named "lamplighter". */
const others = /^LAMPLIGHTER_(AGENT_|SETTINGS$|SERVICE_(HOST|PORT)|PORT($|_))/;

function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith("LAMPLIGHTER_") || others.test(name) || !text) continue;
    const key = keys.find((one) => one.env === name || (one.secret && `${one.env}_FILE` === name));
    if (!key) {
      const known = nearest(
        name,
        keys.map((one) => one.env),
      );
      throw new SettingsError(name, "a variable that does not exist", `did you mean ${known}?`);
    }
    const fromFile_ = name !== key.env;
    if (fromFile_ && env[key.env] !== undefined) throw new SettingsError(name, `beside ${key.env}`, "one of the two");
    const value = fromFile_ ? readText(name, text, settingsLimits.secretBytes).replace(/\r?\n$/, "") : text;
    values.set(key.path, typed(key, value));
  }
  return values;
}

/** Text of the environment as YAML would have given it; what does not fit stays text and is refused by the schema. */
function typed(key: Key, text: string): unknown {
  if (key.shape === "number") return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (key.shape === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (key.shape === "list")
    return text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  return text;
}

function readText(name: string, file: string, bytes: number): string {
  try {
    if (statSync(file).size <= bytes) return readFileSync(file, "utf8");
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new SettingsError(name, `"${file}" (${why})`, "a file that this user may read");
  }
  throw new SettingsError(name, `"${file}", too long`, `at most ${bytes} bytes`);
}

function nest(values: ReadonlyMap<string, unknown>): object {
  const top: Record<string, unknown> = {};
  for (const { path } of keys) {
    const parts = path.split(".");
    const last = parts.pop() ?? "";
    let at = top;
    for (const part of parts) {
      at[part] ??= {};
      at = at[part] as Record<string, unknown>;
    }
    const value = values.get(path);
    if (value !== undefined) at[last] = value;
  }
  return top;
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > settingsLimits.echoChars ? `${text.slice(0, settingsLimits.echoChars)}…` : text;
}
