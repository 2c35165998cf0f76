import { validator } from "hono-openapi";
import { z } from "zod";
import { addressAllowed, readAddress } from "../base/address.ts";
import { type Fault, invalid } from "../base/errors.ts";

interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
  keys?: readonly string[];
}

/** What is wrong, where. Texts of the caller are cut. */
export function faultsOf(issues: readonly Issue[]): Fault[] {
  return issues.slice(0, 20).map((issue) => ({
    path: (issue.path ?? [])
      .map((part) => String(typeof part === "object" ? part.key : part))
      .join(".")
      .slice(0, 200),
    message: issue.message.slice(0, 300),
  }));
}

const refuse =
  (what: string) =>
  (result: { success: boolean; error?: readonly Issue[] }): void => {
    if (result.success) return;
    const faults = faultsOf(result.error ?? []);
    const first = faults[0];
    const where = first?.path ? `${first.path}: ` : "";
    throw invalid(`the ${what} will not do: ${where}${first?.message ?? ""}`, faults);
  };

/** The body by a schema; unknown keys are refused where it is strict. */
export const body = <S extends z.core.$ZodType>(schema: S) =>
  validator("json", schema as S & Standard<S>, refuse("body"));
/** The query by a schema. */
export const query = <S extends z.core.$ZodType>(schema: S) =>
  validator("query", schema as S & Standard<S>, refuse("query"));

/** Both flavours of zod are standard schemas; their types say it only on the concrete classes. */
type Standard<S extends z.core.$ZodType> = { readonly "~standard": z.core.$ZodStandardSchema<S> };

const control = /\p{Cc}/u;
/** A name that people give: trimmed, without control characters. */
export const name = (most = 100) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !control.test(text), "no control characters");

/** Where the controller asks whether something is there. */
export const address = z
  .string()
  .trim()
  .max(300)
  .refine((text) => readAddress(text) !== null, addressAllowed);

export const location = z.strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) });

/** Milliseconds since 1970 UTC, or ISO 8601 with a zone. */
export const instant = z
  .union([z.int().min(0), z.string().max(40)])
  .transform((given, context) => {
    const text = String(given);
    const at = /^\d{1,15}$/.test(text) ? Number(text) : /(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isSafeInteger(at) && at >= 0) return at;
    context.addIssue({ code: "custom", message: "milliseconds since 1970 UTC, or ISO 8601 with a zone" });
    return z.NEVER;
  })
  .pipe(z.int());
