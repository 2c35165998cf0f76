/** One value as it stands in a document, and the path at which it stands there. */
export interface Given {
  value: unknown;
  from: string;
  /** Of a list that was made of several settings: where each item stands. */
  each?: readonly string[];
}
/** What is known of one section so far, by option; a renderer takes out what it turns into something else. */
export type Options = Map<string, Given>;

export interface UciOption {
  key: string;
  /** A list is written as `list` lines. */
  value: string | UciItem[];
  from: string;
}
export interface UciItem {
  value: string;
  from: string;
}
export interface UciSection {
  type: string;
  name: string;
  /** Path in the document of what this section was made of. */
  from: string;
  options: UciOption[];
}
export interface UciPackage {
  name: string;
  sections: UciSection[];
}

export type Block = Record<string, unknown>;

/** The keys of a block of a document as options, each with its path. */
export const optionsOf = (block: Block, path: string): Options =>
  new Map(Object.entries(block).map(([key, value]) => [key, { value, from: `${path}.${key}` }]));

export function take(options: Options, key: string): Given | undefined {
  const given = options.get(key);
  options.delete(key);
  return given;
}

/** A list that was made of several settings. */
export const putList = (options: Options, key: string, items: readonly UciItem[], from: string): void => {
  options.set(key, { value: items.map(({ value }) => value), from, each: items.map((item) => item.from) });
};

/** The same value under another name. */
export function rename(options: Options, key: string, to: string): void {
  const given = take(options, key);
  if (given) options.set(to, given);
}

export const put = (options: Options, key: string, value: unknown, from: string): void => {
  options.set(key, { value, from });
};

export const drop = (options: Options, keys: readonly string[]): void => {
  for (const key of keys) options.delete(key);
};

/** UCI knows names of letters, digits and underscores only. */
export const uciName = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, "_");

/** Empty values are not written: an option that is absent leaves the device's own default in force. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

const textOf = (value: unknown): string => (value === true ? "1" : value === false ? "0" : String(value));

/** In the order of their names, so that the same document gives the same text. */
export function uciOptions(options: Options): UciOption[] {
  return [...options]
    .filter(([, { value }]) => !isEmpty(value))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, given]) => ({ key, value: written(given), from: given.from }));
}

const written = ({ value, from, each }: Given): string | UciItem[] =>
  Array.isArray(value)
    ? value
        .map((one, i) => ({ one, from: each?.[i] ?? `${from}.${i}` }))
        .filter(({ one }) => !isEmpty(one))
        .map((item) => ({ value: textOf(item.one), from: item.from }))
    : textOf(value);
