import { documentLimits as limits } from "./limits.ts";
import type { Problem } from "./openwrt/output.ts";

const control = /[^\P{Cc}\n\t\r]/u;
const key = /^[\w.@ -]+$/;
const isFile = /^files\.\d+\.contents$/;

/** Looked at before anything else is made of a document: how deep, how long, and that no text can break a line or a file.
 *  The first thing that is wrong is enough. */
export function boundsProblems(value: unknown, path = "", depth = 0): Problem[] {
  const wrong = (message: string): Problem[] => [{ path: path.slice(0, 200), message }];
  if (typeof value === "string") {
    const most = isFile.test(path) ? limits.fileChars : limits.valueChars;
    if (value.length > most) return wrong(`at most ${most} letters`);
    return control.test(value) ? wrong("a control character") : [];
  }
  if (typeof value !== "object" || value === null) return [];
  if (depth >= limits.depth) return wrong(`nested more than ${limits.depth} deep`);
  const entries = Object.entries(value);
  const most = Array.isArray(value) ? limits.items : limits.keys;
  if (entries.length > most) return wrong(`at most ${most} entries`);
  for (const [name, one] of entries) {
    if (name.length > limits.keyChars || !key.test(name))
      return wrong(`"${name.slice(0, limits.keyChars)}" can't be a key`);
    const problems = boundsProblems(one, path === "" ? name : `${path}.${name}`, depth + 1);
    if (problems.length > 0) return problems;
  }
  return [];
}
