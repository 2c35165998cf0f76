import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Auth } from "../auth/index.ts";
import type { Clock } from "../base/clock.ts";
import { Problem } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Demo, DemoView } from "../http/index.ts";
import { hourMs, hourOf, type SeriesStore } from "../store/series/index.ts";
import { type Call, createApiClient } from "./api.ts";
import type { Target } from "./break/faults.ts";
import { type Breaker, type BreakNeeds, createBreaker, putRight } from "./break/index.ts";
import { joinChannels } from "./channels.ts";
import { createFleet, type DeviceOrder, type DeviceStatus, type Fleet, noFaults } from "./fleet/index.ts";
import { firstMemory, type Memory, recall, remember } from "./memory.ts";
import { openPhone, type Phone } from "./phone/index.ts";
import { type Settled, settle, tokensFor } from "./settle.ts";
import { devices } from "./town/devices.ts";
import { sites } from "./town/sites.ts";
import { createWeeks, type Stretch, type Weeks, wholeStretch } from "./weeks/index.ts";

export const demoLimits = { threads: 2, intervalMs: 10_000, pastMs: 6 * 3_600_000, testMs: 10 * 60_000 } as const;
const tokenName = "demo";
/** Who may read the data folder may do anything; the audit log says that it was done here. */
const operator = { kind: "token", id: "demo", name: "demo", role: "admin", expiresAt: null } as const;

export interface DemoNeeds {
  /** Of the demo; the controller's is inside. */
  dataDir: string;
  workerUrl: URL;
  /** Of a first start; later ones keep theirs. */
  seed: number;
  clock: Clock;
  log: Log;
  version: string;
}

/** The controller as the demo needs it, beside its API. */
export interface DemoController {
  url: string;
  auth: Pick<Auth, "tokens" | "audit">;
  broker: BreakNeeds["broker"];
  live: { publish(kind: string, data: object): void };
  series: Pick<SeriesStore, "importRollups">;
  storeFile: string;
}

export const tokenFile = (dataDir: string): string => join(dataDir, "demo-token");

interface Running {
  fleet: Fleet;
  weeks: Weeks;
  phone: Phone;
  breaker: Breaker;
  settled: Settled;
  audit: Pick<Auth["audit"], "note">;
  revoke(): Promise<void>;
}

/** The street of the demo: enters its town into the controller, runs its devices, and lets people break things. */
export function createDemo(needs: DemoNeeds) {
  const { dataDir, clock, log } = needs;
  let running: Running | undefined;
  let memory: Memory = recall(dataDir) ?? firstMemory(needs.seed);
  let told = "";
  const isFirst = recall(dataDir) === null;

  const http: Demo = {
    view: () => viewOf(memory.seed, running),
    async break(by, wish) {
      if (!running) throw new Problem("away", "starting", "the street is just being built; try again in a moment");
      const { breaker, audit } = running;
      const done = await breaker.break(wish);
      const action = wish.undo || wish.what === putRight ? "demo.mended" : "demo.broken";
      await audit.note({
        actor: by,
        action,
        subject: { kind: "demo", id: wish.what },
        after: { ...wish, did: done.did },
      });
      return done;
    },
  };

  return {
    http,
    /** How much of the weeks before the first start is written, 0 to 1; null: the street is not running. */
    weeksShare: (): number | null => running?.weeks.share() ?? null,
    /** Resolves when the threads run; devices come one by one. */
    async start(controller: DemoController): Promise<void> {
      const { auth, live, url } = controller;
      const token = await issueToken(auth, dataDir, clock.now());
      const call = createApiClient(url, token.secret);
      const publish = (): void => live.publish("demo", { at: clock.now() });
      const phone = await openPhone({
        ...memory,
        now: () => clock.now(),
        arrived: publish,
        secret: memory.webhookSecret,
      });
      const settled = await settle(call, memory.sites);
      const rawFrom = hourOf(clock.now() - demoLimits.pastMs + hourMs / 2);
      if (isFirst) memory = { ...memory, weeks: wholeStretch(rawFrom) };
      const orders = await ordersFor(call, settled, { dataDir, memory, url, now: clock.now(), rawFrom });
      const { mailPort, webhookPort } = phone;
      memory = { ...memory, controllerUrl: url, mailPort, webhookPort, sites: Object.fromEntries(settled.sites) };
      remember(dataDir, memory);
      await asAdmin(auth, clock.now(), (secret) => joinChannels(createApiClient(url, secret), memory)).catch((error) =>
        log.error("the phone has no channels", { error }),
      );
      const fleet = createFleet({
        workerUrl: needs.workerUrl,
        threads: demoLimits.threads,
        clock,
        log,
        start: { controllerUrl: url, version: needs.version, intervalMs: demoLimits.intervalMs, faults: noFaults },
        devices: orders,
        news() {
          const { past, connected } = progressOf(fleet.statuses());
          const now = `${past} ${connected}`;
          if (now !== told) publish();
          told = now;
        },
      });
      const breaker = createBreaker({
        ...controller,
        clock,
        log,
        call,
        targets: targetsOf(settled),
        setFaults: fleet.setFaults,
        changed: publish,
      });
      const weeks = createWeeks({
        clock,
        log,
        store: controller.series,
        stretch: memory.weeks ?? { from: 0, until: 0 },
        intervalMs: demoLimits.intervalMs,
        devices: devices.map(({ key }) => ({ key, id: settled.devices.get(key) ?? "" })),
        sample: fleet.sample,
        ready: () => isCalm(progressOf(fleet.statuses())),
        written(stretch: Stretch) {
          memory = { ...memory, weeks: stretch };
          remember(dataDir, memory);
        },
      });
      weeks.start();
      running = { fleet, weeks, phone, breaker, settled, audit: auth.audit, revoke: token.revoke };
    },
    async stop(): Promise<void> {
      const was = running;
      running = undefined;
      if (!was) return;
      await was.breaker.stop();
      const weeksStopped = was.weeks.stop();
      await was.fleet.stop();
      await weeksStopped;
      await was.phone.stop();
      await was.revoke();
    },
  };
}
export type StreetDemo = ReturnType<typeof createDemo>;

