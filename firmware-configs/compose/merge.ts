import { isDeletion, isObject, keyOf } from "./identity.ts";
import type { LayerName } from "./layers.ts";

/** What a layer said at one place. */
export interface Put {
  by: LayerName;
  value: unknown;
}

/** A merged document that knows who said what. Never changed: layers that many devices share are merged once. */
export type Tree = Leaf | Branch;
/** One value: a scalar, or a list that replaces as a whole. */
export interface Leaf extends Put {
  /** What it overrode, weakest first. */
  over: readonly Put[];
}
export interface Branch {
  /** Of a list: the key by which its things are known; null: an object. */
  key: string | null;
  entries: ReadonlyMap<string, Tree>;
  /** Who began it. */
  by: LayerName;
  /** Of another shape, which it replaced. */
  over: readonly Put[];
}
export const isBranch = (tree: Tree): tree is Branch => "entries" in tree;

/** What `value` makes of what is below it: objects key by key, lists of named things by name, anything else replaces,
 *  null takes away. The depth is bounded by whoever parsed the value. @param name the key that it stands under */
export function overlay(below: Tree | undefined, value: unknown, by: LayerName, name = ""): Tree | undefined {
  if (value === null || value === undefined) return undefined;
  const key = Array.isArray(value) ? keyOf(value, name) : null;
  if (!isObject(value) && key === null) return { value, by, over: putsOf(below) };
  const base = below && isBranch(below) && below.key === key ? below : undefined;
  const entries = new Map(base?.entries);
  for (const [inner, said] of entriesOf(value, key)) {
    if (said === undefined) continue;
    const next = isDeletion(said) && key !== null ? undefined : overlay(entries.get(inner), said, by, inner);
    if (next === undefined) entries.delete(inner);
    else entries.set(inner, next);
  }
  if (base) return { ...base, entries };
  // Nothing but deletions of what isn't there.
  if (key !== null && entries.size === 0) return undefined;
  return { key, entries, by, over: putsOf(below) };
}

const entriesOf = (value: unknown, key: string | null): [string, unknown][] =>
  key === null
    ? Object.entries(value as object)
    : (value as Record<string, unknown>[]).map((thing) => [String(thing[key]), thing]);

function putsOf(tree: Tree | undefined): Put[] {
  if (!tree) return [];
  return [...tree.over, { by: tree.by, value: isBranch(tree) ? documentOf(tree) : tree.value }];
}

/** The document that a tree stands for. */
export function documentOf(tree: Tree | undefined): unknown {
  if (!tree) return {};
  if (!isBranch(tree)) return tree.value;
  if (tree.key !== null) return [...tree.entries.values()].map(documentOf);
  // fromEntries defines keys, it does not assign them: "__proto__" is a key like any other.
  return Object.fromEntries([...tree.entries].map(([key, inner]) => [key, documentOf(inner)]));
}

/** All layers, weakest first, on what is below them. */
export const stack = (layers: readonly (LayerName & { document: unknown })[], below?: Tree): Tree | undefined =>
  layers.reduce<Tree | undefined>(
    // A layer that says nothing about anything takes nothing away.
    (tree, { document, kind, id, name }) => overlay(tree, document ?? {}, { kind, id, name }) ?? tree,
    below,
  );
