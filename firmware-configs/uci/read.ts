/** A section as it was read. Without a name where the file gave it none. */
export interface ReadSection {
  type: string;
  name: string | undefined;
  options: Map<string, string | string[]>;
}
/** Packages by name, sections in their order. */
export type ReadPackages = Map<string, ReadSection[]>;

export class UciError extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

export const uciLimits = { textBytes: 1024 * 1024, sections: 4096, valueChars: 64 * 1024 } as const;

/** What `uci export` writes, or a file of /etc/config (then `name` says which package it is). Throws a UciError that
 *  names the line. */
export function readUci(text: string, name?: string): ReadPackages {
  if (text.length > uciLimits.textBytes) throw new UciError(1, `over ${uciLimits.textBytes} letters`);
  const packages: ReadPackages = new Map();
  let sections = name === undefined ? undefined : open(packages, name);
  let section: ReadSection | undefined;
  let count = 0;
  for (const { words, line } of statements(text)) {
    const [kind = "", ...rest] = words;
    if (kind === "package") {
      sections = open(packages, only(rest, 1, line, "package <name>")[0] as string);
      section = undefined;
    } else if (kind === "config") {
      if (!sections) throw new UciError(line, 'a "package" line comes first');
      if (rest.length < 1 || rest.length > 2) throw new UciError(line, "config <type> '<name>' expected");
      if (++count > uciLimits.sections) throw new UciError(line, `over ${uciLimits.sections} sections`);
      section = { type: rest[0] as string, name: rest[1], options: new Map() };
      sections.push(section);
    } else if (kind === "option" || kind === "list") {
      if (!section) throw new UciError(line, `"${kind}" outside of a section`);
      const [key, value] = only(rest, 2, line, `${kind} <name> '<value>'`) as [string, string];
      add(section, kind, key, value);
    } else throw new UciError(line, `package, config, option or list expected, "${kind.slice(0, 40)}" found`);
  }
  return packages;
}

function open(packages: ReadPackages, name: string): ReadSection[] {
  const sections = packages.get(name) ?? [];
  packages.set(name, sections);
  return sections;
}

function only(words: string[], count: number, line: number, form: string): string[] {
  if (words.length !== count) throw new UciError(line, `${form} expected`);
  return words;
}

/** A later option replaces an earlier one; list lines add up, onto an option of that name too. */
function add({ options }: ReadSection, kind: "option" | "list", key: string, value: string): void {
  const before = options.get(key);
  if (kind === "option") options.set(key, value);
  else options.set(key, before === undefined ? [value] : [...(Array.isArray(before) ? before : [before]), value]);
}

/** Words of one line; a quoted word may go over several. */
function* statements(text: string): Generator<{ words: string[]; line: number }> {
  let [words, line, at]: [string[], number, number] = [[], 1, 0];
  let began = 1;
  while (at <= text.length) {
    const unit = text[at];
    if (unit === undefined || unit === "\n" || unit === ";" || unit === "#") {
      if (words.length > 0) yield { words, line: began };
      words = [];
      if (unit === "#") at = endOfLine(text, at);
      if (text[at] === "\n") line++;
      at++;
    } else if (unit === " " || unit === "\t" || unit === "\r") at++;
    else {
      if (words.length === 0) began = line;
      const word = wordAt(text, at, line);
      words.push(word.value);
      [at, line] = [word.end, word.line];
    }
  }
}

const endOfLine = (text: string, at: number): number => {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
};

/** Quoted and unquoted parts without a blank between them are one word, as in a shell. */
function wordAt(text: string, from: number, fromLine: number): { value: string; end: number; line: number } {
  let [value, at, line] = ["", from, fromLine];
  let quote = "";
  for (; at < text.length; at++) {
    const unit = text[at] as string;
    if (unit === "\n" && quote !== "") line++;
    if (unit === "\\" && quote !== "'" && at + 1 < text.length) {
      if (text[++at] === "\n") line++;
      else value += text[at];
    } else if (quote === "" && (unit === "'" || unit === '"')) quote = unit;
    else if (unit === quote) quote = "";
    else if (quote === "" && /[\s;]/.test(unit)) break;
    else value += unit;
  }
  if (value.length > uciLimits.valueChars) throw new UciError(fromLine, `a value over ${uciLimits.valueChars} letters`);
  if (quote !== "") throw new UciError(fromLine, `the ${quote} is not closed`);
  return { value, end: at, line };
}
