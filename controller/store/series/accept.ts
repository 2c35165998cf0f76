import { type Field, limits, type Measurement, utf8Length } from "#wire";
import { type Outcome, type StoredPoint, seriesLimits } from "./contract.ts";

export type Catalogue = Readonly<Record<string, Measurement>>;

export interface Sifted {
  /** One a point, in order; `ok` for those that go on to the store. */
  outcomes: Outcome[];
  accepted: StoredPoint[];
  /** Where each accepted point stands in `outcomes`. */
  places: number[];
}

/** Splits a write into what any backend can keep and what none may. Ingest has judged already: this is the second
 *  lock, and what makes both backends refuse the same.
 *  @param oldestAt points before it are beyond retention. Throws RangeError on more than 5,000 points. */
export function sift(points: readonly StoredPoint[], catalogue: Catalogue, oldestAt: number): Sifted {
  if (points.length > seriesLimits.pointsPerWrite)
    throw new RangeError(`${points.length} points in one write, at most ${seriesLimits.pointsPerWrite} are allowed`);
  const sifted: Sifted = { outcomes: [], accepted: [], places: [] };
  points.forEach((point, place) => {
    const why = refusal(point, catalogue, oldestAt);
    sifted.outcomes.push(why === null ? { ok: true } : { ok: false, why });
    if (why !== null) return;
    sifted.accepted.push(point);
    sifted.places.push(place);
  });
  return sifted;
}

const deviceShape = /^[a-z0-9-]{1,64}$/;

function refusal(point: StoredPoint, catalogue: Catalogue, oldestAt: number): string | null {
  if (!deviceShape.test(point.device)) return "device: 1-64 of a-z 0-9 - expected";
  const definition = Object.hasOwn(catalogue, point.m) ? catalogue[point.m] : undefined;
  if (!definition) return `${point.m.slice(0, limits.nameChars)} is not in the catalogue`;
  if (!Number.isSafeInteger(point.at) || point.at < 0 || point.at >= seriesLimits.latestAt)
    return "at: whole milliseconds from 1970 to 2262 expected";
  if (point.at < oldestAt) return "at: beyond retention";
  return tagRefusal(point.tags, definition) ?? fieldRefusal(point.fields, definition);
}

function tagRefusal(tags: StoredPoint["tags"], definition: Measurement): string | null {
  for (const key in tags) {
    const why = Object.hasOwn(definition.tags, key) ? tagValueRefusal(tags[key]) : " is not in the catalogue";
    if (why !== null) return `tag ${key.slice(0, limits.nameChars)}${why}`;
  }
  for (const key in definition.tags) if (!Object.hasOwn(tags, key)) return `tag ${key} is missing`;
  return null;
}

function tagValueRefusal(value: unknown): string | null {
  if (typeof value !== "string") return ": text expected";
  if (value === "" || utf8Length(value) > limits.stringBytes) return `: 1-${limits.stringBytes} bytes expected`;
  // InfluxDB 1.x ends a point at a line break, whatever stands before it.
  if (value.includes("\n")) return ": a line break cannot be kept";
  return keepable(value) ? null : ": NUL and broken Unicode cannot be kept";
}

function fieldRefusal(fields: StoredPoint["fields"], definition: Measurement): string | null {
  let given = 0;
  for (const key in fields) {
    given += 1;
    const field = Object.hasOwn(definition.fields, key) ? definition.fields[key] : undefined;
    const why = field ? fieldValueRefusal(field.type, fields[key]) : " is not in the catalogue";
    if (why !== null) return `field ${key.slice(0, limits.nameChars)}${why}`;
  }
  return given === 0 ? "no field" : null;
}

function fieldValueRefusal(type: Field["type"], value: unknown): string | null {
  if (type === "number") return Number.isFinite(value) ? null : ": a number expected";
  if (typeof value !== "string") return ": text expected";
  if (utf8Length(value) > limits.stringBytes) return `: at most ${limits.stringBytes} bytes`;
  return keepable(value) ? null : ": NUL and broken Unicode cannot be kept";
}

/** SQLite cuts text at NUL; half a surrogate pair has no UTF-8, so it would come back as another text. */
const keepable = (text: string): boolean => !text.includes("\0") && !brokenUnicode.test(text);
const brokenUnicode = /\p{Surrogate}/u;
