import type { Fault, TemplateWish } from "./api.ts";
import { bodyOf, kindOf, namesOf, type TemplateKind } from "./template-words.ts";
import { type LineFault, readYaml, yamlText } from "./yaml-text.ts";

/** A template as it is typed: kept whatever is wrong with it. */
export interface TemplateDraft {
  name: string;
  kind: TemplateKind;
  /** Of models or tags, with commas between. */
  names: string;
  order: string;
  /** `document` and `variables`, as YAML. */
  text: string;
  message: string;
}

export const newTemplate: TemplateDraft = {
  ...{ name: "", kind: "default", names: "", order: "0", message: "" },
  text: "document:\n  agent:\n    intervalMs: 60000\n",
};

export function templateDraftOf(template: { body: unknown }): TemplateDraft {
  const { name, applies, order, document, variables } = bodyOf(template);
  const said = { document, ...(Object.keys(variables).length > 0 ? { variables } : {}) };
  const names = namesOf(applies).join(", ");
  return { name, kind: kindOf(applies), names, order: String(order), text: yamlText(said), message: "" };
}

/** An id that is made of a name: "Guest network (new)" → "guest-network-new" */
export const idOfName = (name: string): string =>
  name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 64)
    .replace(/-+$/, "");

export interface ReadTemplate {
  /** null: the text is not YAML of the right shape. */
  body: TemplateWish | null;
  faults: LineFault[];
  lineOf(path: string): number;
}

/** What is sent, also where it is wrong, so that it is answered in its place. */
export function readTemplate({ name, kind, names, order, text }: TemplateDraft): ReadTemplate {
  const read = readYaml(text);
  if ("faults" in read) return { body: null, faults: read.faults, lineOf: () => 1 };
  const { value, lineOf } = read;
  const wrong = (line: number, message: string) => ({ body: null, faults: [{ line, message }], lineOf });
  if (value !== null && (typeof value !== "object" || Array.isArray(value)))
    return wrong(1, "it begins with document: or variables:");
  const { document, variables, ...rest } = (value ?? {}) as Record<string, unknown>;
  const [stray] = Object.keys(rest);
  if (stray !== undefined)
    return wrong(
      lineOf(stray),
      `"${stray}" is not known here; settings stand below document:, variables below variables:`,
    );
  const list = names
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
  const applies =
    kind === "profile"
      ? { to: kind, profiles: list }
      : kind === "tag"
        ? { to: kind, tags: list }
        : { to: "all" as const, ...(kind === "required" ? { required: true } : {}) };
  const body = { name, applies, order: Number(order || "0"), document: document ?? {}, variables: variables ?? {} };
  return { body: body as TemplateWish, faults: [], lineOf };
}

const fields = { name: "Name", applies: "For whom", order: "Order" } as const;
export type TemplateField = keyof typeof fields;

/** A path of an answer without what it was wrapped in. */
const pathHere = (path: string): string => path.replace(/^items\.0\.body\.?/, "");
const fieldAt = (path: string): TemplateField | undefined =>
  (Object.keys(fields) as TemplateField[]).find((one) => one === pathHere(path).split(".")[0] && path !== one);

/** What the controller found wrong, by line of the text. A path that is of a device's document is of ours, too. */
export function lineFaults(faults: readonly Fault[], { lineOf }: Pick<ReadTemplate, "lineOf">): LineFault[] {
  return faults
    .filter(({ path }) => fieldAt(path) === undefined)
    .map(({ path, message }) => {
      const here = pathHere(path);
      const place = /^(document|variables)(\.|$)/.test(here) ? here : `document.${here}`;
      return { line: lineOf(place), message: `${here.replace(/^document\./, "") || "the whole"}: ${message}` };
    });
}

/** What is wrong beside the text. */
export const fieldFaults = (faults: readonly Fault[]): string[] =>
  faults.flatMap(({ path, message }) => {
    const field = fieldAt(path);
    return field === undefined ? [] : [`${fields[field]}: ${message}`];
  });
