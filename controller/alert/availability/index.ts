/** How every device was, and what is known of why (ALERTING: the availability ledger). */
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import type { Records } from "../../store/records/index.ts";
import { type DeviceSeen, watchedOf } from "../watch.ts";
import { createLedger } from "./ledger.ts";
import type { Muted } from "./observe.ts";

export type { Muted } from "./observe.ts";

export interface AvailabilityNeeds {
  clock: Clock;
  log: Log;
  records: Records;
  devices(): Iterable<DeviceSeen>;
  device(id: string): DeviceSeen | undefined;
  muted(device: string, now: number): Muted;
  changed(incident: string): void;
}

export function createAvailability(needs: AvailabilityNeeds) {
  const ledger = createLedger({
    ...needs,
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
  return { ledger, start: ledger.start, stop: ledger.stop };
}
