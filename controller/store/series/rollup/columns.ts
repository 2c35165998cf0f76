import type { Field } from "#wire";
import { type Stat, statsOf } from "./levels.ts";

export interface Column {
  name: string;
  field: string;
  stat: Stat;
  /** Only the last value of a text is text. */
  text: boolean;
}

/** The name under which both backends keep it. */
export const columnName = (field: string, stat: Stat): string => `${field}_${stat}`;

/** Every column that buckets of a measurement have. */
export const columnsOf = (fields: Readonly<Record<string, Field>>): Column[] =>
  Object.entries(fields).flatMap(([field, definition]) =>
    statsOf(definition).map((stat) => ({
      name: columnName(field, stat),
      field,
      stat,
      text: definition.type === "text" && stat === "last",
    })),
  );
