import { type Mutes, shownAs } from "./alert/index.ts";
import type { Clock } from "./base/clock.ts";
import type { Log } from "./base/log.ts";
import type { Seal } from "./base/seal.ts";
import type { Signer } from "./base/signing.ts";
import { type Broker, createBroker } from "./broker/index.ts";
import { createConfig } from "./config/index.ts";
import type { Live } from "./http/index.ts";
import { createDeliveryRecords, createIngest, createReception, readRestores } from "./ingest/index.ts";
import type { Listener } from "./listen/index.ts";
import type { Registry } from "./registry/index.ts";
import {
  createPresence,
  createPresenceRecords,
  createWelcome,
  type DeviceState,
  patienceMsOf,
} from "./registry/presence/index.ts";
import { createRollouts } from "./rollout/index.ts";
import type { RollupMarks } from "./rollup/index.ts";
import type { Settings } from "./settings/index.ts";
import type { Records } from "./store/records/index.ts";
import type { SeriesStore, StoredPoint } from "./store/series/index.ts";

const dayMs = 86_400_000;

/** The half of the app that faces devices: what comes in is stored and judged, what goes down is signed. Everything is
 *  started but the broker: the first device may come when the other half stands, too. */
export async function wireDeviceSide(needs: {
  settings: Settings;
  clock: Clock;
  log: Log;
  records: Records;
  signer: Signer;
  seal: Seal;
  audit: Parameters<typeof createConfig>[0]["audit"];
  registry: Registry;
  series: SeriesStore;
  /** Hours whose roll-ups are due. */
  marks: RollupMarks;
  live: Live;
  listen: Listener;
  alerting: {
    /** Something about it is other than before. */
    deviceChanged(device: string): void;
    stored(points: readonly StoredPoint[]): void;
    mutes: Pick<Mutes, "maintenanceOf" | "watch">;
    usuallyOn(device: string): number | null;
  };
  stops: (() => Promise<void>)[];
}) {
  const { settings, clock, log, records, signer, registry, live, alerting, stops } = needs;
  const base = { clock, log };
  const send: Broker["send"] = (device, suffix, payload, id) => broker.send(device, suffix, payload, id);
  const disconnect = (device: string): void => broker.disconnect(device);
  const delivery = createDeliveryRecords(records.db, undefined, await readRestores(records.db));
  const ingest = createIngest({
    ...base,
    store: needs.series,
    marks: needs.marks,
    records: delivery,
    rawRetentionMs: settings.retention.rawDays * dayMs,
    limits: { messages: settings.limits.queueMessages, bytes: settings.limits.queueBytes },
    isVia: (of, sender, at) => registry.viaAt(of, at) === sender,
    knownSince: (device) => registry.device(device)?.createdAt ?? 0,
    send: (device, payload) => send(device, "delivered", payload),
    disconnect,
    stored(device, points) {
      live.latest(device, { device, points });
      alerting.stored(points);
    },
  });
  const shown = (device: string, state: DeviceState) => shownAs(state, alerting.mutes.maintenanceOf(device) !== null);
  alerting.mutes.watch((device) => {
    const is = presence.of(device);
    if (is.state === "offline") live.publish("presence", { device, ...is, state: shown(device, is.state) });
  });
  ingest.start();
  stops.push(() => ingest.stop());
  const presence = createPresence({
    clock,
    limits: settings.presence,
    records: createPresenceRecords(records.db),
    open: (device) => registry.hoursOf(device).open,
    patienceMs: (device) => patienceMsOf[registry.site(registry.siteOf(device) ?? "")?.uplink?.kind ?? "other"],
    tryingUntil: (device) => config.brief(device).revertsAt,
    born: createWelcome({ signer, clock, send }),
    stated(device, said) {
      ingest.stated(device, said);
      config.stated(device, said);
    },
    changed(device, is) {
      live.publish("presence", { device, ...is, state: shown(device, is.state) });
      alerting.deviceChanged(device);
    },
    heard: (devices) => live.publish("heard", { devices }),
    failed: (error) => log.error("presence could not be saved", { error }),
  });
  const config = await createConfig({
    ...base,
    records,
    signer,
    seal: needs.seal,
    registry,
    audit: needs.audit,
    send,
    isAway: (device) => presence.of(device).state !== "online",
    drift: settings.config.drift,
    changed(device, brief) {
      live.publish("config", { device, config: brief });
      rollouts.configChanged(device, brief);
    },
  });
  const rollouts = await createRollouts({
    ...base,
    records,
    audit: needs.audit,
    config,
    registry,
    series: needs.series,
    isAway: (device) => presence.of(device).state !== "online",
    usuallyOn: alerting.usuallyOn,
    changed: (rollout) => live.publish("rollout", { rollout }),
  });
  await presence.start();
  stops.push(() => presence.stop());
  await config.start();
  stops.push(() => config.stop());
  rollouts.start();
  stops.push(() => rollouts.stop());
  const isDevice = (device: string): boolean => registry.device(device) !== undefined;
  const reception = createReception({ ...base, presence, config, queue: ingest.receive, isDevice, disconnect });
  const broker = await createBroker({
    ...base,
    listen: needs.listen,
    limits: { connections: settings.limits.connections },
    authenticate: registry.authenticate,
    received: reception.receive,
    connected(device) {
      // Removed between its sign-in and the answer.
      if (!isDevice(device)) disconnect(device);
    },
    disconnected: presence.disconnected,
  });
  stops.push(() => broker.stop());
  registry.onChange(({ kind, id, change }) => {
    live.publish(kind, { [kind]: id, change });
    if (kind === "device") alerting.deviceChanged(id);
    if (kind !== "device" || change !== "removed") return;
    broker.disconnect(id);
    ingest.forget(id);
    presence.forget(id);
  });
  /** What the API serves of it. */
  const http = {
    presence,
    config,
    rollouts,
    delivery: {
      of: ingest.deliveryOf,
      late: delivery.late,
      quarantined: delivery.quarantined,
      missingOf: ingest.missingOf,
    },
    latest: { of: ingest.latestOf },
    events: { of: delivery.events },
  };
  /** How many devices are in each state, as people see them. */
  const states = () =>
    presence.tally(
      registry.devices().map(({ id }) => id),
      shown,
    );
  return { ingest, presence, config, reception, broker, http, states };
}