/** For this run: the demo's own calls, and `lamplighter demo --break` from the same folder. */
async function issueToken(auth: Pick<Auth, "tokens">, dataDir: string, now: number) {
  for (const { id, name } of await auth.tokens.list()) if (name === tokenName) await auth.tokens.revoke(operator, id);
  const expiresAt = now + 30 * 86_400_000;
  const { id, secret } = await auth.tokens.create(operator, { name: tokenName, role: "operator", expiresAt });
  const file = tokenFile(dataDir);
  rmSync(file, { force: true });
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  const revoke = async (): Promise<void> => {
    rmSync(file, { force: true });
    await auth.tokens.revoke(operator, id);
  };
  return { secret, revoke };
}

/** Channels are the administrator's. */
async function asAdmin(auth: Pick<Auth, "tokens">, now: number, run: (secret: string) => Promise<void>): Promise<void> {
  const wish = { name: `${tokenName} set-up`, role: "admin", expiresAt: now + 60_000 } as const;
  const { id, secret } = await auth.tokens.create(operator, wish);
  try {
    await run(secret);
  } finally {
    await auth.tokens.revoke(operator, id);
  }
}

async function ordersFor(
  call: Call,
  settled: Settled,
  {
    dataDir,
    memory,
    url,
    now,
    rawFrom,
  }: { dataDir: string; memory: Memory; url: string; now: number; rawFrom: number },
): Promise<DeviceOrder[]> {
  const folder = (key: string): string => join(dataDir, "devices", key);
  const isNew = (key: string): boolean => !existsSync(join(folder(key), "identity.json"));
  const wanting = memory.controllerUrl === url ? devices.filter(({ key }) => isNew(key)) : devices;
  const tokens = await tokensFor(call, wanting, settled);
  return devices.map((device) => {
    const token = tokens.get(device.key);
    const first = isNew(device.key);
    return {
      device: { ...device, seed: memory.seed },
      dataDir: folder(device.key),
      ...(token === undefined ? {} : { token }),
      pastMs: first ? now - rawFrom : 0,
      testedUntil: first ? now + demoLimits.testMs : 0,
    };
  });
}

const targetsOf = (settled: Settled): Target[] => [
  ...sites.map(({ key, name }) => ({ key, name, kind: "site" as const, id: settled.sites.get(key) ?? "" })),
  ...devices.map(({ key, name, kind, site }) => ({
    ...{ key, name, kind, site: site.key },
    id: settled.devices.get(key) ?? "",
  })),
];

function progressOf(statuses: ReadonlyMap<string, DeviceStatus>): DemoView["progress"] {
  const all = [...statuses.values()];
  return {
    devices: devices.length,
    past: devices.length - all.filter(({ phase }) => phase === "on" || phase === "off").length,
    connected: all.filter(({ connected }) => connected).length,
    kept: all.reduce((sum, { kept }) => sum + kept, 0),
  };
}

/** All are there, and little of what they kept is left. */
const isCalm = ({ past, kept, devices: all }: DemoView["progress"]): boolean => past === 0 && kept <= all;

function viewOf(seed: number, running: Running | undefined): DemoView {
  const { settled, fleet, breaker, phone } = running ?? {};
  return {
    simulated: true,
    seed,
    progress: progressOf(fleet?.statuses() ?? new Map()),
    faults: breaker?.view() ?? [],
    sites: sites.map(({ key, name }) => ({ id: settled?.sites.get(key) ?? key, name })),
    devices: devices.map(({ key, name, kind, site }) => ({
      id: settled?.devices.get(key) ?? key,
      name,
      kind,
      site: settled?.sites.get(site.key) ?? site.key,
    })),
    messages: phone?.messages() ?? [],
  };
}
