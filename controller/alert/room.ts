import { join } from "node:path";
import type { Kysely } from "kysely";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { createLoopLag } from "../base/loop-lag.ts";
import { createReach } from "../base/outbound.ts";
import { type About, createNotify } from "../notify/index.ts";
import type { Database, Records } from "../store/records/index.ts";
import type { SeriesStore, StoredPoint } from "../store/series/index.ts";
import { createTopology, type TopologyNeeds } from "../topology/index.ts";
import { createAlerts } from "./alerts.ts";
import { type AvailabilityNeeds, createAvailability } from "./availability/index.ts";
import { createHindsight, type HindsightNeeds, subjectOf } from "./hindsight.ts";
import { createHolds } from "./holds.ts";
import type { AlertLimits } from "./limits.ts";
import { createAsk } from "./probe/ask.ts";
import { createProbing } from "./probe/index.ts";
import { createReferences } from "./probe/references.ts";
import { noteTicket } from "./records.ts";
import { createFeed } from "./rules/feed.ts";
import { createRulebook } from "./rules/rulebook.ts";
import { createConfigWatch } from "./self/configs.ts";
import { createSelf } from "./self/index.ts";
import { self as controllerId } from "./self/measurement.ts";
import type { Doors } from "./self-check.ts";
import { severityWords } from "./sentence.ts";
import { deviceSeen } from "./watch.ts";
import { createWatchdog } from "./watchdog.ts";

interface Device {
  id: string;
  name: string;
  site: string | null;
  kind: string;
  tags: readonly string[];
  profile: string | null;
  via: string | null;
  address: string | null;
  parents: readonly (readonly string[])[];
  hardware: { serial: string } | null;
}
interface By {
  kind: string;
  id: string;
}

/** What this room needs of the others; app.ts fits it. */
export interface AlertingNeeds {
  clock: Clock;
  log: Log;
  records: Records;
  limits: Partial<AlertLimits> & { watchdogUrl?: string | undefined; references?: readonly string[] };
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
    /** For the notices: where it is, and whom to call. */
    site(id: string): (About["site"] & { uplink?: { address?: string | undefined } | null }) | undefined;
    hoursOfSite(site: string): { open: boolean; changesAt: number | null };
  } & AvailabilityNeeds["registry"] &
    Pick<TopologyNeeds["registry"], "deviceChanges" | "onChange">;
  /** Asked only after the start. */
  presence(): ReturnType<HindsightNeeds["presence"]> & { blind(since: number | null): void };
  latest: HindsightNeeds["latest"];
  /** How a device's configuration stands, in a word. Asked only after the start. */
  configStatus(device: string): string;
  isDrifted(device: string): boolean;
  cannotStore(): { since: number; why: string } | null;
  doors(): Doors | null;
  /** With `keys`, and perhaps `alert-rules` of *.yaml. */
  dataDir: string;
  usuallyOn?: AvailabilityNeeds["usuallyOn"];
  /** When the controller's certificate ends; null: it has none. */
  certificateUntil: number | null;
  /** Asked only after the start. */
  ingestLag(): { lagMs: number; queueShare: number };
  series: Pick<SeriesStore, "query">;
  /** Networks that channels may call although private. */
  allow: readonly string[];
  url(): string;
  /** This incident, or what became of its notices, is other than before. */
  changed(incident: string): void;
}

