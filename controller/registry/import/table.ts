import { CsvError, parse } from "csv-parse/sync";
import { invalid } from "../../base/errors.ts";

export const importLimits = {
  textChars: 512 * 1024,
  rows: 2_000,
  columns: 40,
  cellChars: 500,
  /** Of names that were misspelt, "did you mean". */
  guesses: 20,
  /** Imports that can be undone. */
  kept: 50,
} as const;

/** What a person pasted: the first line names the columns. `line` counts from 1, as an editor shows it. */
export interface Table {
  columns: string[];
  rows: { line: number; cells: string[] }[];
}

/** Comma, semicolon or tab, whichever the first line has most of; with or without a byte-order mark. Throws "invalid"
 *  with the line. */
export function readTable(text: string): Table {
  if (text.length > importLimits.textChars)
    throw invalid(`the text has ${text.length} characters; at most ${importLimits.textChars} at once`);
  const records = recordsOf(text);
  const [head, ...rest] = records;
  if (!head) throw invalid("there is nothing in it; the first line names the columns");
  const columns = head.record.map((cell) => cell.trim());
  if (columns.length > importLimits.columns)
    throw invalid(`line ${head.line} has ${columns.length} columns; at most ${importLimits.columns}`);
  if (rest.length > importLimits.rows)
    throw invalid(`there are ${rest.length} rows; at most ${importLimits.rows} at once`);
  return { columns, rows: rest.map(({ line, record }) => ({ line, cells: record.map((cell) => plain(cell.trim())) })) };
}

function recordsOf(text: string): { line: number; record: string[] }[] {
  try {
    const parsed = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    // The parser tells where a record ends; quoted line breaks are counted back.
    return parsed.map(({ record, info }) => ({ record, line: info.lines - record.join("").split("\n").length + 1 }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw invalid(`it cannot be read as CSV: ${error.message.slice(0, 200)}`);
  }
}

function delimiterOf(text: string): string {
  const first = text.slice(0, text.indexOf("\n") < 0 ? undefined : text.indexOf("\n"));
  const often = (mark: string): number => first.split(mark).length;
  return [",", ";", "\t"].reduce((best, mark) => (often(mark) > often(best) ? mark : best));
}

/** Undoes what our own export does so that a spreadsheet takes no cell for a formula. */
const plain = (cell: string): string => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);
