import { limits, utf8Length } from "../limits.ts";
import { type Measurement, measurementOf } from "./index.ts";

/** A point that the catalogue accepts. */
export interface AdmittedPoint {
  m: string;
  at: number;
  tags: Record<string, string>;
  fields: Record<string, number | string>;
  of?: string;
}

export type Refusal =
  | "malformed"
  | "unknown-measurement"
  | "unknown-tag"
  | "missing-tag"
  | "wrong-type"
  | "no-known-field"
  | "over-limit";

export type Admission =
  /** `cut`: fields that the catalogue does not have; the point is stored without them. */
  { ok: true; point: AdmittedPoint; cut: string[] } | { ok: false; why: Refusal; problem: string };

type Refused = Extract<Admission, { ok: false }>;
const refuse = (why: Refusal, problem: string): Refused => ({ ok: false, why, problem });
const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && !Array.isArray(v);
const deviceShape = /^[a-z0-9-]{1,64}$/;

/** Judges one point of a batch by the catalogue. `raw` is anything JSON can hold. Never throws. */
export function admit(raw: unknown): Admission {
  if (!isRecord(raw)) return refuse("malformed", "a point is an object");
  const { m, at, t, f, of } = raw;
  if (typeof m !== "string") return refuse("malformed", "m: a string expected");
  if (!Number.isSafeInteger(at) || (at as number) < 0)
    return refuse("malformed", "at: milliseconds since 1970 expected");
  if (of !== undefined && (typeof of !== "string" || !deviceShape.test(of)))
    return refuse("malformed", "of: a device id expected");
  const definition = measurementOf(m);
  if (!definition) return refuse("unknown-measurement", `${m.slice(0, limits.nameChars)} is not in the catalogue`);
  const tags = admitTags(t, definition);
  if ("why" in tags) return tags;
  const fields = admitFields(f, definition);
  if ("why" in fields) return fields;
  return {
    ok: true,
    point: { m, at: at as number, tags: tags.admitted, fields: fields.admitted, ...(of === undefined ? {} : { of }) },
    cut: fields.cut,
  };
}

function admitTags(t: unknown, definition: Measurement): { admitted: Record<string, string> } | Refused {
  if (t !== undefined && !isRecord(t)) return refuse("malformed", "t: an object expected");
  const given = Object.entries(t ?? {});
  if (given.length > limits.tags) return refuse("over-limit", `t: at most ${limits.tags} tags`);
  const tags: Record<string, string> = {};
  for (const [key, value] of given) {
    if (!Object.hasOwn(definition.tags, key))
      return refuse("unknown-tag", `t.${key.slice(0, 64)} is not in the catalogue`);
    if (typeof value !== "string") return refuse("wrong-type", `t.${key}: a string expected`);
    if (value === "" || utf8Length(value) > limits.stringBytes)
      return refuse("over-limit", `t.${key}: 1-${limits.stringBytes} bytes`);
    tags[key] = value;
  }
  for (const key in definition.tags) {
    if (!Object.hasOwn(tags, key)) return refuse("missing-tag", `t.${key} is missing`);
  }
  return { admitted: tags };
}

function admitFields(
  f: unknown,
  definition: Measurement,
): { admitted: Record<string, number | string>; cut: string[] } | Refused {
  if (!isRecord(f)) return refuse("malformed", "f: an object expected");
  const given = Object.keys(f);
  if (given.length > limits.fields) return refuse("over-limit", `f: at most ${limits.fields} fields`);
  const cut: string[] = [];
  for (const key of given) {
    const field = Object.hasOwn(definition.fields, key) ? definition.fields[key] : undefined;
    if (!field) cut.push(key);
    else if (field.type === "number") {
      // JSON can say 1e999, which reads as Infinity.
      if (!Number.isFinite(f[key])) return refuse("wrong-type", `f.${key}: a number expected`);
    } else {
      const value = f[key];
      if (typeof value !== "string") return refuse("wrong-type", `f.${key}: a string expected`);
      if (utf8Length(value) > limits.stringBytes)
        return refuse("over-limit", `f.${key}: at most ${limits.stringBytes} bytes`);
    }
  }
  if (cut.length === given.length) return refuse("no-known-field", "no field that the catalogue has");
  // Usually it is what was read: to copy it costs as much as to look at it.
  const known = cut.length === 0 ? f : Object.fromEntries(Object.entries(f).filter(([key]) => !cut.includes(key)));
  return { admitted: known as Record<string, number | string>, cut: cut.map((key) => key.slice(0, limits.nameChars)) };
}
