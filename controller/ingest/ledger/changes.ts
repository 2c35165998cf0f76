import type { BootLedger } from "./boot.ts";

/** A boot of a device. */
export interface Row {
  device: string;
  boot: string;
  ledger: BootLedger;
}

/** What has to be written. What was settled goes with the commit that says so, and so does all that its device has said
 *  before: at the next `delivered` the device forgets what it told. What the others said may wait for a later one. */
export function createChanges() {
  const settled = new Map<BootLedger, Row>();
  const said = new Map<string, Map<BootLedger, Row>>();

  function drop(device: string, ledger: BootLedger): void {
    settled.delete(ledger);
    const own = said.get(device);
    if (own?.delete(ledger) && own.size === 0) said.delete(device);
  }

  function take(device: string): void {
    for (const [ledger, row] of said.get(device) ?? []) settled.set(ledger, row);
    said.delete(device);
  }

  return {
    settled: (row: Row): void => void settled.set(row.ledger, row),
    said(row: Row): void {
      const own = said.get(row.device) ?? new Map<BootLedger, Row>();
      said.set(row.device, own.set(row.ledger, row));
    },
    drop,
    /** All that must be written now, and of the rest so much that it is about `most`, whoever has waited longest first. */
    take(most: number): Row[] {
      for (const device of new Set([...settled.values()].map((row) => row.device))) take(device);
      for (const device of said.keys()) {
        if (settled.size >= most) break;
        take(device);
      }
      const rows = [...settled.values()];
      settled.clear();
      return rows;
    },
    forget(device: string): void {
      said.delete(device);
      for (const [ledger, row] of settled) if (row.device === device) settled.delete(ledger);
    },
  };
}
