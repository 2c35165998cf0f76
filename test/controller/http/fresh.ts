import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createReports } from "../../../controller/alert/availability/reports.ts";
import { createBacktests } from "../../../controller/alert/backtest/index.ts";
import { createEscalation } from "../../../controller/alert/escalation/index.ts";
import { createExplain } from "../../../controller/alert/explain/index.ts";
import { type Backtests, createAlerts } from "../../../controller/alert/index.ts";
import { createMutes } from "../../../controller/alert/mute/index.ts";
import { createFeed, type Feed } from "../../../controller/alert/rules/feed.ts";
import { previewOf } from "../../../controller/alert/rules/preview.ts";
import { createRulebook } from "../../../controller/alert/rules/rulebook.ts";
import { deviceSeen } from "../../../controller/alert/watch.ts";
import { type Actor, type Auth, createAuth, type Role } from "../../../controller/auth/index.ts";
import { openContentKeys } from "../../../controller/base/key-set.ts";
import { openKeys } from "../../../controller/base/keys.ts";
import { openSeal } from "../../../controller/base/seal.ts";
import { createSigner } from "../../../controller/base/signing.ts";
import { type Config, createConfig } from "../../../controller/config/index.ts";
import { createHttp, createLive, type HttpNeeds } from "../../../controller/http/index.ts";
import { createNotify } from "../../../controller/notify/index.ts";
import { createRegistry, type Device, type Registry } from "../../../controller/registry/index.ts";
import type { PresenceView } from "../../../controller/registry/presence/view.ts";
import { createRollouts } from "../../../controller/rollout/index.ts";
import type { SeriesAnswer, SeriesQuery } from "../../../controller/store/series/index.ts";
import { createTopology, type Topology } from "../../../controller/topology/index.ts";
import { type Fresh, freshRecords, quiet } from "../records/fresh.ts";

export const host = "http://lamps.example";
export const password = "correct horse battery";
const boss: Actor = { kind: "user", id: "user_boss", name: "boss", role: "admin", expiresAt: null };
const nobodyThere: PresenceView = {
  state: "awaiting",
  since: null,
  lastSeenAt: null,
  boot: null,
  birth: null,
  clock: null,
  spool: null,
};

