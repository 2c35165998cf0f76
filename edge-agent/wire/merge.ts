/** JSON merge patch (RFC 7396): objects key by key, null takes a key away, anything else replaces. Neither argument is
 *  changed. The depth is bounded by whoever parsed the patch. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else if (value !== undefined) merged.set(key, mergePatch(merged.get(key), value));
  }
  // fromEntries defines keys, it does not assign them: "__proto__" is a key like any other.
  return Object.fromEntries(merged);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
