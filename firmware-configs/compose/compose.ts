import { createFilling, type Facts, type FillText } from "./fill.ts";
import type { Layer, LayerName } from "./layers.ts";
import { type Branch, isBranch, type Put, stack, type Tree } from "./merge.ts";
import { resolve } from "./variables.ts";

/** One value of a composed document, and who put it there. */
export interface Origin {
  /** As `differences` names it: things of a list by their names. */
  path: string;
  /** Of a secret: what `conceal` made of it. */
  value: unknown;
  by: LayerName;
  /** What it overrode, weakest first: texts as they were written, with their variables unfilled. */
  over: readonly Put[];
  /** What its text was filled with; `by` null: what the registry says. */
  variables: { name: string; by: LayerName | null }[];
}

export interface Composed {
  /** What the device gets, secrets and all. */
  document: unknown;
  origins: Origin[];
  /** Paths of what a secret is part of. */
  secrets: Set<string>;
  problems: { path: string; message: string }[];
}

export interface ComposeNeeds {
  /** Weakest first (`inOrder`). */
  layers: readonly Layer[];
  facts: Facts;
  text: FillText;
  /** What stands in `origins` for a secret value. */
  conceal(path: string, value: unknown): unknown;
  /** All layers but the last so many, merged before: devices share most of them. */
  below?: { tree: Tree | undefined; layers: number };
}

/** The document of one device: its layers merged, variables filled in. The same layers always make the same. */
export function compose(needs: ComposeNeeds): Composed {
  const { layers, below, conceal } = needs;
  const tree = stack(layers.slice(below?.layers ?? 0), below?.tree);
  const { values: variables, problems: clashes } = resolve(layers);
  const fill = createFilling({ variables, facts: needs.facts, text: needs.text });
  const origins: Origin[] = [];
  const secrets = new Set<string>();
  const problems = [...clashes];

  function leaf(at: { by: LayerName; over: readonly Put[] }, raw: unknown, path: string): unknown {
    const filled = fill(raw);
    if ("problem" in filled) {
      problems.push({ path, message: filled.problem });
      return raw;
    }
    if (filled.secret) secrets.add(path);
    const value = filled.secret ? conceal(path, filled.value) : filled.value;
    const used = filled.used.map((name) => ({ name, by: variables.get(name)?.by ?? null }));
    if (path !== "") origins.push({ path, value, by: at.by, over: at.over, variables: used });
    return filled.value;
  }
  function walk(at: Tree, path: string): unknown {
    if (!isBranch(at)) return leaf(at, at.value, path);
    if (at.entries.size === 0) return leaf(at, {}, path);
    const inner = [...at.entries].map(([key, one]) => [key, walk(one, join(path, nameOf(at, key, one)))] as const);
    return at.key === null ? Object.fromEntries(inner) : inner.map(([, value]) => value);
  }
  /** A thing is named as it will be called. */
  function nameOf({ key }: Branch, entry: string, thing: Tree): string {
    const raw = key !== null && isBranch(thing) ? thing.entries.get(key) : undefined;
    if (!raw || isBranch(raw) || typeof raw.value !== "string") return entry;
    const filled = fill(raw.value);
    return "value" in filled && !filled.secret ? String(filled.value) : entry;
  }

  return { document: tree ? walk(tree, "") : {}, origins, secrets, problems };
}

const join = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

/** Who put the values at and below a path. */
export const originsAt = (origins: readonly Origin[], path: string): Origin[] =>
  path === "" ? [...origins] : origins.filter((one) => one.path === path || one.path.startsWith(`${path}.`));