export interface Call {
  as?: Role | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface FreshHttp extends Fresh {
  auth: Auth;
  registry: Registry;
  live: HttpNeeds["live"];
  config: Config;
  /** What went down to devices. */
  sent: { device: string; suffix: string; payload: string }[];
  app: ReturnType<typeof createHttp>;
  /** What was asked of the series store; it answers `series`. */
  asked: SeriesQuery[];
  series: SeriesAnswer["series"];
  presence: Map<string, PresenceView>;
  backtests: Backtests;
  feed: Feed;
  topology: Topology;
  needs: HttpNeeds;
  /** Calls with a bearer token of that role (admin unless told; "nobody": none). */
  call(method: string, path: string, call?: Omit<Call, "as"> & { as?: Role | "nobody" }): Promise<Response>;
}

/** The whole API on real records, users and registry; what other rooms measure is planted. */
export async function freshHttp(more: Partial<HttpNeeds> = {}): Promise<FreshHttp> {
  const fresh = await freshRecords();
  const { records, clock, folder } = fresh;
  const auth = createAuth({ records, clock, log: quiet, cost: { memoryKib: 64, passes: 1 } });
  await auth.ensureAdmin(password);
  const signer = createSigner({
    online: openKeys(join(folder, "keys")).online,
    keys: openContentKeys(join(folder, "keys")),
    clock,
  });
  const registry = await createRegistry({
    records,
    clock,
    log: quiet,
    audit: auth.audit,
    keySet: signer.keySet,
    pins: () => ({ content: signer.tokenPin(), certificate: "" }),
    mqttUrl: () => "ws://127.0.0.1:8080/mqtt",
  });
  const sent: FreshHttp["sent"] = [];
  const config = await createConfig({
    records,
    clock,
    log: quiet,
    signer,
    seal: openSeal(join(folder, "keys")),
    registry,
    audit: auth.audit,
    send: (device, suffix, payload) => sent.push({ device, suffix, payload }) > 0,
    isAway: () => false,
    drift: "repair",
    changed(device, brief) {
      live.publish("config", { device, config: brief });
      rollouts.configChanged(device, brief);
    },
  });
  const rollouts = await createRollouts({
    ...{ records, clock, log: quiet, registry, audit: auth.audit, config },
    series: { query: async () => ({ resolution: "raw", series: [] }) },
    isAway: () => false,
    usuallyOn: () => null,
    changed: (rollout) => live.publish("rollout", { rollout }),
  });
  await config.start();
  rollouts.start();
  const webRoot = join(folder, "web");
  mkdirSync(join(webRoot, "assets"), { recursive: true });
  writeFileSync(join(webRoot, "index.html"), "<!doctype html><title>Lamplighter</title>");
  writeFileSync(join(webRoot, "assets", "main-abc123.js"), "export const demo = 1;\n".repeat(100));
  writeFileSync(join(folder, "outside.txt"), "not for the web");
  const docsRoot = join(folder, "docs");
  mkdirSync(docsRoot);
  for (const name of ["swagger-ui.css", "swagger-ui-bundle.js"]) writeFileSync(join(docsRoot, name), "/* demo */");
  const agentFile = join(folder, "agent.cjs");
  writeFileSync(agentFile, "// demo agent\n");
  const live = createLive({ clock });
  const asked: SeriesQuery[] = [];
  const series: SeriesAnswer["series"] = [];
  const presence = new Map<string, PresenceView>();
  const notify = createNotify({
    clock,
    log: quiet,
    records,
    audit: auth.audit,
    keyFolder: join(folder, "keys"),
    allow: ["127.0.0.0/8"],
    url: () => host,
    incident: (id) => alerts.of(id),
    severityWords: {},
    done: () => {},
  });
  const alerts = createAlerts({
    clock,
    log: quiet,
    records,
    audit: auth.audit,
    devices: () => [],
    device: () => undefined,
    sites: () => [],
    cannotStore: () => null,
    doors: () => null,
    blind: () => {},
    enqueue: notify.enqueue,
    toldOf: notify.toldOf,
    changed: () => {},
  });
  const mutes = await createMutes({
    ...{ records, clock, audit: auth.audit, registry, settleMs: 300_000 },
    incidents: () => alerts.open(),
  });
  const escalation = await createEscalation({ records, clock, audit: auth.audit });
  const feed = createFeed({ usual: () => null, intervalMs: () => 10_000 });
  const book = await createRulebook({ records, clock, audit: auth.audit, folder: null, changed: feed.rules });
  book.tell();
  const subjectOf = (device: Device) => ({ ...device, site: device.site ?? "" });
  const explain = createExplain({
    ...{ clock, log: quiet, records, alerts, feed, book, site: registry.site, hoursOfSite: registry.hoursOfSite },
    series: { query: async () => ({ resolution: "raw", series }) },
    device(id) {
      const device = registry.device(id);
      if (!device) return undefined;
      const subject = subjectOf(device);
      return { subject, seen: deviceSeen(device, presence.get(id) ?? nobodyThere), deadline: null };
    },
    behind: (id) => topology.sentences(id),
  });
  const topology = createTopology({ records, clock, log: quiet, registry, audit: auth.audit, changed: () => {} });
  await topology.start();
  const backtests = createBacktests({
    clock,
    log: quiet,
    devices: () => [{ id: "ap-1", name: "Demo", site: "", kind: "access-point", tags: [], profile: null }],
    intervalMs: () => 10_000,
    timeZoneOf: () => "Europe/London",
    series: {
      query: async ({ devices }) => ({
        resolution: "5-minute",
        series: series.filter((one) => devices.includes(one.device)),
      }),
    },
  });
  const preview: HttpNeeds["rules"]["preview"] = (rule) =>
    previewOf(rule, {
      devices: registry.devices().map(subjectOf),
      latest: () => [{ m: "probe", tags: { probe: "dns", kind: "dns" }, fields: { latency_ms: 12 }, at: clock.now() }],
      ...{ usual: () => null, currentMs: () => 90_000, now: clock.now() },
    });
  const needs: HttpNeeds = {
    rules: { book, standing: () => ({ devices: 2, bad: 1 }), backtests, preview },
    rollouts,
    explain,
    topology,
    availability: createReports({ clock, records, registry, usuallyOn: () => null }),
    config,
    clock,
    log: quiet,
    alerts,
    mutes,
    escalation,
    notify,
    version: "0.0.0-test",
    auth,
    registry,
    live,
    presence: { of: (device) => presence.get(device) ?? nobodyThere },
    delivery: {
      of: () => ({ ...noPoints, losses: [], drops: [], since: null, lastLoss: null, folded: 0, boots: [] }),
      late: async (_device, from, to) => [{ from, to, points: 1, arrivedAt: to }],
      missingOf: () => 0,
      quarantined: async (_device, limit, before = 8) =>
        Array.from({ length: Math.min(limit, before - 1) }, (_, i) => plantedRefusal(before - 1 - i)),
    },
    latest: { of: () => [{ m: "probe", tags: { probe: "dns" }, fields: { latency_ms: 12 }, at: 1 }] },
    events: {
      of: async (_device, { limit, before = 8 }) =>
        Array.from({ length: Math.min(limit, before - 1) }, (_, i) => plantedEvent(before - 1 - i)),
    },
    series: {
      async query(query) {
        asked.push(query);
        return { resolution: "raw", series: series.filter((one) => query.devices.includes(one.device)) };
      },
    },
    rollups: {
      view: () => ({
        pendingHours: 2,
        oldestPendingAt: 3_600_000,
        doneHours: 5,
        rounds: 1,
        ratePerSecond: 1.5,
        waitsFor: null,
        rawSince: 0,
        backfilled: true,
      }),
      rebuild: async () => ({ marked: 48, leftAlone: 0 }),
    },
    health: () => ({ ready: true, parts: [{ name: "store", ok: true }] }),
    metrics: () => [
      { name: "lamplighter_demo", kind: "gauge", help: "Demo.", values: [{ labels: { a: 'b"\\\n' }, value: 1 }] },
    ],
    webRoot,
    docsRoot,
    agentFile,
    secure: false,
    ...more,
  };
  const app = createHttp(needs);
  const tokens = new Map<Role, string>();
  for (const role of ["viewer", "operator", "admin"] as const)
    tokens.set(role, (await auth.tokens.create(boss, { name: role, role, expiresAt: null })).secret);
  return {
    ...fresh,
    async end() {
      await rollouts.stop();
      await config.stop();
      await topology.stop();
      await backtests.stop();
      await fresh.end();
    },
    auth,
    registry,
    live,
    config,
    sent,
    app,
    asked,
    series,
    presence,
    backtests,
    feed,
    topology,
    needs,
    async call(method, path, { as = "admin", body, headers = {} } = {}) {
      const bearer = as === "nobody" ? {} : { authorization: `Bearer ${tokens.get(as)}` };
      const json = body === undefined ? {} : { "content-type": "application/json" };
      return await app.request(`${host}${path}`, {
        method,
        headers: { ...bearer, ...json, ...headers },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
    },
  };
}

const noPoints = {
  made: 0,
  received: 0,
  stored: 0,
  duplicates: 0,
  quarantined: 0,
  dropped: 0,
  onDevice: 0,
  missing: 0,
};
const plantedRefusal = (id: number) => ({
  ...{ id, receivedAt: id, boot: null, seq: null, points: 1, why: "unknown-tag", problem: "t.x", raw: "{}" },
});
const plantedEvent = (id: number) => ({ id, at: id, receivedAt: id, kind: "boot", severity: "info", detail: {} });
