import type { StoredPoint } from "../contract.ts";

/** Writes points as InfluxDB 1.x line protocol, `at` in milliseconds. Points have been accepted: no line breaks in
 *  tags, no empty tags, finite numbers. */
export function createLineWriter(): (point: StoredPoint) => string {
  const heads = new Map<string, string>();
  const names = new Map<string, string>();
  /** Field keys are the catalogue's: few, and in every point. */
  const nameOf = (key: string): string => {
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = escaped(key, specials);
    names.set(key, name);
    return name;
  };
  return ({ device, m, tags, fields, at }) => {
    const given = Object.keys(tags);
    let head = given.length === 0 ? heads.get(`${m},${device}`) : undefined;
    if (head === undefined) {
      head = `${escaped(m, measurementSpecials)},device=${escaped(device, specials)}`;
      for (const key of given.sort())
        head += `,${escaped(key, specials)}=${escaped(encodeTag(tags[key] ?? ""), specials)}`;
      if (given.length === 0) heads.set(`${m},${device}`, head);
    }
    let body = "";
    for (const key in fields) {
      const value = fields[key];
      const text = typeof value === "string" ? `"${value.replace(/["\\]/g, "\\$&")}"` : String(value);
      body += `${body === "" ? "" : ","}${nameOf(key)}=${text}`;
    }
    return `${head} ${body} ${at}`;
  };
}

const specials = /[,= ]/g;
const measurementSpecials = /[, ]/g;
const escaped = (text: string, what: RegExp): string => text.replace(what, "\\$&");

/** InfluxDB 1.x cannot be told that a tag ends in a backslash: it would take the comma or space behind it into the
 *  value, and it knows no escaped backslash. Such a value is kept with an invisible word joiner behind it. */
const joiner = "\u2060";
const needsJoiner = /\\\u2060*$/;
const hasJoiner = /\\\u2060+$/;

export const encodeTag = (value: string): string => (needsJoiner.test(value) ? value + joiner : value);
export const decodeTag = (value: string): string => (hasJoiner.test(value) ? value.slice(0, -1) : value);
