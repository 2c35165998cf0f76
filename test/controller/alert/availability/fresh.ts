import { type AvailabilityLimits, availabilityLimits } from "../../../../controller/alert/availability/interval.ts";
import { createLedger } from "../../../../controller/alert/availability/ledger.ts";
import type { Muted } from "../../../../controller/alert/availability/observe.ts";
import { intervalsOf } from "../../../../controller/alert/availability/records.ts";
import type { Incident } from "../../../../controller/alert/incident.ts";
import { nothing } from "../../../../controller/alert/state.ts";
import type { DeviceSeen } from "../../../../controller/alert/watch.ts";
import type { Records } from "../../../../controller/store/records/index.ts";
import { later } from "../../../undo.ts";
import { freshRecords, quiet } from "../../records/fresh.ts";

export const minuteMs = 60_000;

/** The ledger on real records, with devices that the test moves. */
export async function freshLedger(many = 1) {
  const fresh = await freshRecords();
  later(fresh.end);
  const { clock } = fresh;
  const begin = clock.now();
  const devices = new Map<string, DeviceSeen>();
  const muted = new Map<string, Muted>();
  const explained: string[] = [];
  const ids = Array.from({ length: many }, (_, i) => `ap-${String(i).padStart(5, "0")}`);
  for (const id of ids)
    devices.set(id, {
      ...{ id, name: `Demo ${id}`, site: "a", state: "online", since: begin, lastSeenAt: begin, stopped: false },
      ...{ boot: "boot-a", intervalMs: 10_000, parents: [] },
    });
  let incidents: ReadonlyMap<string, Incident> = new Map();
  const errors: string[] = [];
  /** Statements. */
  const asked: string[] = [];
  const records: Records = {
    ...fresh.records,
    db: fresh.records.db.withPlugin({
      transformQuery({ node }) {
        asked.push(node.kind);
        return node;
      },
      transformResult: async ({ result }) => result,
    }),
  };
  const open = (limits: Partial<AvailabilityLimits> = {}) =>
    createLedger({
      ...{ clock, records, log: { ...quiet, error: (what: string) => errors.push(what) } },
      // Written when the test says so.
      limits: { writeMs: availabilityLimits.keptMs * 10, ...limits },
      devices: () => devices.keys(),
      device: (id) => devices.get(id),
      muted: (id) => muted.get(id) ?? null,
      explained: (incidents) => explained.push(...incidents),
    });
  type Ledger = ReturnType<typeof open>;
  return {
    ...{ ...fresh, records, asked, errors, devices, muted, explained, ids, open, begin },
    /** They are so from now on, and the ledger is told in the turn. */
    set(ledger: Ledger, some: readonly string[], change: Partial<DeviceSeen>, stand: readonly Incident[] = []): void {
      incidents = new Map(stand.map((one) => [one.id, one]));
      const now = clock.now();
      for (const id of some) {
        const was = devices.get(id);
        const heard = change.state === "online" ? { lastSeenAt: now } : {};
        if (was) devices.set(id, { ...was, since: now, ...heard, ...change });
      }
      ledger.turned({ ...nothing, incidents }, some, now);
    },
    /** Minutes pass, each with a turn; written at their end. */
    async pass(ledger: Ledger, minutes: number): Promise<void> {
      for (let i = 0; i < minutes; i++) {
        clock.pass(minuteMs);
        ledger.turned({ ...nothing, incidents }, [], clock.now());
      }
      await ledger.settle();
    },
    /** "up 0-10", in minutes since the beginning. */
    async said(device = ids[0] ?? ""): Promise<string[]> {
      const now = clock.now();
      const of = await intervalsOf(fresh.records, [device], { from: 0, to: now + availabilityLimits.keptMs, now });
      const minutes = (at: number) => Math.round(((at - begin) / minuteMs) * 10) / 10;
      return of.map(({ state, cause, from, to, revised }) =>
        [
          ...[state, ...(cause ? [cause] : []), `${minutes(from)}-${minutes(to)}`],
          ...(revised ? ["revised"] : []),
        ].join(" "),
      );
    },
  };
}
