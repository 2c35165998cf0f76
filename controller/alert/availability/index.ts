/** How every device was, and what is known of why (ALERTING: the availability ledger). */
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import type { Records } from "../../store/records/index.ts";
import { type DeviceSeen, watchedOf } from "../watch.ts";
import { createLedger } from "./ledger.ts";
import type { Muted } from "./observe.ts";
import type { UsuallyOn } from "./report.ts";
import { createReports, type ReportNeeds } from "./reports.ts";

export type { Muted } from "./observe.ts";
export { type Figures, lossCauses } from "./report.ts";
export type { DeviceFigures, MonthReport, Reports, SiteFigures } from "./reports.ts";

export interface AvailabilityNeeds {
  clock: Clock;
  log: Log;
  records: Records;
  devices(): Iterable<DeviceSeen>;
  device(id: string): DeviceSeen | undefined;
  registry: ReportNeeds["registry"];
  /** A planned window over a device, and whether it counts; absent: there are none. */
  muted?: ((device: string, now: number) => Muted) | undefined;
  /** Devices of people that are usually on at that time; absent: not known. */
  usuallyOn?: UsuallyOn | undefined;
  changed(incident: string): void;
}

export function createAvailability(needs: AvailabilityNeeds) {
  const { muted = () => null, usuallyOn = () => null } = needs;
  const ledger = createLedger({
    ...{ ...needs, muted },
    *devices() {
      for (const { id } of needs.devices()) yield id;
    },
    device(id) {
      const is = needs.device(id);
      return is && watchedOf(is);
    },
    explained(incidents) {
      for (const id of incidents) needs.changed(id);
    },
  });
  const reports = createReports({ ...needs, usuallyOn });
  return { ledger, reports, start: ledger.start, stop: ledger.stop };
}
