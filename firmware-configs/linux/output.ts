import type { Problem } from "../openwrt/output.ts";
import type { Line } from "../uci/index.ts";

/** A file of a plain Linux system, each line with the setting that put it there. */
export interface LinuxFile {
  path: string;
  mode: string;
  lines: Line[];
}

export interface Output {
  file(path: string, mode: string): (text: string, from: string) => void;
  /** It can't be rendered. */
  problem(path: string, message: string): void;
  /** These programs have no words for it: left out, and told. */
  left(path: string, message: string): void;
}

export function createOutput() {
  const files = new Map<string, LinuxFile>();
  const problems: Problem[] = [];
  const left: Problem[] = [];
  const output: Output = {
    file(path, mode) {
      const file = files.get(path) ?? { path, mode, lines: [] };
      files.set(path, file);
      return (text, from) => {
        // It would begin a line of its own, which nobody asked for.
        if (/[\n\r]/.test(text)) problems.push({ path: from, message: "a line break has no place here" });
        else file.lines.push({ text, from });
      };
    },
    problem: (path, message) => void problems.push({ path, message }),
    left: (path, message) => void left.push({ path, message }),
  };
  return { output, problems, left, files: () => [...files.values()].filter(({ lines }) => lines.length > 0) };
}
