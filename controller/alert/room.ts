import type { Kysely } from "kysely";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { createNotify } from "../notify/index.ts";
import type { Database, Records } from "../store/records/index.ts";
import { createAlerts } from "./alerts.ts";
import type { AlertLimits } from "./limits.ts";
import type { Doors } from "./self-check.ts";
import { severityWords } from "./sentence.ts";
import { deviceSeen, type Presence } from "./watch.ts";

interface Device {
  id: string;
  name: string;
  site: string | null;
}
interface By {
  kind: string;
  id: string;
}

/** Alerts with the notices that they make, fitted to the rest of the controller. */
export function createAlerting(needs: {
  clock: Clock;
  log: Log;
  records: Records;
  limits: AlertLimits | Partial<AlertLimits>;
  audit: {
    write(
      db: Kysely<Database>,
      entry: { actor: By; action: string; subject: By; before?: object; after?: object },
    ): Promise<void>;
  };
  registry: {
    devices(): readonly Device[];
    device(id: string): Device | undefined;
    sites(): readonly { id: string; name: string; timeZone: string }[];
    hoursOfSite(site: string): { open: boolean };
  };
  /** Asked only after the start. */
  presence(): { of(device: string): Presence; blind(since: number | null): void };
  cannotStore(): { since: number; why: string } | null;
  doors(): Doors | null;
  keyFolder: string;
  /** Networks that channels may call although private. */
  allow: readonly string[];
  url(): string;
  /** This incident, or what became of its notices, is other than before. */
  changed(incident: string): void;
}) {
  const { registry, changed } = needs;
  const notify = createNotify({ ...needs, severityWords, incident: (id) => alerts.of(id), done: changed });
  const seen = (device: Device) => deviceSeen(device, needs.presence().of(device.id));
  const alerts = createAlerts({
    ...needs,
    devices: () => registry.devices().map(seen),
    device(id) {
      const device = registry.device(id);
      return device && seen(device);
    },
    sites: () => registry.sites().map((site) => ({ ...site, open: registry.hoursOfSite(site.id).open })),
    blind: (since) => needs.presence().blind(since),
    enqueue: notify.enqueue,
    toldOf: notify.toldOf,
    changed(incidents, notices) {
      for (const incident of incidents) changed(incident);
      if (notices) notify.wake();
    },
  });
  return {
    alerts,
    notify,
    async start(): Promise<void> {
      await alerts.start();
      notify.start();
    },
    async stop(): Promise<void> {
      await alerts.stop();
      await notify.stop();
    },
  };
}
