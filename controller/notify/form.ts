import { z } from "zod";

/** What people read beside a setting. */
export interface About {
  label: string;
  hint?: string;
  placeholder?: string;
  /** Write-only. */
  secret?: true;
  /** Several lines. */
  long?: true;
  /** Most people leave it as it is. */
  rare?: true;
}

/** A setting as a form shows it. */
export interface Field extends About {
  name: string;
  type: "text" | "number" | "yes-no" | "list" | "choice";
  required: boolean;
  options?: string[];
}

/** Labels and hints stand beside the schema, so that form, API and check cannot drift apart. */
export const about = z.registry<About>();

export const field = <T extends z.ZodType>(schema: T, words: About): T => {
  about.add(schema, words);
  return schema;
};

/** The form of a kind of channel, in the schema's order. Throws for a setting that nobody described: that is a bug. */
export const fieldsOf = (settings: z.ZodObject): Field[] =>
  Object.entries(settings.shape).map(([name, schema]) => {
    const words = about.get(schema as z.ZodType);
    if (!words) throw new Error(`the setting ${name} has no label`);
    const inner = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : (schema as z.ZodType);
    return { name, required: !(schema instanceof z.ZodOptional), ...typeOf(inner), ...words };
  });

function typeOf(schema: z.ZodType): Pick<Field, "type" | "options"> {
  if (schema instanceof z.ZodEnum) return { type: "choice", options: schema.options.map(String) };
  if (schema instanceof z.ZodBoolean) return { type: "yes-no" };
  if (schema instanceof z.ZodNumber) return { type: "number" };
  return { type: schema instanceof z.ZodArray ? "list" : "text" };
}

export const secretsOf = (settings: z.ZodObject): string[] =>
  fieldsOf(settings)
    .filter(({ secret }) => secret)
    .map(({ name }) => name);
