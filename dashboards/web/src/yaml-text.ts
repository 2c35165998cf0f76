import { isMap, isScalar, isSeq, LineCounter, parseDocument, stringify } from "yaml";

/** What is wrong on which line, counted from 1. */
export interface LineFault {
  line: number;
  message: string;
}
export type ReadYaml = { value: unknown; lineOf(path: string): number } | { faults: LineFault[] };

const aliasesAtMost = 100;

export const yamlText = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

/** YAML as data, with the line of each path in it; or what is wrong on which line. */
export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  if (document.errors.length > 0)
    return { faults: document.errors.map(({ pos, message }) => ({ line: lineAt(pos[0]), message })) };
  try {
    const value: unknown = document.toJS({ maxAliasCount: aliasesAtMost });
    return { value, lineOf: (path) => lineAt(deepest(document.contents, 0, path === "" ? [] : path.split("."))) };
  } catch (error) {
    return { faults: [{ line: 1, message: (error as Error).message }] };
  }
}

/** Where the path leads, as far as it is there. Names may have dots in them. */
function deepest(node: unknown, at: number, parts: readonly string[]): number {
  for (let many = parts.length; many > 0; many--) {
    const found = child(node, parts.slice(0, many).join("."));
    if (found) return deepest(found.node, found.at, parts.slice(many));
  }
  return at;
}

/** What things of a list are told apart by. */
const identities = new Set(["name", "destination", "public_key", "path", "address", "ifname", "vlan"]);

function child(node: unknown, name: string): { node: unknown; at: number } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
    return pair && { node: pair.value, at: startOf(pair.key) };
  }
  if (!isSeq(node)) return undefined;
  const item = node.items.find(
    (one, index) =>
      String(index) === name ||
      (isMap(one) && one.items.some((pair) => identities.has(String(pair.key)) && String(pair.value) === name)),
  );
  return item === undefined ? undefined : { node: item, at: startOf(item) };
}

const startOf = (node: unknown): number => (node as { range?: [number, number, number] | null }).range?.[0] ?? 0;
