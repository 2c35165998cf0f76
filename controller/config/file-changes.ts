import { configLimits } from "./limits.ts";
import type { DeviceFile } from "./render.ts";

/** A file of the device, as lines that go ("- ") and come ("+ "), in their order. */
export interface RenderedChange {
  file: string;
  lines: string[];
}

/** What differs between the files that a device has been told to have and those that it would be. */
export function fileChanges(before: readonly DeviceFile[], after: readonly DeviceFile[]): RenderedChange[] {
  const was = new Map(before.map((file) => [file.path, file]));
  const is = new Map(after.map((file) => [file.path, file]));
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((path) => {
    const [old, next] = [was.get(path), is.get(path)];
    const lines = lineChanges(old?.text ?? "", next?.text ?? "");
    if (old && next && old.mode !== next.mode) lines.unshift(`- mode ${octal(old)}`, `+ mode ${octal(next)}`);
    // An empty file, or one that was.
    if (lines.length === 0 && (!old || !next)) lines.push(next ? "+ " : "- ");
    return lines.length === 0 ? [] : [{ file: path, lines: bounded(lines) }];
  });
}

const octal = ({ mode }: DeviceFile): string => mode.toString(8).padStart(4, "0");

function bounded(lines: string[]): string[] {
  const more = lines.length - configLimits.previewFileLines;
  return more <= 0 ? lines : [...lines.slice(0, -more), `… and ${more} more lines`];
}

export function lineChanges(before: string, after: string): string[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) from += 1;
  let end = 0;
  while (end < a.length - from && end < b.length - from && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [gone, come] = [a.slice(from, a.length - end), b.slice(from, b.length - end)];
  return between(gone, come);
}

const linesOf = (text: string): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));
const minus = (line: string | undefined): string => `- ${line ?? ""}`;
const plus = (line: string | undefined): string => `+ ${line ?? ""}`;

/** By the longest part that they have in common; where that is too much work, all goes and all comes. */
function between(a: readonly string[], b: readonly string[]): string[] {
  const width = b.length + 1;
  if ((a.length + 1) * width > configLimits.comparedLines) return [...a.map(minus), ...b.map(plus)];
  // common[i * width + j]: lines that a from i and b from j have in common.
  const common = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) [i, j] = [i + 1, j + 1];
    else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) lines.push(minus(a[i++]));
    else lines.push(plus(b[j++]));
  }
  return lines;
}
