import { measurementOf } from "#wire";
import { fitsOf, type Subject } from "../rules/compile.ts";
import type { Rule, Scope } from "../rules/schema.ts";
import { usualLimits } from "./limits.ts";
import { createTable, type Table } from "./table.ts";

/** One field whose usual values somebody wants. */
export interface Wanted {
  m: string;
  field: string;
  weeks: number;
  /** Of whoever wants it, to see that they have changed. */
  scopes: string;
  fits: ((subject: Subject) => boolean)[];
  table: Table;
}

/** For notices, whatever the rules look at. */
export const devicesOn = { m: "radio", field: "clients", weeks: 4 } as const;
const withPeople: Scope = { kinds: ["access-point", "gateway"] };

export const nameOf = ({ m, field, weeks }: { m: string; field: string; weeks: number }): string =>
  `${m}.${field} ${weeks}`;

/** What these rules compare with what is usual. Of what was wanted before, what is known stays. */
export function wantedBy(rules: readonly Rule[], before: ReadonlyMap<string, Wanted>): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  const add = (m: string, field: string, weeks: number, scope: Scope): void => {
    const name = nameOf({ m, field, weeks });
    // What is not stored has no history.
    const isStored = measurementOf(m)?.fields[field] !== undefined;
    if (!isStored || (!wanted.has(name) && wanted.size >= usualLimits.fields)) return;
    const table = before.get(name)?.table ?? createTable();
    const { scopes, fits } = wanted.get(name) ?? { scopes: "", fits: [] };
    const more = { scopes: `${scopes}${JSON.stringify(scope)}`, fits: [...fits, fitsOf(scope)] };
    wanted.set(name, { m, field, weeks, table, ...more });
  };
  add(devicesOn.m, devicesOn.field, devicesOn.weeks, withPeople);
  for (const { enabled, usual, value, scope } of rules) {
    const [m = "", field = ""] = value.field.split(".");
    if (enabled && usual) add(m, field, usual.weeks, scope);
  }
  return wanted;
}
