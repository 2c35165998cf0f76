import { parseDocument, stringify } from "yaml";
import { z } from "zod";
import { type SourceKind, sourceKinds } from "./source.ts";

/** Bounds of a folder that is read. */
export const folderLimits = { files: 20_000, fileBytes: 512 * 1024 } as const;

/** One source as a file says it. */
export interface FolderItem {
  kind: SourceKind;
  id: string;
  body: Record<string, unknown>;
}

const idShape = /^[a-z0-9][a-z0-9-]{0,63}$/;
const shape = /^(?:(organisation)|(template|group|site|device)s\/([a-z0-9-]+))\.yaml$/;

/** Whether a path in a folder is one of those that are written here. */
export const isOurs = (path: string): boolean => shape.test(path);

/** All sources as files of YAML, a path each. Of secrets only that they are there. */
export function filesOf(sources: readonly FolderItem[]): Map<string, string> {
  const sorted = [...sources].sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
  return new Map(sorted.map((one) => [pathOf(one), textOf(withoutMarks(one.body))]));
}

function pathOf({ kind, id }: Pick<FolderItem, "kind" | "id">): string {
  if (kind === "organisation") return "organisation.yaml";
  if (!idShape.test(id)) throw new Error(`"${id}" can't be the name of a file`);
  return `${kind}s/${id}.yaml`;
}

const textOf = (body: object): string => stringify(body, { lineWidth: 0, aliasDuplicateObjects: false });

/** What a file doesn't say: whether a secret was set. */
function withoutMarks(body: Record<string, unknown>): Record<string, unknown> {
  const { variables, ...rest } = body as { variables?: Record<string, { type: string }> };
  if (variables === undefined) return body;
  const plain = Object.entries(variables).map(([name, one]) => [
    name,
    one.type === "secret" ? { type: one.type } : one,
  ]);
  return { ...rest, variables: Object.fromEntries(plain) };
}

const anything = z.record(z.string(), z.unknown());

/** What files of a folder say. Throws a sentence with the file's name. @param files text by path */
export function itemsIn(files: ReadonlyMap<string, string>): FolderItem[] {
  return [...files].flatMap(([path, text]) => {
    const [, alone, word, id] = shape.exec(path) ?? [];
    const kind = sourceKinds.find((one) => one === (alone ?? word));
    if (!kind) return [];
    if (alone === undefined && !idShape.test(id ?? "")) throw new Error(`${path}: the name is 1-64 of a-z, 0-9 and -`);
    return [{ kind, id: id ?? "organisation", body: bodyIn(path, text) }];
  });
}

function bodyIn(path: string, text: string): Record<string, unknown> {
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  const [error] = document.errors;
  if (error) throw new Error(`${path}: ${error.message.split("\n")[0]}`);
  const body = anything.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {});
  if (!body.success) throw new Error(`${path}: keys and values expected`);
  return body.data;
}
