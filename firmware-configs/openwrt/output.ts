import type { Options, UciPackage, UciSection } from "../uci/index.ts";
import { uciOptions } from "../uci/index.ts";

export interface Problem {
  path: string;
  message: string;
}

/** Where renderers put what they make. */
export interface Output {
  section(packageName: string, head: Head, options: Options): void;
  /** Like `section`, and what is there already under that name is a part of it: its options stay, these come over them. */
  over(packageName: string, head: Head, options: Options): void;
  problem(path: string, message: string): void;
}
export interface Head {
  type: string;
  name: string;
  from: string;
}

const packageName = /^[A-Za-z0-9_-]{1,64}$/;
const typeName = /^[A-Za-z0-9_-]{1,64}$/;
const optionName = /^[A-Za-z0-9_]{1,64}$/;

/** Packages in the order in which they were first needed, sections in theirs. Two sections of one name would be one for the
 *  device: a problem. */
export function createOutput() {
  const packages = new Map<string, Map<string, UciSection>>();
  const problems: Problem[] = [];
  const problem = (path: string, message: string): void => void problems.push({ path, message });

  function put(name: string, head: Head, options: Options, isOver: boolean): void {
    if (!packageName.test(name)) {
      problem(head.from, `"${name}" can't be the name of a UCI package`);
      return;
    }
    if (!typeName.test(head.type)) {
      problem(head.from, `"${head.type}" can't be the type of a UCI section`);
      return;
    }
    const sections = packages.get(name) ?? new Map<string, UciSection>();
    packages.set(name, sections);
    const before = sections.get(head.name);
    if (before && !(isOver && before.type === head.type)) {
      problem(head.from, `the section ${name}.${head.name} is made twice, also from ${before.from}`);
      return;
    }
    const made = uciOptions(options);
    for (const { key, value, from } of made) {
      if (!optionName.test(key)) problem(from, `"${key}" can't be the name of a UCI option`);
      else if (typeof value === "string" ? isObject(options.get(key)?.value) : hasObject(options.get(key)?.value))
        problem(from, "a UCI option is a text, a number, true, false or a list of these");
    }
    sections.set(head.name, before ? { ...before, options: merged(before, made) } : { ...head, options: made });
  }

  const output: Output = {
    section: (name, head, options) => put(name, head, options, false),
    over: (name, head, options) => put(name, head, options, true),
    problem,
  };
  return {
    output,
    problems,
    packages: (): UciPackage[] => [...packages].map(([name, sections]) => ({ name, sections: [...sections.values()] })),
  };
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
const hasObject = (value: unknown): boolean => Array.isArray(value) && value.some(isObject);

function merged(before: UciSection, over: UciSection["options"]): UciSection["options"] {
  const all = new Map(before.options.map((option) => [option.key, option]));
  for (const option of over) all.set(option.key, option);
  return [...all.values()];
}
