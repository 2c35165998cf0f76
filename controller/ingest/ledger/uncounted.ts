import type { Row } from "./changes.ts";
import { weightOf } from "./quick.ts";

/** Boots that changed since they were counted for the sums of the fleet: after an outage ten thousand devices speak within a
 *  second, and counting them all at once would hold everybody up. */
export function createUncounted() {
  const devices = new Map<string, Map<string, Row>>();

  function of(device: string, count: (row: Row) => void): void {
    const rows = devices.get(device);
    if (!rows) return;
    devices.delete(device);
    for (const row of rows.values()) count(row);
  }

  return {
    add(row: Row): void {
      const rows = devices.get(row.device);
      if (rows) rows.set(row.boot, row);
      else devices.set(row.device, new Map([[row.boot, row]]));
    },
    /** All of one device. */
    of,
    /** What is counted in the time of `most` ordinary boots, and at least one; whoever has waited longest is first. */
    some(most: number, count: (row: Row) => void): void {
      let left = most;
      for (const [device, rows] of devices) {
        for (const [boot, row] of rows) {
          if (left <= 0) return;
          rows.delete(boot);
          count(row);
          left -= weightOf(row.ledger);
        }
        devices.delete(device);
      }
    },
    forget: (device: string): void => void devices.delete(device),
  };
}
