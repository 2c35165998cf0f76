/** How every device was, and what is known of why (ALERTING: the availability ledger). */
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import type { About } from "../../notify/index.ts";
import type { Records } from "../../store/records/index.ts";
import type { DeviceSeen } from "../watch.ts";
import { createLedger } from "./ledger.ts";
import type { Muted } from "./observe.ts";
import type { UsuallyOn } from "./report.ts";
import { createReports, type ReportNeeds } from "./reports.ts";
import { keepSurroundings, surroundingsOf } from "./surroundings.ts";

export type { Muted } from "./observe.ts";
export { type Figures, lossCauses } from "./report.ts";
export type { DeviceFigures, MonthReport, Reports, SiteFigures } from "./reports.ts";
export { changesOf } from "./surroundings.ts";

export interface AvailabilityNeeds {
  clock: Clock;
  log: Log;
  records: Records;
  devices(): Iterable<{ id: string }>;
  device(id: string): DeviceSeen | undefined;
  registry: ReportNeeds["registry"];
  /** A planned window over a device now, and whether it counts. */
  muted(device: string): Muted;
  /** Devices of people that are usually on at that time; absent: not known. */
  usuallyOn?: UsuallyOn | undefined;
  changed(incident: string): void;
}

export function createAvailability(needs: AvailabilityNeeds) {
  const { muted, usuallyOn = () => null } = needs;
  const ledger = createLedger({
    ...{ ...needs, muted },
    *devices() {
      for (const { id } of needs.devices()) yield id;
    },
    explained(incidents) {
      for (const id of incidents) needs.changed(id);
    },
  });
  const reports = createReports({ ...needs, usuallyOn });
  return {
    ledger,
    reports,
    opened: keepSurroundings,
    /** What is known around an incident, for its notices. */
    async around(incident: string): Promise<Pick<About, "cause" | "changed" | "runbook" | "usuallyOn">> {
      const known = await surroundingsOf(needs.records, incident);
      if (!known) return {};
      const { devices, ...told } = known;
      const now = needs.clock.now();
      const usual = devices.map((device) => usuallyOn(device, now)).filter((many) => many !== null);
      return { ...told, ...(usual.length === 0 ? {} : { usuallyOn: usual.reduce((sum, many) => sum + many, 0) }) };
    },
    start: ledger.start,
    stop: ledger.stop,
  };
}
