import type { ImportPlan } from "../api.ts";

type Row = ImportPlan["rows"][number];
const words: Record<Row["effect"], string> = { create: "new", change: "changes", same: "as it is", wrong: "to mend" };
const order: Row["effect"][] = ["wrong", "change", "create", "same"];
/** More would be slow to draw, and nobody reads them. */
const mostRows = 200;

/** Every row with what it would do; a wrong one is mended where it stands. */
export function ImportTable({ plan, again }: { plan: ImportPlan; again: (rows: Row[]) => Promise<void> }) {
  const { columns, rows } = plan;
  const sorted = [...rows].sort((a, b) => order.indexOf(a.effect) - order.indexOf(b.effect) || a.line - b.line);
  const mend = (row: Row, at: number, cell: string) => {
    const cells = columns.map((_, i) => (i === at ? cell : (row.cells[i] ?? "")));
    void again(rows.map((one) => (one === row ? { ...one, cells } : one)));
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="wide-table" aria-label="Rows" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">Effect</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
            <th scope="col">
              <span class="visually-hidden">Leave out</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, mostRows).map((row) => (
            <tr key={row.line} class={row.effect === "wrong" ? "wrong" : undefined}>
              <td data-column="line">{row.line}</td>
              <td data-column="effect">
                {words[row.effect]}
                {row.problems
                  .filter(({ column }) => !columns.includes(column))
                  .map(({ column, message }) => (
                    <span key={column} class="problem">
                      {column === "" ? message : `${column}: ${message}`}
                    </span>
                  ))}
              </td>
              {columns.map((column, at) => (
                <Cell key={column} row={row} column={column} at={at} mend={mend} />
              ))}
              <td>
                <button
                  type="button"
                  class="plain"
                  aria-label={`leave out line ${row.line}`}
                  onClick={() => void again(rows.filter((one) => one !== row))}
                >
                  leave out
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > mostRows && <p class="quiet">and {sorted.length - mostRows} more rows, none of them worse</p>}
    </section>
  );
}

interface CellProps {
  row: Row;
  column: string;
  at: number;
  mend: (row: Row, at: number, cell: string) => void;
}

function Cell({ row, column, at, mend }: CellProps) {
  const cell = row.cells[at] ?? "";
  const change = row.changes.find((one) => one.column === column);
  const problem = row.problems.find((one) => one.column === column);
  if (!problem)
    return (
      <td data-column={column}>
        {change && <del>{change.from}</del>} {change ? <ins>{cell}</ins> : cell}
      </td>
    );
  const id = `why-${row.line}-${at}`;
  return (
    <td data-column={column}>
      <input
        aria-label={`${column}, line ${row.line}`}
        aria-invalid={true}
        aria-describedby={id}
        value={cell}
        onChange={(e) => mend(row, at, e.currentTarget.value)}
      />
      <span class="problem" id={id}>
        {problem.message}
      </span>
    </td>
  );
}
