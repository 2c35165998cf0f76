/** One setting that is other than before; undefined: it is not set (the device's own holds). */
export interface Change {
  path: string;
  from: unknown;
  to: unknown;
}

/** What differs between two documents, by path. Things with names in a list are compared by name and as a whole, other
 *  lists as a whole. */
export function differences(from: unknown, to: unknown, path = ""): Change[] {
  if (same(from, to)) return [];
  const [before, after] = [entriesOf(from), entriesOf(to)];
  const isLeaf = (from !== undefined && !before) || (to !== undefined && !after);
  const keys = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])];
  if (isLeaf || keys.length === 0) return [{ path, from, to }];
  const whole = Array.isArray(from) || Array.isArray(to);
  return keys.flatMap((key) => {
    const [old, now, at] = [before?.get(key), after?.get(key), path === "" ? key : `${path}.${key}`];
    if (!whole) return differences(old, now, at);
    return same(old, now) ? [] : [{ path: at, from: old, to: now }];
  });
}

/** Of an object by key, of a list of named things by name; undefined: it is a leaf. */
function entriesOf(value: unknown): Map<string, unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  // What stands for a secret is one value.
  if ((value as { secret?: unknown }).secret === true) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const names = value.map((one) => (one as { name?: unknown } | null)?.name);
  const isNamed = names.every((name) => typeof name === "string") && new Set(names).size === names.length;
  return isNamed ? new Map(value.map((one, i) => [names[i] as string, one])) : undefined;
}

/** Keys of our documents come in the order of their schema. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
