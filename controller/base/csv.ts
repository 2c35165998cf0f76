import { stringify } from "csv-stringify/sync";

/** Numbers stay numbers: a longitude may begin with a minus. */
const isNumber = (cell: string): boolean => /^-?\d+(\.\d+)?$/.test(cell);

/** For people's spreadsheets: a cell that one would take for a formula is led by an apostrophe. */
export const csv = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  stringify(
    [
      head,
      ...rows.map((row) => row.map((cell) => (/^'*[=+\-@\t\r]/.test(cell) && !isNumber(cell) ? `'${cell}` : cell))),
    ],
    { record_delimiter: "windows" },
  );
