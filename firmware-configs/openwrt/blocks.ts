import type { Block } from "../uci/index.ts";

/** A list of blocks in a document, each with its path. */
export const blocksOf = (document: Block, key: string): { block: Block; path: string; index: number }[] =>
  ((document[key] ?? []) as Block[]).map((block, index) => ({ block, path: `${key}.${index}`, index }));

/** The first of these that says something. */
export const named = (...names: unknown[]): string =>
  names.find((name): name is string => typeof name === "string" && name !== "") ?? "";
