import { join } from "node:path";
import { type Auth, createAuth } from "./auth/index.ts";
import type { Clock } from "./base/clock.ts";
import { openKeys } from "./base/keys.ts";
import type { Log } from "./base/log.ts";
import { createSigner } from "./base/signing.ts";
import { createBroker } from "./broker/index.ts";
import { createHttp, createLive, serveHttp } from "./http/index.ts";
import { createDeliveryRecords, createIngest, createReception } from "./ingest/index.ts";
import { openListeners, removeRunFile, writeRunFile } from "./listen/index.ts";
import { createObserve } from "./observe/index.ts";
import { createRegistry, type Registry } from "./registry/index.ts";
import { createPresence, createPresenceRecords, createWelcome } from "./registry/presence/index.ts";
import type { Settings } from "./settings/index.ts";
import { holdFolder, openRecords } from "./store/records/index.ts";
import { openSeries } from "./store/series/index.ts";

/** What stands beside the program: only the entry knows where. */
export interface Paths {
  seriesWorker: URL;
  webRoot: string;
  docsRoot: string;
  agentFile: string;
}

export interface App {
  ports: { http: number; mqtt: number };
  /** Under which people and devices reach it. */
  url: string;
  /** Generated at the first start; null later. */
  adminPassword: string | null;
  auth: Auth;
  registry: Registry;
  stop(): Promise<void>;
}

const dayMs = 86_400_000;

/** Wires the rooms: starts them in order, stops them in reverse. Rejects on what only a person can mend. */
export async function startApp(needs: {
  settings: Settings;
  paths: Paths;
  clock: Clock;
  log: Log;
  version: string;
}): Promise<App> {
  const { settings, paths, clock, log, version } = needs;
  const base = { clock, log };
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one().catch((error) => log.error("did not stop", { error }));
  };
  try {
    stops.push(holdFolder(settings.dataDir));
    removeRunFile(settings.dataDir);
    stops.push(async () => removeRunFile(settings.dataDir));
    const keys = openKeys(join(settings.dataDir, "keys"));
    const signer = createSigner({ keys, clock });
    const listeners = await openListeners({ settings, key: keys.tls, clock });
    const records = await openRecords({ file: join(settings.dataDir, "records.db"), ...base });
    stops.push(() => records.close());
    const auth = createAuth({ records, ...base });
    const adminPassword = await auth.ensureAdmin(settings.adminPassword);
    let url = "";
    const registry = await createRegistry({
      records,
      ...base,
      audit: auth.audit,
      keySet: signer.keySet,
      pins: () => ({ content: signer.tokenPin(), certificate: listeners.pin }),
      mqttUrl: () => `${url.replace(/^http/, "ws")}/mqtt`,
    });
    const series = openSeries({ settings, workerUrl: paths.seriesWorker, ...base });
    await series.start();
    stops.push(() => series.stop());
    const live = createLive({ clock });
    const delivery = createDeliveryRecords(records.db);
    const ingest = createIngest({
      ...base,
      store: series,
      records: delivery,
      rawRetentionMs: settings.retention.rawDays * dayMs,
      limits: { messages: settings.limits.queueMessages, bytes: settings.limits.queueBytes },
      isVia: (of, sender, at) => registry.viaAt(of, at) === sender,
      send: (device, payload) => broker.send(device, "delivered", payload),
      disconnect: (device) => broker.disconnect(device),
      stored: (device, points) => live.latest(device, { device, points }),
    });
    ingest.start();
    stops.push(() => ingest.stop());
    const presence = createPresence({
      clock,
      limits: settings.presence,
      records: createPresenceRecords(records.db),
      born: createWelcome({ signer, clock, send: (device, payload) => broker.send(device, "welcome", payload) }),
      stated: ingest.stated,
      changed: (device, is) => live.publish("presence", { device, ...is }),
      heard: (devices) => live.publish("heard", { devices }),
      failed: (error) => log.error("presence could not be saved", { error }),
    });
    await presence.start();
    stops.push(() => presence.stop());
    const reception = createReception({
      ...base,
      presence,
      queue: ingest.receive,
      isDevice: (device) => registry.device(device) !== undefined,
      disconnect: (device) => broker.disconnect(device),
    });
    const broker = await createBroker({
      ...base,
      listen: listeners.mqtt,
      limits: { connections: settings.limits.connections },
      authenticate: registry.authenticate,
      received: reception.receive,
      connected(device) {
        // Removed between its sign-in and the answer.
        if (!registry.device(device)) broker.disconnect(device);
      },
      disconnected: presence.disconnected,
    });
    stops.push(() => broker.stop());
    registry.onChange(({ kind, id, change }) => {
      live.publish(kind, { [kind]: id, change });
      if (kind !== "device" || change !== "removed") return;
      broker.disconnect(id);
      ingest.forget(id);
      presence.forget(id);
    });
    const states = () => presence.tally(registry.devices().map((device) => device.id));
    const observe = createObserve({ store: series, ingest, reception, broker, states });
    const http = createHttp({
      ...base,
      auth,
      registry,
      presence,
      live,
      version,
      series,
      delivery: { of: ingest.deliveryOf },
      latest: { of: ingest.latestOf },
      events: { of: delivery.events },
      ...observe,
      ...paths,
      secure: listeners.secure,
    });
    const server = await serveHttp({ http, listen: listeners.http, attach: broker.attach });
    stops.push(() => server.stop());
    url = listeners.urlOf(server.port);
    const ports = { http: server.port, mqtt: await broker.start() };
    log.info("ready", { ...ports, url });
    writeRunFile(settings.dataDir, { pid: process.pid, ...ports });
    return { ports, url, adminPassword, auth, registry, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
