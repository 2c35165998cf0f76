/** Configuration of devices: what is wanted, sent, tried, confirmed or taken back (DESIGN §4, §8). */
import type { Birth, ConfigReported, DownSuffix, Heartbeat } from "#wire";
import { type ConfigDocument, configDocument, differences } from "../../firmware-configs/index.ts";
import type { Cancel } from "../base/clock.ts";
import { invalid, notFound, stale } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { createSerial } from "../base/serial.ts";
import type { Records } from "../store/records/index.ts";
import { createFollow } from "./follow.ts";
import { configLimits } from "./limits.ts";
import { createPace } from "./pace.ts";
import {
  choose,
  fingerprint,
  isStuck,
  type Known,
  type Preview,
  plan,
  previewOf,
  type Selection,
  wrongWith,
} from "./push.ts";
import { createConfigRecords, type Revision } from "./records.ts";
import {
  briefOf,
  type ConfigBrief,
  type ConfigStatus,
  configStatuses,
  type DeviceConfig,
  deviceConfigOf,
  statusOf,
} from "./view.ts";
import { type By, createWrite, type WriteNeeds } from "./write.ts";

export { configLimits } from "./limits.ts";
export type { Preview, Selection } from "./push.ts";
export type { Revision } from "./records.ts";
export { type ConfigBrief, type ConfigStatus, configStatuses, type DeviceConfig } from "./view.ts";

export interface ConfigNeeds extends Pick<WriteNeeds, "clock" | "signer" | "audit"> {
  log: Log;
  records: Records;
  registry: {
    device(id: string): Known | undefined;
    devices(): readonly Known[];
    onChange(listener: (change: { kind: string; id: string; change: string }) => void): () => void;
  };
  /** Straight to the device's connection; false when it can't be had now. */
  send(device: string, suffix: DownSuffix, payload: string): boolean;
  isAway(device: string): boolean;
  changed(device: string, brief: ConfigBrief): void;
}

/** One document for one device. `seen`: the revision that the caller saw; another now: "stale". */
export interface Wish {
  document: unknown;
  message?: string | undefined;
  trialMs?: number | undefined;
  seen?: number | undefined;
}

export interface ManyWish {
  select: Selection;
  patch: unknown;
  message?: string | undefined;
  trialMs?: number | undefined;
  /** Of the preview; what has changed since then: "stale". */
  seen?: string | undefined;
}

/** A device and what is to be wanted of it, instead of revision `before` (0: none). */
export interface Target {
  device: string;
  before: number;
  document: ConfigDocument;
}

export type Config = Awaited<ReturnType<typeof createConfig>>;

