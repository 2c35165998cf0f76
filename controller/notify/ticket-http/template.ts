/** A text with places such as `{{ title }}` or `{{ severity | map: critical=1, major=2 }}`. No loops, no conditions, no
 *  code: what comes out is about as long as what went in. */
const place = /\{\{\s*([a-z]+)\s*(?:\|\s*map:\s*([^{}|]*?)\s*)?\}\}/g;

/** What is wrong with a template; null: nothing. */
export function faultOf(template: string, known: readonly string[]): string | null {
  for (const [whole, name = "", map] of template.matchAll(place)) {
    if (!known.includes(name)) return `${whole}: one of ${known.map((one) => `{{${one}}}`).join(", ")}`;
    if (map !== undefined && pairsOf(map) === null) return `${whole}: such as "map: critical=1, major=2"`;
  }
  const rest = template.replace(place, "");
  const at = rest.search(/\{\{|\}\}/);
  return at < 0 ? null : `"${rest.slice(at, at + 30)}": a place is such as {{ title }}`;
}

/** Fills the places. @param safely makes a value fit for where it goes */
export const fill = (
  template: string,
  values: Readonly<Record<string, string>>,
  safely: (value: string) => string,
): string =>
  template.replace(place, (_whole, name: string, map?: string) => {
    const value = values[name] ?? "";
    return safely(map === undefined ? value : (pairsOf(map)?.get(value) ?? value));
  });

function pairsOf(map: string): Map<string, string> | null {
  const pairs = map.split(",").map((pair) => /^\s*([A-Za-z0-9_-]{1,40})\s*=\s*([^=]{0,80}?)\s*$/.exec(pair));
  if (pairs.some((pair) => pair === null)) return null;
  return new Map(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]));
}

/** Inside the quotes of a JSON string. */
export const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);

/** The value at a JSON pointer (RFC 6901) as text; null: there is none. */
export function at(document: unknown, pointer: string): string | null {
  let here: unknown = document;
  for (const step of pointer.split("/").slice(1)) {
    const key = step.replace(/~1/g, "/").replace(/~0/g, "~");
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key)) return null;
    here = (here as Record<string, unknown>)[key];
  }
  return typeof here === "string" || typeof here === "number" ? String(here) : null;
}
