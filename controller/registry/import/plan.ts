import type { Device } from "../device.ts";
import type { Site } from "../site.ts";
import {
  type Column,
  type DeviceWish,
  deviceColumns,
  type ImportKind,
  type Known,
  knownSites,
  type SiteWish,
  siteColumns,
} from "./columns.ts";
import { importLimits, type Table } from "./table.ts";

export interface CellProblem {
  /** "" is the row as a whole. */
  column: string;
  message: string;
}

/** What one row would do. */
export interface PlannedRow {
  line: number;
  /** By the plan's columns. */
  cells: string[];
  effect: "create" | "change" | "same" | "wrong";
  /** Of what it changes. */
  id: string | null;
  problems: CellProblem[];
  /** Of `change`: cell by cell. */
  changes: { column: string; from: string; to: string }[];
}

export interface Plan {
  kind: ImportKind;
  columns: string[];
  /** Columns of the text that mean nothing here. */
  passedOver: string[];
  rows: PlannedRow[];
  counts: Record<PlannedRow["effect"], number>;
}

export interface Planning<Wish> {
  plan: Plan;
  /** Beside plan.rows. */
  wishes: Wish[];
}

/** Columns of our own export that nobody sets. */
const readOnly = ["state", "last heard", "model", "serial", "agent"];
const idColumn = "id";

/** Devices have a kind. */
export function kindOf(columns: readonly string[]): ImportKind {
  const [kind] = deviceColumns.filter((column) => column.name === "kind");
  return columns.some((name) => kind && means(kind, name)) ? "devices" : "sites";
}

const means = (column: { name: string; also: string[] }, head: string): boolean => {
  const word = head.toLowerCase().replace(/[_-]/g, " ").trim();
  return word === column.name || column.also.includes(word);
};

export const planSites = (table: Table, sites: ReadonlyMap<string, Site>): Planning<SiteWish> =>
  planRows<SiteWish, Site>({
    kind: "sites",
    table,
    columns: siteColumns,
    known: knownSites(sites, importLimits.guesses),
    existing: sites,
    needed: ["name", "latitude", "longitude"],
    sameAs: () => true,
    refuse: () => [],
  });

export const planDevices = (
  table: Table,
  { sites, devices }: { sites: ReadonlyMap<string, Site>; devices: ReadonlyMap<string, Device> },
): Planning<DeviceWish> =>
  planRows<DeviceWish, Device>({
    kind: "devices",
    table,
    columns: deviceColumns,
    known: knownSites(sites, importLimits.guesses),
    existing: devices,
    needed: ["name", "kind"],
    // Many places have a "Ground floor": the same name at another site is another device.
    sameAs: (wish, device) => wish.site === undefined || wish.site === device.site,
    refuse(wish, device) {
      const half = (wish.lat === undefined) !== (wish.lon === undefined) && !device?.location;
      const other = device !== undefined && wish.kind !== undefined && wish.kind !== device.kind;
      return [
        ...(half ? [{ column: "latitude", message: "latitude and longitude go together" }] : []),
        ...(other ? [{ column: "kind", message: `a device keeps its kind, which is ${device.kind}` }] : []),
      ];
    },
  });

type Existing<Is> = Is & { id: string; name: string };

interface Asked<Wish, Is> {
  kind: ImportKind;
  table: Table;
  columns: Column<Wish, Is>[];
  known: Known;
  existing: ReadonlyMap<string, Existing<Is>>;
  /** Of what is new. */
  needed: string[];
  /** Beside the name. */
  sameAs(wish: Wish, is: Is): boolean;
  refuse(wish: Wish, is: Is | undefined): CellProblem[];
}