/** Resolves when all states are loaded. */
export async function createConfig(needs: ConfigNeeds) {
  const { clock, log, registry } = needs;
  const records = createConfigRecords(needs.records.db);
  const serial = createSerial(configLimits.changesWaiting);
  const pace = createPace({ clock, perSecond: configLimits.sendsPerSecond, run: sendWanted });
  const follow = createFollow({
    clock,
    log,
    records,
    signer: needs.signer,
    send: needs.send,
    wake: pace.put,
    changed: (device, state) => needs.changed(device, briefOf(state)),
    isDevice: (device) => registry.device(device) !== undefined,
  });
  await follow.load();
  const write = createWrite({ ...needs, db: needs.records.db, records, follow });
  let cancels: Cancel[] = [];

  async function sendWanted(device: string): Promise<void> {
    const { wanted, foreign } = follow.of(device);
    if (!wanted || foreign) return;
    try {
      const signed = await records.signed(device, wanted.revision);
      // Another one may have come while it was read.
      if (signed === null || follow.of(device).wanted?.revision !== wanted.revision) return;
      if (needs.send(device, "config/desired", signed)) follow.put(device, { kind: "sent" });
    } catch (error) {
      log.error("a configuration could not be sent", { device, error });
    }
  }

  function tick(): void {
    const now = clock.now();
    // Who is away is asked about again at the next tick, without a look at the disk.
    for (const [device, { nextAt }] of follow.states())
      if (nextAt !== null && nextAt <= now && !needs.isAway(device)) follow.put(device, { kind: "tick" });
  }

  function deviceOf(id: string): Known {
    const device = registry.device(id);
    if (!device) throw notFound("device", id);
    return device;
  }

  async function documentsOf(devices: readonly Known[]): Promise<(device: string) => ConfigDocument> {
    const wanted = new Map(devices.map(({ id }) => [id, follow.of(id).wanted?.revision ?? 0]));
    const known = await records.documents(wanted);
    return (device) => known.get(device) ?? {};
  }

  async function view(device: string): Promise<DeviceConfig> {
    const state = follow.of(device);
    const wanted = state.wanted ? await records.revision(device, state.wanted.revision) : null;
    return deviceConfigOf(state, wanted, configLimits.trialMs.usual);
  }

  function put(by: By, id: string, wish: Wish): Promise<DeviceConfig> {
    return serial(async () => {
      const device = deviceOf(id);
      const was = follow.of(id);
      if (wish.seen !== undefined && wish.seen !== (was.wanted?.revision ?? 0))
        throw stale("this configuration was changed in the meantime");
      const faults = wrongWith(wish.document);
      refuseFaults(faults);
      const document = configDocument.parse(wish.document);
      const changes = differences((await documentsOf([device]))(id), document);
      // The same once more is the same, unless it came to nothing.
      if (changes.length > 0 || !was.wanted || isStuck(was)) await write(by, [{ device, document, changes }], wish);
      return await view(id);
    });
  }

  async function look(wish: ManyWish, most?: number) {
    const devices = choose(registry.devices(), wish.select, most);
    const made = plan(devices, wish.patch, await documentsOf(devices), follow.of);
    return { devices, made, seen: fingerprint(devices, follow.of) };
  }

  return {
    async start(): Promise<void> {
      const endListening = registry.onChange(({ kind, id, change }) => {
        if (kind !== "device" || change !== "removed") return;
        pace.drop(id);
        follow.forget(id);
      });
      cancels = [clock.every(configLimits.tickMs, tick), endListening];
    },
    async stop(): Promise<void> {
      for (const cancel of cancels) cancel();
      await pace.stop();
      await follow.settled();
    },

    stated: (device: string, said: Birth | Heartbeat): void => follow.stated(device, said),
    reported: (device: string, report: ConfigReported): void => follow.reported(device, report),

    brief: (device: string): ConfigBrief => briefOf(follow.of(device)),
    /** How many of these devices are in each status. */
    tally(devices: Iterable<{ id: string }>): Record<ConfigStatus, number> {
      const tally = Object.fromEntries(configStatuses.map((one) => [one, 0])) as Record<ConfigStatus, number>;
      for (const { id } of devices) tally[statusOf(follow.of(id))]++;
      return tally;
    },
    of: (id: string): Promise<DeviceConfig> => view(deviceOf(id).id),
    /** Newest first. */
    revisions: (id: string): Promise<Revision[]> => records.revisions(deviceOf(id).id),
    put,
    /** The document of an earlier revision, as a new one. */
    async restore(by: By, id: string, revision: number, seen?: number): Promise<DeviceConfig> {
      const before = await records.revision(deviceOf(id).id, revision);
      if (!before) throw notFound("revision", String(revision));
      const { document, trialMs } = before;
      const message = `back to the settings of ${new Date(before.at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
      return await put(by, id, { document, trialMs, message, seen });
    },
    /** @param most devices that it may be of */
    async preview(wish: ManyWish, most?: number): Promise<Preview> {
      const { devices, made, seen } = await look(wish, most);
      const trialMs = wish.trialMs ?? configLimits.trialMs.usual;
      return previewOf(devices, made, { trialMs, seen, isAway: needs.isAway, stateOf: follow.of });
    },
    /** What the wish makes of each device that it changes, for a rollout to push one by one. */
    async targets(wish: ManyWish, most: number): Promise<Target[]> {
      const { made, seen } = await look(wish, most);
      refuseStale(wish, seen);
      refuseFaults(made.problems);
      const before = (device: string): number => follow.of(device).wanted?.revision ?? 0;
      return made.planned.map(({ device: { id }, document }) => ({ device: id, before: before(id), document }));
    },
    /** @returns the devices that get a new revision; none when a problem is found in any of them */
    putMany: (by: By, wish: ManyWish): Promise<{ devices: string[]; unchanged: number }> =>
      serial(async () => {
        const { devices, made, seen } = await look(wish);
        refuseStale(wish, seen);
        refuseFaults(made.problems);
        await write(by, made.planned, wish);
        return {
          devices: made.planned.map(({ device }) => device.id),
          unchanged: devices.length - made.planned.length,
        };
      }),
  };
}

function refuseStale(wish: ManyWish, seen: string): void {
  if (wish.seen !== undefined && wish.seen !== seen)
    throw stale("some of these devices were configured in the meantime: look at the preview again");
}

function refuseFaults(faults: readonly { path: string; message: string }[]): void {
  const [first] = faults;
  if (!first) return;
  const where = first.path === "" ? "" : `${first.path}: `;
  throw invalid(`the document will not do: ${where}${first.message}`, [...faults]);
}
