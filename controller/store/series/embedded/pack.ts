import type { Catalogue } from "../accept.ts";
import type { StoredPoint } from "../contract.ts";

/** Points as they cross to the worker: one block of numbers, which changes hands without a copy, and the texts that
 *  they point at. Cloned as objects, a point costs both threads more than its way through MQTT. */
export interface Packed {
  /** A point: its measurement's place in the catalogue, device, `at`; then a number a tag and one a field, in the
   *  catalogue's order. Devices, tags and fields that are text are places in `texts`; NaN: the point has no such field. */
  numbers: Float64Array;
  texts: string[];
}

/** A point as a table takes it. */
export interface PackedRow {
  m: string;
  device: string;
  at: number;
  tags: Record<string, string>;
  /** One a field of the catalogue, in its order. */
  values: (number | string | null)[];
}

interface Layout {
  place: number;
  m: string;
  tags: string[];
  fields: { name: string; isText: boolean }[];
  /** Of a point. */
  numbers: number;
}

const headNumbers = 3;

/** @returns packs points that were accepted: everything of them is in the catalogue */
export function createPacker(catalogue: Catalogue): (points: readonly StoredPoint[]) => Packed {
  const layouts = new Map(layoutsOf(catalogue).map((layout) => [layout.m, layout]));
  return (points) => {
    const texts: string[] = [];
    const known = new Map<string, number>();
    const placeOf = (text: string): number => {
      const place = known.get(text);
      if (place !== undefined) return place;
      known.set(text, texts.length);
      return texts.push(text) - 1;
    };
    const own = points.map(({ m }) => layouts.get(m) as Layout);
    const numbers = new Float64Array(own.reduce((sum, layout) => sum + layout.numbers, 0));
    let at = 0;
    for (const [i, point] of points.entries()) {
      const { place, tags, fields } = own[i] as Layout;
      numbers[at++] = place;
      numbers[at++] = placeOf(point.device);
      numbers[at++] = point.at;
      for (const tag of tags) numbers[at++] = placeOf(point.tags[tag] as string);
      for (const { name } of fields) {
        const value = point.fields[name];
        numbers[at++] = typeof value === "number" ? value : value === undefined ? Number.NaN : placeOf(value);
      }
    }
    return { numbers, texts };
  };
}

/** @returns what of a block goes into which table, in the order of its points */
export function createUnpacker(catalogue: Catalogue): (packed: Packed) => Generator<PackedRow, void> {
  const layouts = layoutsOf(catalogue);
  return function* rows({ numbers, texts }) {
    let at = 0;
    const next = (): number => numbers[at++] as number;
    while (at < numbers.length) {
      const { m, tags, fields } = layouts[next()] as Layout;
      const row: PackedRow = { m, device: texts[next()] as string, at: next(), tags: {}, values: [] };
      for (const tag of tags) row.tags[tag] = texts[next()] as string;
      for (const { isText } of fields) {
        const number = next();
        row.values.push(Number.isNaN(number) ? null : isText ? (texts[number] as string) : number);
      }
      yield row;
    }
  };
}

const layoutsOf = (catalogue: Catalogue): Layout[] =>
  Object.entries(catalogue).map(([m, definition], place) => {
    const tags = Object.keys(definition.tags);
    const fields = Object.entries(definition.fields).map(([name, { type }]) => ({ name, isText: type === "text" }));
    return { place, m, tags, fields, numbers: headNumbers + tags.length + fields.length };
  });