/** What an import would do to what is there; nothing is written. Pure. */
function planRows<Wish, Is>(asked: Asked<Wish, Is>): Planning<Wish> {
  const heads = asked.table.columns.map((head) => {
    const column = asked.columns.find((one) => means(one, head));
    return column?.name ?? (head.toLowerCase() === idColumn ? idColumn : null);
  });
  // Of two columns with one meaning, the first counts.
  const columns = heads.map((name, at) => (name !== null && heads.indexOf(name) === at ? name : null));
  const passedOver = asked.table.columns.filter(
    (head, at) => columns[at] === null && !readOnly.includes(head.toLowerCase()),
  );
  const used = columns.flatMap((name, at) => (name === null ? [] : [{ name, at }]));
  const taken = new Map<string, number>();
  const named = new Map<string, Existing<Is>[]>();
  for (const one of asked.existing.values())
    named.set(one.name.toLowerCase(), [...(named.get(one.name.toLowerCase()) ?? []), one]);
  const rows: PlannedRow[] = [];
  const wishes: Wish[] = [];
  for (const { line, cells } of asked.table.rows) {
    const cellOf = new Map(used.map(({ name, at }) => [name, cells[at] ?? ""]));
    const { row, wish } = planRow(asked, line, cellOf, named);
    const key = row.id ?? `new ${JSON.stringify(["name", "site"].map((name) => cellOf.get(name)?.toLowerCase()))}`;
    const before = taken.get(key);
    if (before === undefined) taken.set(key, line);
    else row.problems.push({ column: "", message: `line ${before} is about the same one` });
    rows.push(row.problems.length > 0 ? { ...row, effect: "wrong", changes: [] } : row);
    wishes.push(wish);
  }
  const counts = { create: 0, change: 0, same: 0, wrong: 0 };
  for (const row of rows) counts[row.effect]++;
  // A column that is lacking is one to be filled in.
  const given = used.map(({ name }) => name);
  const lacking = rows.flatMap(({ problems }) => problems.map(({ column }) => column)).filter((name) => name !== "");
  const all = [...new Set([...given, ...lacking])];
  return { plan: { kind: asked.kind, columns: all, passedOver, rows, counts }, wishes };
}

function planRow<Wish, Is>(
  asked: Asked<Wish, Is>,
  line: number,
  cells: ReadonlyMap<string, string>,
  named: ReadonlyMap<string, Existing<Is>[]>,
): { row: PlannedRow; wish: Wish } {
  const { wish, problems } = readCells(asked, cells);
  const row: PlannedRow = {
    line,
    cells: [...cells.values()],
    effect: "same",
    id: null,
    problems,
    changes: [],
  };
  const found = find(asked, cells, wish, named);
  if (found.problem) problems.push(found.problem);
  problems.push(...asked.refuse(wish, found.is));
  if (!found.is) {
    for (const column of asked.needed)
      if ((cells.get(column) ?? "") === "") problems.push({ column, message: "is needed for a new one" });
    return { row: { ...row, effect: "create" }, wish };
  }
  const is = found.is;
  const changes = asked.columns.flatMap((column) => {
    const to = cells.get(column.name) ?? "";
    const from = column.write(is, asked.known);
    return to === "" || sameCell(column, from, to, asked.known) ? [] : [{ column: column.name, from, to }];
  });
  return { row: { ...row, id: is.id, effect: changes.length > 0 ? "change" : "same", changes }, wish };
}

function readCells<Wish, Is>(asked: Asked<Wish, Is>, cells: ReadonlyMap<string, string>) {
  const problems: CellProblem[] = [];
  let wish = {} as Wish;
  for (const column of asked.columns) {
    const cell = cells.get(column.name) ?? "";
    if (cell === "") continue;
    try {
      if (cell.length > importLimits.cellChars) throw new Error(`at most ${importLimits.cellChars} characters`);
      wish = { ...wish, ...column.read(cell, asked.known) };
    } catch (error) {
      problems.push({ column: column.name, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { wish, problems };
}

/** Written otherwise, but the same: `24/7` and `always`. */
function sameCell<Wish, Is>(column: Column<Wish, Is>, from: string, to: string, known: Known): boolean {
  if (from === to) return true;
  try {
    return JSON.stringify(column.read(from, known)) === JSON.stringify(column.read(to, known));
  } catch {
    return false;
  }
}

function find<Wish, Is>(
  { existing, sameAs }: Asked<Wish, Is>,
  cells: ReadonlyMap<string, string>,
  wish: Wish,
  named: ReadonlyMap<string, Existing<Is>[]>,
): { is?: Existing<Is>; problem?: CellProblem } {
  const id = cells.get(idColumn) ?? "";
  if (id !== "") {
    const is = existing.get(id);
    if (is) return { is };
    return { problem: { column: idColumn, message: "there is none with this id; empty makes a new one" } };
  }
  const same = (named.get((cells.get("name") ?? "").toLowerCase()) ?? []).filter((one) => sameAs(wish, one));
  if (same.length > 1)
    return { problem: { column: "name", message: `${same.length} have this name: say which in a column "id"` } };
  return same[0] ? { is: same[0] } : {};
}
