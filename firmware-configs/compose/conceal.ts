import { isObject, keyOf } from "./identity.ts";

/** A document as it may be shown and kept: what secrets are part of is replaced.
 *  @param secrets paths as `compose` names them; a list that replaces as a whole is one value */
export function concealed(
  document: unknown,
  secrets: ReadonlySet<string>,
  mark: (path: string, value: unknown) => unknown,
): unknown {
  if (secrets.size === 0) return document;
  const walk = (value: unknown, path: string, name: string): unknown => {
    if (secrets.has(path)) return mark(path, value);
    const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
    if (Array.isArray(value)) {
      const key = keyOf(value, name);
      if (key !== null) return value.map((thing) => walk(thing, at(String(thing[key])), ""));
      // Its things had names before they were filled in, and have none now.
      return [...secrets].some((one) => one.startsWith(`${path}.`)) ? mark(path, value) : value;
    }
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, at(key), key)]));
  };
  return walk(document, "", "");
}
