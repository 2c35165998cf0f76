import type { Block, ReadSection } from "../uci/index.ts";
import type { Problem } from "./output.ts";

/** A section as it was read. */
export interface Section {
  type: string;
  name: string | undefined;
  options: Record<string, string | string[]>;
  package: string;
}

export const sectionOf = (packageName: string, { type, name, options }: ReadSection): Section => ({
  type,
  name,
  options: Object.fromEntries(options),
  package: packageName,
});

/** The document that is being made of sections. */
export interface Reading {
  set(key: string, value: unknown): void;
  push(key: string, block: Block): void;
  /** Of the blocks pushed so far. */
  all(key: string): Block[];
  count(key: string): number;
  general(more: Block): void;
  problem(section: Section, message: string): void;
}

export function createReading() {
  const document: Block = {};
  const problems: Problem[] = [];
  const all = (key: string): Block[] => (document[key] ?? []) as Block[];
  const reading: Reading = {
    set: (key, value) => {
      document[key] = value;
    },
    push(key, block) {
      document[key] = [...all(key), block];
    },
    all,
    count: (key) => all(key).length,
    general(more) {
      document["general"] = { ...(document["general"] as Block | undefined), ...more };
    },
    problem({ package: packageName, type, name }, message) {
      problems.push({ path: `${packageName}.${name ?? `@${type}`}`, message });
    },
  };
  return { reading, document, problems };
}

interface Types {
  numbers?: readonly string[];
  flags?: readonly string[];
  /** Given as one option where there is only one. */
  lists?: readonly string[];
}

const yes = new Set(["1", "on", "true", "yes", "enabled"]);

/** UCI knows text only. What is no number stays text, for the schema to name. */
export function typed(
  options: Record<string, string | string[]>,
  { numbers = [], flags = [], lists = [] }: Types,
): Block {
  const block: Block = { ...options };
  for (const key of numbers) if (typeof block[key] === "string") block[key] = numberOf(block[key]);
  for (const key of flags) if (typeof block[key] === "string") block[key] = yes.has(block[key]);
  for (const key of lists) if (typeof block[key] === "string") block[key] = wordsOf(block[key]);
  return block;
}

const numberOf = (text: string): number | string => (/^-?\d+$/.test(text) ? Number(text) : text);

/** A list, whichever of its two forms it has in UCI: list lines, or words in one option. */
export const wordsOf = (given: unknown): string[] =>
  [given ?? []]
    .flat()
    .flatMap((one) => String(one).split(/\s+/))
    .filter((one) => one !== "");