/** Alerts with the notices that they make, fitted to the rest of the controller. */
export async function createAlerting(needs: AlertingNeeds) {
  const { registry, changed } = needs;
  const hindsight = createHindsight(needs);
  const notify = createNotify({
    ...needs,
    keyFolder: join(needs.dataDir, "keys"),
    severityWords,
    incident: (id) => alerts.of(id),
    about: async (said) => ({
      ...aboutSite(registry.site(said.site ?? "")),
      ...hindsight.usuallyOn(said),
      ...(await availability.around(said.id)),
    }),
    done: changed,
    ticket: noteTicket,
  });
  const topology = createTopology({
    ...needs,
    changed(id) {
      mutes.deviceChanged(id);
      alerts.deviceChanged(id);
    },
  });
  const seen = (device: Device) =>
    deviceSeen(device, needs.presence().of(device.id), {
      parents: topology.parentsOf(device),
      plug: topology.plugOf(device.id),
    });
  const seenOf = (id: string) => {
    const device = registry.device(id);
    return device && seen(device);
  };
  const feed = createFeed({ usual: hindsight.usual.of, intervalMs: hindsight.intervalMs });
  const rulebook = await createRulebook({
    ...needs,
    folder: join(needs.dataDir, "alert-rules"),
    changed(rules) {
      feed.rules(rules);
      hindsight.usual.rules(rules);
    },
  });
  const subject = (id: string): void => {
    const device = registry.device(id);
    feed.subject(id, device ? subjectOf(device) : null);
  };
  const ask = createAsk(createReach(needs));
  const probing = createProbing({
    ...needs,
    ask,
    addressOf: ({ of, id }) =>
      (of === "devices" ? registry.device(id)?.address : registry.site(id)?.uplink?.address) ?? null,
  });
  const { mutes, escalation, toAlerts } = await createHolds({
    ...needs,
    registry: topology.withLearnt<Device>(registry),
    incidents: () => alerts.open(),
  });
  const watched = {
    devices: () => registry.devices().map(seen),
    device: seenOf,
  };
  const availability = createAvailability({
    ...needs,
    ...watched,
    devices: registry.devices,
    muted: mutes.maintenanceOf,
  });
  const alerts = createAlerts({
    ...needs,
    ...watched,
    ...toAlerts,
    probing,
    references: createReferences({ ask, addresses: needs.limits.references ?? [] }),
    rules: feed,
    ledger: availability.ledger,
    opened: availability.opened,
    sites: () => registry.sites().map((site) => ({ ...site, open: registry.hoursOfSite(site.id).open })),
    blind: (since) => needs.presence().blind(since),
    enqueue: notify.enqueue,
    toldOf: notify.toldOf,
    changed(incidents, notices) {
      for (const incident of incidents) changed(incident);
      if (notices) notify.wake();
    },
  });
  const loopLag = createLoopLag();
  const { decidedAt, blindSince } = alerts;
  const self = createSelf({
    ...needs,
    loopLag,
    decidedAt,
    ingest: needs.ingestLag,
    outboxSince: () => needs.clock.now() - (notify.counts()["oldestMs"] ?? 0),
    sampled: feed.sampled,
  });
  const configs = createConfigWatch({
    ...needs,
    devices: registry.devices,
    isOnline: (device) => needs.presence().of(device).state === "online",
    statusOf: needs.configStatus,
    sampled: feed.sampled,
  });
  const watchdog = createWatchdog({
    ...needs,
    url: needs.limits.watchdogUrl ?? null,
    call: notify.ping,
    decidedAt,
    isBlind: () => blindSince() !== null,
  });
  return {
    alerts,
    notify,
    mutes,
    escalation,
    self: { values: self.values, watchdog: watchdog.view },
    probing: { counts: probing.counts },
    rules: { book: rulebook, standing: feed.standing, ...hindsight.trials },
    explain: hindsight.explaining({ alerts, feed, book: rulebook, seen: seenOf, behind: topology.sentences }),
    availability: availability.reports,
    /** Devices of people that are usually on at this device at this hour of the week; null: not known. */
    usuallyOn: (device: string): number | null => hindsight.usual.usuallyOn([device], needs.clock.now()),
    /** Something about this device is other than before. */
    deviceChanged(id: string): void {
      subject(id);
      mutes.deviceChanged(id);
      alerts.deviceChanged(id);
    },
    /** Newest values of a device, as they are stored. */
    stored(points: readonly StoredPoint[]): void {
      feed.stored(points, needs.clock.now());
      topology.stored(points);
    },
    topology,
    async start(): Promise<void> {
      await topology.start();
      await availability.start();
      await alerts.start();
      // Only now: rules and devices that are gone end what was kept of them.
      rulebook.tell();
      const known = new Set([...feed.devices(), ...registry.devices().map((device) => device.id)]);
      known.delete(controllerId);
      for (const id of known) subject(id);
      feed.subject(controllerId, { id: controllerId, site: "", kind: "controller", tags: [], profile: null });
      notify.start();
      self.start();
      configs.start();
      watchdog.start();
      hindsight.start();
    },
    async stop(): Promise<void> {
      self.stop();
      configs.stop();
      loopLag.stop();
      await hindsight.stop();
      await watchdog.stop();
      await alerts.stop();
      await availability.stop();
      await notify.stop();
      await topology.stop();
    },
  };
}

/** What is known around an incident for its notices. */
const aboutSite = (site: About["site"]): About => (site ? { site } : {});
