/** What may be written where, out of a JSON Schema. Pure. */
export type JsonSchema = Readonly<Record<string, unknown>>;
export interface Suggestion {
  label: string;
  kind: "key" | "value";
  detail: string;
  /** Another level follows. */
  opens: boolean;
}
/** The keys that lead to a line; "[]" is a thing of a list. */
export interface Place {
  path: string[];
  /** A value is written here, of this key. */
  key: string | null;
  /** What is typed of the word so far. */
  typed: string;
}

const entryShape = /^(\s*)((?:- +)*)(?:([\w.-]+|"[^"]*") *:(?: +(.*))?)?(.*)$/;

function entryOf(line: string) {
  const [, space = "", dashes = "", key, value = "", other = ""] = entryShape.exec(line) ?? [];
  const isEmpty = key === undefined && (other.trim() === "" || other.startsWith("#"));
  const opens = value === "" || value.startsWith("#");
  return { indent: space.length, dashes: dashes.length, column: space.length + dashes.length, key, opens, isEmpty };
}

/** Where in the document the end of the last line is, told by indentation. */
export function placeAt(before: string): Place {
  const lines = before.split("\n");
  const last = lines.pop() ?? "";
  const [, , , key, value] = entryShape.exec(last) ?? [];
  const here = entryOf(last);
  const path: string[] = [];
  let limit = here.column;
  if (here.dashes > 0) {
    path.unshift("[]");
    limit = here.indent + 1;
  }
  for (const line of lines.reverse()) {
    const one = entryOf(line);
    if (one.isEmpty && one.dashes === 0) continue;
    const isParent = one.key !== undefined && one.column < limit && one.opens;
    if (isParent) path.unshift(one.key as string);
    if (one.column < limit) limit = one.column;
    if (one.dashes > 0 && limit > one.indent && one.column <= limit) {
      path.unshift("[]");
      limit = one.indent + 1;
    }
    if (limit === 0) break;
  }
  const isValue = key !== undefined && /:\s/.test(last.slice(here.column));
  const typed = isValue ? (value ?? "") : last.slice(here.column);
  return { path, key: isValue ? key : null, typed };
}

const objectOf = (value: unknown): JsonSchema | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonSchema) : undefined;

const deepAtMost = 16;

/** A schema with its alternatives beside each other, and references followed. */
function alternatives(root: JsonSchema, schema: unknown, deep = 0): JsonSchema[] {
  const one = objectOf(schema);
  if (!one || deep > deepAtMost) return [];
  const ref = typeof one["$ref"] === "string" ? /^#\/\$defs\/(.+)$/.exec(one["$ref"])?.[1] : undefined;
  if (ref !== undefined) return alternatives(root, objectOf(root["$defs"])?.[ref], deep + 1);
  const inner = ["anyOf", "oneOf", "allOf"].flatMap((key) => (Array.isArray(one[key]) ? (one[key] as unknown[]) : []));
  return [one, ...inner.flatMap((each) => alternatives(root, each, deep + 1))];
}

const below = (root: JsonSchema, schema: JsonSchema, key: string): JsonSchema[] => {
  if (key === "[]") return alternatives(root, schema["items"]);
  const own = objectOf(schema["properties"]);
  return alternatives(root, own && Object.hasOwn(own, key) ? own[key] : schema["additionalProperties"]);
};

/** What may stand at a place: keys of what is there, or values of a key. */
export function suggestions(root: JsonSchema, { path, key }: Pick<Place, "path" | "key">): Suggestion[] {
  let at = alternatives(root, root);
  for (const step of key === null ? path : [...path, key]) at = at.flatMap((one) => below(root, one, step));
  const found = at.flatMap((one) => (key === null ? keysOf(root, one) : valuesOf(one)));
  return [...new Map(found.map((one) => [one.label, one])).values()];
}

function keysOf(root: JsonSchema, schema: JsonSchema): Suggestion[] {
  return Object.entries(objectOf(schema["properties"]) ?? {}).map(([label, inner]) => {
    const all = alternatives(root, inner);
    const opens = all.some(({ type }) => type === "object" || type === "array");
    const words = all.map(({ description }) => description).find((text) => typeof text === "string");
    return { label, kind: "key", detail: String(words ?? all[0]?.["type"] ?? ""), opens };
  });
}

function valuesOf(schema: JsonSchema): Suggestion[] {
  const given = Array.isArray(schema["enum"]) ? (schema["enum"] as unknown[]) : [];
  const all = "const" in schema ? [schema["const"]] : schema["type"] === "boolean" ? [true, false] : given;
  return all.map((one) => ({ label: String(one), kind: "value", detail: "", opens: false }));
}
