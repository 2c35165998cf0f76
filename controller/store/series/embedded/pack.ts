import type { Catalogue } from "../accept.ts";
import type { StoredPoint } from "../contract.ts";

/** Points as they cross to the worker: one block of numbers, which changes hands without a copy, and the texts that
 *  they point at. Cloned as objects, a point costs both threads more than its way through MQTT. */
export interface Packed {
  /** A point: device, measurement, at, number of tags, number of fields; then a tag: key, value; then a field: its place
   *  in the catalogue, 0 for a number or 1 for a text, and that. All but numbers and `at` are places in `texts`. */
  numbers: Float64Array;
  texts: string[];
}

const headNumbers = 5;

/** Points that were accepted: everything of them is in the catalogue. */
export function pack(points: readonly StoredPoint[], catalogue: Catalogue): Packed {
  const texts: string[] = [];
  const known = new Map<string, number>();
  const places = placesOf(catalogue);
  const placeOf = (text: string): number => {
    const place = known.get(text);
    if (place !== undefined) return place;
    known.set(text, texts.length);
    return texts.push(text) - 1;
  };
  let room = points.length * 64;
  let numbers = new Float64Array(room);
  let at = 0;
  for (const point of points) {
    const tags = Object.keys(point.tags);
    const fields = Object.keys(point.fields);
    const needed = at + headNumbers + 2 * tags.length + 3 * fields.length;
    if (needed > room) {
      room = 2 * needed;
      const more = new Float64Array(room);
      more.set(numbers);
      numbers = more;
    }
    numbers[at++] = placeOf(point.device);
    numbers[at++] = placeOf(point.m);
    numbers[at++] = point.at;
    numbers[at++] = tags.length;
    numbers[at++] = fields.length;
    for (const tag of tags) {
      numbers[at++] = placeOf(tag);
      numbers[at++] = placeOf(point.tags[tag] as string);
    }
    const place = places.get(point.m);
    for (const field of fields) {
      const value = point.fields[field] as number | string;
      const isText = typeof value === "string";
      numbers[at++] = place?.get(field) ?? 0;
      numbers[at++] = isText ? 1 : 0;
      numbers[at++] = isText ? placeOf(value) : value;
    }
  }
  return { numbers: numbers.slice(0, at), texts };
}

export function unpack({ numbers, texts }: Packed, catalogue: Catalogue): StoredPoint[] {
  const names = new Map(Object.entries(catalogue).map(([m, { fields }]) => [m, Object.keys(fields)]));
  const points: StoredPoint[] = [];
  let at = 0;
  const next = (): number => numbers[at++] as number;
  const text = (): string => texts[next()] as string;
  while (at < numbers.length) {
    const point: StoredPoint = { device: text(), m: text(), at: next(), tags: {}, fields: {} };
    const tags = next();
    const fields = next();
    for (let i = 0; i < tags; i++) {
      const tag = text();
      point.tags[tag] = text();
    }
    const own = names.get(point.m) ?? [];
    for (let i = 0; i < fields; i++) {
      const field = own[next()] as string;
      point.fields[field] = next() === 1 ? text() : next();
    }
    points.push(point);
  }
  return points;
}

const placesOf = (catalogue: Catalogue): Map<string, Map<string, number>> =>
  new Map(
    Object.entries(catalogue).map(([m, { fields }]) => [m, new Map(Object.keys(fields).map((field, i) => [field, i]))]),
  );
