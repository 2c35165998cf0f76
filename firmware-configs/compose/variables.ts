import * as z from "zod/mini";
import type { Layer, LayerName } from "./layers.ts";

export const variableTypes = ["string", "number", "boolean", "secret"] as const;
export type VariableType = (typeof variableTypes)[number];
export type Scalar = string | number | boolean;

export const variableLimits = { ofLayer: 200, nameChars: 64, valueChars: 4_096 } as const;

const nameShape = new RegExp(`^[a-z][a-z0-9_]{0,${variableLimits.nameChars - 1}}$`);
/** What the registry says, and words of the language of texts. */
const taken = new Set(
  "device site true false nil null empty blank and or not contains in forloop tablerowloop".split(" "),
);
const nameProblem = (name: string): string | null => {
  if (taken.has(name)) return "this name means something else already";
  return nameShape.test(name) ? null : "1-64 of a-z, 0-9 and _, a letter first, such as guest_ssid";
};

const text = z.string().check(z.maxLength(variableLimits.valueChars, `at most ${variableLimits.valueChars} letters`));
const type = <T extends VariableType, V extends z.ZodMiniType>(name: T, value: V) =>
  z.strictObject({ type: z.literal(name), value: z.optional(value) });

/** Without a value: it has to come from another layer. */
export const variable = z.discriminatedUnion(
  "type",
  [type("string", text), type("number", z.number()), type("boolean", z.boolean()), type("secret", text)],
  `the type is ${variableTypes.join(", ")}`,
);
export type Variable = z.infer<typeof variable>;

export const variables = z.record(z.string(), variable).check(
  z.refine((all) => Object.keys(all).length <= variableLimits.ofLayer, `at most ${variableLimits.ofLayer} variables`),
  (payload) => {
    for (const name of Object.keys(payload.value)) {
      const message = nameProblem(name);
      if (message) payload.issues.push({ code: "custom", message, input: name, path: [name.slice(0, 100)] });
    }
  },
);
export type Variables = z.infer<typeof variables>;

/** A variable as it holds for a device. */
export interface Resolved {
  type: VariableType;
  /** undefined: declared, but nobody gave it a value. */
  value: Scalar | undefined;
  /** Who gave the value; where there is none: who declared it. */
  by: LayerName;
  /** What it overrode, weakest first. Never the value of a secret. */
  over: { by: LayerName; value?: Scalar }[];
}

export interface VariableProblem {
  path: string;
  message: string;
}

/** What all layers together say, weakest first; the strongest value holds. A name has one type. */
export function resolve(layers: readonly Pick<Layer, "kind" | "id" | "name" | "variables">[]): {
  values: Map<string, Resolved>;
  problems: VariableProblem[];
} {
  const values = new Map<string, Resolved>();
  const problems: VariableProblem[] = [];
  for (const { kind, id, name: layerName, variables: own } of layers) {
    const by = { kind, id, name: layerName };
    for (const [name, { type, value }] of Object.entries(own)) {
      const was = values.get(name);
      if (was && was.type !== type) {
        const message = `a ${type} in ${wordsOf(by)}, but a ${was.type} in ${wordsOf(was.by)}`;
        problems.push({ path: `variables.${name}`, message });
      } else if (!was) values.set(name, { type, value, by, over: [] });
      else if (value !== undefined) values.set(name, { type, value, by, over: [...was.over, ...said(was)] });
    }
  }
  return { values, problems };
}

function said({ type, value, by }: Resolved): Resolved["over"] {
  if (value === undefined) return [];
  return [type === "secret" ? { by } : { by, value }];
}

/** 'the template "Guest"'. */
export function wordsOf({ kind, id, name }: LayerName): string {
  if (kind === "organisation") return "the organisation";
  const word = kind === "group" || kind === "site" || kind === "device" ? kind : "template";
  return `the ${word} "${name === "" ? id : name}"`;
}
