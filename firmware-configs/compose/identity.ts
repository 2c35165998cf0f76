/** By which key the things of a list are known, where it isn't their name; by the name of the list. */
const naturalKeys: Readonly<Record<string, string>> = {
  routes: "destination",
  peers: "public_key",
  files: "path",
  addresses: "address",
  ports: "ifname",
  vlan: "vlan",
  vlan_filtering: "vlan",
};

/** Takes a thing out of a list that lower layers put it into: `{"name": "guest", "$patch": "delete"}`. */
export const patchKey = "$patch";
export const isDeletion = (thing: unknown): boolean => isObject(thing) && thing[patchKey] === "delete";

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The key by which two lists of this name are merged thing by thing; null: it is one value, and replaces as a whole.
 *  Every thing has to have it, and no two the same. */
export function keyOf(list: readonly unknown[], name: string): string | null {
  if (list.length === 0) return null;
  const natural = Object.hasOwn(naturalKeys, name) ? naturalKeys[name] : undefined;
  return [natural, "name"].find((key) => key !== undefined && isKey(list, key)) ?? null;
}

function isKey(list: readonly unknown[], key: string): boolean {
  const seen = new Set<string>();
  for (const thing of list) {
    const value = isObject(thing) && Object.hasOwn(thing, key) ? thing[key] : undefined;
    if (typeof value !== "string" && typeof value !== "number") return false;
    seen.add(String(value));
  }
  return seen.size === list.length;
}
