import type { z } from "zod";
import { type About, about, schema } from "./schema.ts";

/** One setting: a leaf of the schema. */
export interface Key extends About {
  /** In dots, as in messages: "http.port". */
  path: string;
  env: string;
  schema: z.ZodType;
  shape: "text" | "number" | "boolean" | "list";
  default: unknown;
}

type Def = { type: string; innerType?: z.ZodType; defaultValue?: unknown };
function defOf(of: z.ZodType): Def {
  return of.def as unknown as Def;
}

function leaves(of: z.ZodType, path: readonly string[]): Key[] {
  const known = about.get(of);
  if (known) return [{ ...known, ...describe(of), path: path.join("."), env: envName(path), schema: of }];
  const { shape } = of as unknown as { shape: Record<string, z.ZodType> };
  return Object.entries(shape).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}

function describe(of: z.ZodType): Pick<Key, "shape" | "default"> {
  const def = defOf(of);
  if (!def.innerType) return { shape: shapeOf(def.type), default: undefined };
  const inner = describe(def.innerType);
  return def.type === "default" ? { shape: inner.shape, default: def.defaultValue } : inner;
}

const shapeOf = (type: string): Key["shape"] =>
  type === "number" || type === "boolean" ? type : type === "array" ? "list" : "text";

const envName = (path: readonly string[]): string =>
  `LAMPLIGHTER_${path.map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter}`)).join("_")}`.toUpperCase();

/** Every setting, in the order of the schema. */
export const keys: readonly Key[] = leaves(schema, []);
