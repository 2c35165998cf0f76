import { type Resolved, type Scalar, wordsOf } from "./variables.ts";

/** Makes text of a template text. Throws with a sentence when it can't. `scope` has every variable as a property of its
 *  own; reading one that has no value throws. */
export type FillText = (text: string, scope: object) => string;

/** What the registry knows, for `{{ device.name }}` and `{{ site.name }}`. */
export type Facts = Readonly<Record<"device" | "site", Readonly<Record<string, Scalar>> | null>>;

export interface Filled {
  value: unknown;
  /** Names of the variables that it was made of. */
  used: string[];
  /** One of them is secret. */
  secret: boolean;
}

/** Texts with variables in one document. */
export const filledTextsMost = 1_000;

export const hasVariables = (text: string): boolean => text.includes("{{") || text.includes("{%");
const exactly = /^\{\{-?\s*([a-z][a-z0-9_]*(?:\.[a-z][A-Za-z0-9_]*)?)\s*-?\}\}$/;

/** Fills the texts of one device's document. */
export function createFilling(needs: { variables: ReadonlyMap<string, Resolved>; facts: Facts; text: FillText }) {
  const { variables, facts } = needs;
  let used = new Set<string>();
  let texts = 0;
  const scope = scopeOf();

  function read(name: string): Scalar {
    used.add(name);
    const found = variables.get(name);
    if (!found) throw new Error(`there is no variable "${name}"`);
    if (found.value === undefined)
      throw new Error(`the variable "${name}" has no value (it is declared in ${wordsOf(found.by)})`);
    return found.value;
  }
  function fact(of: "device" | "site", key: string): Scalar {
    used.add(`${of}.${key}`);
    const known = facts[of];
    if (!known) throw new Error(`there is no "${of}.${key}": it is at no site`);
    const value = Object.hasOwn(known, key) ? known[key] : undefined;
    if (value === undefined) throw new Error(`there is no "${of}.${key}" of this device`);
    return value;
  }
  /** Reading is noted, so also what only decides about a text counts as used. */
  function scopeOf(): object {
    const own = Object.create(null) as object;
    const add = (to: object, key: string, get: () => unknown): void =>
      void Object.defineProperty(to, key, { enumerable: true, get });
    for (const name of variables.keys()) add(own, name, () => read(name));
    for (const of of ["device", "site"] as const) {
      const inner = Object.create(null) as object;
      for (const key of Object.keys(facts[of] ?? {})) add(inner, key, () => fact(of, key));
      if (facts[of]) add(own, of, () => inner);
    }
    return own;
  }

  function textOf(text: string): unknown {
    texts += 1;
    if (texts > filledTextsMost) throw new Error(`more than ${filledTextsMost} texts with variables in one document`);
    const [, only] = exactly.exec(text) ?? [];
    if (only === undefined) return needs.text(text, scope);
    const [name = "", key] = only.split(".");
    return key !== undefined && (name === "device" || name === "site") ? fact(name, key) : read(only);
  }
  function deep(value: unknown): unknown {
    if (typeof value === "string") return hasVariables(value) ? textOf(value) : value;
    if (Array.isArray(value)) return value.map(deep);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deep(inner)]));
  }

  /** @returns the value of a leaf with its variables filled in, or why it can't be */
  return (value: unknown): Filled | { problem: string } => {
    if (typeof value !== "string" && typeof value !== "object") return { value, used: [], secret: false };
    used = new Set();
    try {
      const filled = deep(value);
      return {
        value: filled,
        used: [...used],
        secret: [...used].some((name) => variables.get(name)?.type === "secret"),
      };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  };
}
