import { join } from "node:path";
import { createAlerting } from "./alert/index.ts";
import { type Auth, createAuth } from "./auth/index.ts";
import type { Clock } from "./base/clock.ts";
import { openContentKeys } from "./base/key-set.ts";
import { openKeys } from "./base/keys.ts";
import type { Log } from "./base/log.ts";
import { openSeal } from "./base/seal.ts";
import { createSigner } from "./base/signing.ts";
import type { Broker } from "./broker/index.ts";
import { wireDeviceSide } from "./device-side.ts";
import { createHttp, createLive, type Demo, type Live, serveHttp } from "./http/index.ts";
import { openListeners, removeRunFile, writeRunFile } from "./listen/index.ts";
import { createObserve } from "./observe/index.ts";
import { createRegistry, type Registry } from "./registry/index.ts";
import type { Settings } from "./settings/index.ts";
import { holdFolder, openRecords } from "./store/records/index.ts";
import type { SeriesStore } from "./store/series/index.ts";
import { wireTelemetry } from "./telemetry.ts";

/** What stands beside the program: only the entry knows where. */
export interface Paths {
  seriesWorker: URL;
  webRoot: string;
  docsRoot: string;
  agentFile: string;
  /** A thread of the demo's street. */
  streetWorker: URL;
}

export interface App {
  ports: { http: number; mqtt: number };
  /** Under which people and devices reach it. */
  url: string;
  /** Generated at the first start; null later. */
  adminPassword: string | null;
  auth: Auth;
  registry: Registry;
  /** What the demo may do to the controller. */
  broker: Pick<Broker, "pause" | "resume" | "send">;
  live: Pick<Live, "publish">;
  series: Pick<SeriesStore, "importRollups">;
  stop(): Promise<void>;
}

/** Wires the rooms: starts them in order, stops them in reverse. Rejects on what only a person can mend. */
export async function startApp(needs: {
  settings: Settings;
  paths: Paths;
  clock: Clock;
  log: Log;
  version: string;
  /** The street that this controller is shown with. */
  demo?: Demo;
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
    const signer = createSigner({ online: keys.online, keys: openContentKeys(join(settings.dataDir, "keys")), clock });
    const listeners = await openListeners({ settings, key: keys.tls, clock });
    const records = await openRecords({ file: join(settings.dataDir, "records.db"), ...base });
    stops.push(() => records.close());
    const auth = createAuth({ records, ...base });
    const adminPassword = await auth.ensureAdmin(settings.adminPassword);
    let url = "";
    let doors: ReturnType<typeof listeners.doors> | null = null;
    const registry = await createRegistry({
      records,
      ...base,
      audit: auth.audit,
      keySet: signer.keySet,
      pins: () => ({ content: signer.tokenPin(), certificate: listeners.pin }),
      mqttUrl: () => `${url.replace(/^http/, "ws")}/mqtt`,
    });
    const shared = { ...base, settings, records, audit: auth.audit, stops };
    const telemetry = await wireTelemetry({ ...shared, workerUrl: paths.seriesWorker });
    const { series, rollups } = telemetry;
    const live = createLive({ clock });
    const alerting = await createAlerting({
      ...base,
      records,
      registry,
      series,
      audit: auth.audit,
      limits: settings.alert,
      presence: () => devices.presence,
      cannotStore: () => devices.ingest.cannotStore(),
      doors: () => doors,
      dataDir: settings.dataDir,
      certificateUntil: listeners.certificateUntil,
      configStatus: (device) => devices.config.brief(device).status,
      isDrifted: (device) => devices.config.brief(device).drift.length > 0,
      ingestLag: () => devices.ingest.takeLag(),
      latest: (device) => devices.ingest.latestOf(device),
      allow: settings.outboundAllow,
      url: () => url,
      changed: (incident) => live.publish("incident", { incident }),
    });
    const devices = await wireDeviceSide({
      ...shared,
      ...telemetry,
      signer,
      seal: openSeal(join(settings.dataDir, "keys")),
      registry,
      live,
      listen: listeners.mqtt,
      alerting,
    });
    const { config, broker } = devices;
    const observe = createObserve({
      ...devices,
      ...alerting,
      store: series,
      rollups,
      clock,
      configs: () => config.tally(registry.devices()),
    });
    const http = createHttp({
      ...base,
      auth,
      registry,
      live,
      version,
      series,
      rollups,
      ...devices.http,
      ...alerting,
      ...observe,
      ...paths,
      ...(needs.demo ? { demo: needs.demo } : {}),
      secure: listeners.secure,
    });
    const server = await serveHttp({ http, listen: listeners.http, attach: broker.attach });
    stops.push(() => server.stop());
    url = listeners.urlOf(server.port);
    const ports = { http: server.port, mqtt: await broker.start() };
    doors = listeners.doors(ports);
    await alerting.start();
    stops.push(() => alerting.stop());
    log.info("ready", { ...ports, url });
    writeRunFile(settings.dataDir, { pid: process.pid, ...ports, url });
    return { ports, url, adminPassword, auth, registry, broker, live, series, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
