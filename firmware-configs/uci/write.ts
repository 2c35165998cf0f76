import type { UciOption, UciPackage } from "./section.ts";

/** One line of a rendered file, and the path in the document that put it there; "": it only gives form. */
export interface Line {
  text: string;
  from: string;
}

/** As `uci import` reads it. */
export function uciLines(packages: readonly UciPackage[]): Line[] {
  const lines: Line[] = [];
  const form = (text: string): void => void lines.push({ text, from: "" });
  for (const { name, sections } of packages) {
    if (lines.length > 0) form("");
    form(`package ${name}`);
    for (const section of sections) {
      form("");
      lines.push({ text: `config ${section.type} ${quoted(section.name)}`, from: section.from });
      for (const option of section.options) lines.push(...optionLines(option));
    }
  }
  return lines;
}

export const uciText = (packages: readonly UciPackage[]): string => textOf(uciLines(packages));

export const textOf = (lines: readonly Line[]): string => lines.map(({ text }) => `${text}\n`).join("");

function optionLines({ key, value, from }: UciOption): Line[] {
  if (typeof value === "string") return [{ text: `\toption ${key} ${quoted(value)}`, from }];
  return value.map((item) => ({ text: `\tlist ${key} ${quoted(item.value)}`, from: item.from }));
}

/** Nothing is special within single quotes, so a quote itself stands outside of them. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
