/** Staged change of many devices (DESIGN §2, promise 3). The decision is pure; this is its shell. */
import type { Kysely } from "kysely";
import type { Cancel, Clock } from "../base/clock.ts";
import { conflict, invalid, notFound } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { createSerial } from "../base/serial.ts";
import type { ConfigBrief, Preview, Selection, Target } from "../config/index.ts";
import type { Database, Records } from "../store/records/index.ts";
import type { SeriesStore } from "../store/series/index.ts";
import { measure } from "./canary/measure.ts";
import { createCarryOut, type RolloutConfig } from "./carry-out.ts";
import { whyNot } from "./command.ts";
import { decide } from "./decide.ts";
import { createFacts, type FactNeeds, type Place } from "./facts.ts";
import { rolloutLimits } from "./limits.ts";
import { beginsWith, newRollout } from "./make.ts";
import { createRolloutRecords, type Whole } from "./records.ts";
import type { RolloutSettings } from "./schema.ts";
import { isOver, type Line, type RolloutEvent, type Touched } from "./state.ts";
import { type RolloutView, type TouchedView, viewOf } from "./view.ts";
import { wavesOf } from "./waves.ts";
import { timesOf, untouchedOf } from "./who.ts";

export { rolloutLimits } from "./limits.ts";
export { rolloutSettings } from "./schema.ts";
export type { Line as RolloutLine } from "./state.ts";
export type { RolloutView, TouchedView } from "./view.ts";

interface By {
  kind: string;
  id: string;
  name: string;
}

export interface RolloutWish {
  title: string;
  select: Selection;
  patch: unknown;
  settings: RolloutSettings;
  trialMs?: number | undefined;
  /** Of the preview. */
  seen?: string | undefined;
}

export interface RolloutNeeds extends Omit<FactNeeds, "device" | "devices" | "timeZoneOf"> {
  clock: Clock;
  log: Log;
  records: Records;
  audit: {
    write(
      db: Kysely<Database>,
      entry: { actor: By; action: string; subject: Omit<By, "name">; before?: object | null; after?: object | null },
    ): Promise<void>;
  };
  config: RolloutConfig & {
    brief(device: string): ConfigBrief;
    preview(wish: RolloutWish, most: number): Promise<Preview>;
    /** What the wish makes of each device that it changes. Throws "invalid" with what is wrong, "stale". */
    targets(wish: RolloutWish, most: number): Promise<Target[]>;
  };
  registry: {
    device(id: string): (Place & { name: string }) | undefined;
    devices(): readonly (Place & { name: string })[];
    site(id: string): { timeZone: string } | undefined;
    onChange(listener: (change: { kind: string; id: string; change: string }) => void): () => void;
  };
  series: Pick<SeriesStore, "query">;
  changed(rollout: RolloutView): void;
}

export type Rollouts = Awaited<ReturnType<typeof createRollouts>>;

/** Resolves when those that are not over are known. */
export async function createRollouts(needs: RolloutNeeds) {
  const { clock, log, registry, config } = needs;
  const records = createRolloutRecords(needs.records);
  const open = new Map((await records.open()).map((whole) => [whole.rollout.id, whole]));
  const timeZoneOf = (site: string): string => registry.site(site)?.timeZone ?? "UTC";
  const factsOf = createFacts({ ...needs, ...registry, timeZoneOf });
  const carryOut = createCarryOut({ log, config, documentOf: records.document });
  const serial = createSerial(rolloutLimits.stepsWaiting);
  /** What is being carried out: "what rollout device". */
  const acting = new Map<string, Promise<void>>();
  let cancels: Cancel[] = [];
  let stopping = false;

  const isAway = needs.isAway;
  const view = (whole: Whole): RolloutView => viewOf(whole, isAway);

  /** One after the other: to disk first, then what follows from it. */
  const put = (id: string, event: RolloutEvent): Promise<void> =>
    serial(async () => {
      const whole = open.get(id);
      if (!whole) return;
      const { rollout, devices } = whole;
      const next = decide(rollout, devices, event, clock.now(), factsOf(rollout.settings));
      if (next.rollout !== rollout || next.changed.length + next.log.length > 0) {
        await records.save(next.rollout, next.changed, next.log);
        whole.rollout = next.rollout;
        for (const row of next.changed) devices.set(row.id, row);
        needs.changed(view(whole));
      }
      for (const effect of next.effects) if (effect.do === "compare") act(`compare ${id}`, () => compare(whole));
      resume(whole);
      if (isOver(next.rollout)) open.delete(id);
    });

  const told = (id: string, event: RolloutEvent): void =>
    void put(id, event).catch((error) => log.error("a rollout could not go on", { rollout: id, error }));

  /** Supervised, and once at a time. */
  function act(key: string, run: () => Promise<void>): void {
    if (stopping || acting.has(key)) return;
    const running = run()
      .catch((error) => log.error("a rollout could not go on", { step: key, error }))
      .finally(() => acting.delete(key));
    acting.set(key, running);
  }

  /** Whatever was decided and is not done: also what a restart left behind. */
  function resume(whole: Whole): void {
    const { id } = whole.rollout;
    for (const one of whole.devices.values()) {
      if (acting.size >= rolloutLimits.carriedAtOnce) return;
      const what = one.phase === "pushing" ? "push" : one.back === "asked" ? "return" : null;
      if (what !== null) act(`${what} ${id} ${one.id}`, () => carry(what, whole, one));
    }
  }

  async function carry(what: "push" | "return", whole: Whole, one: Touched): Promise<void> {
    const event = await carryOut(what, whole.rollout, one);
    if (!event) return;
    const { id } = whole.rollout;
    await put(id, event);
    // It may have answered before we knew what to listen for.
    if (event.kind === "pushed") await hear(whole, one.id, config.brief(one.id));
  }

  async function hear(whole: Whole, device: string, brief: ConfigBrief): Promise<void> {
    const one = whole.devices.get(device);
    const revision = brief.desired ?? 0;
    if (!one || (one.phase !== "pushed" && one.phase !== "failed") || one.back !== null) return;
    const is = brief.status === "applied" ? "applied" : isFailure(brief.status) ? "failed" : "other";
    if (is === "other" && revision === one.revision) return;
    await put(whole.rollout.id, { kind: "outcome", device, revision, is, why: brief.why });
  }

  async function compare(whole: Whole): Promise<void> {
    const { wave, id, settings } = whole.rollout;
    const who = untouchedOf(whole, registry.devices(), isAway);
    const comparison = await measure(needs.series, wave, who, timesOf(whole, settings, clock.now()));
    await put(id, { kind: "compared", wave, comparison });
  }

  function tick(): void {
    for (const id of open.keys()) told(id, { kind: "tick" });
  }

  async function wholeOf(id: string): Promise<Whole> {
    const whole = open.get(id) ?? (await records.whole(id));
    if (!whole) throw notFound("rollout", id);
    return whole;
  }

  const orderOf = (devices: readonly string[], waves: RolloutSettings["waves"]) =>
    wavesOf(
      devices.map((id) => ({ id, site: registry.device(id)?.site ?? null })),
      waves,
      isAway,
    );

  return {
    start(): void {
      const endListening = registry.onChange(({ kind, id, change }) => {
        if (kind !== "device" || change !== "removed") return;
        for (const [rollout, { devices }] of open) if (devices.has(id)) told(rollout, { kind: "gone", device: id });
      });
      for (const whole of open.values()) {
        resume(whole);
        for (const device of whole.devices.keys())
          act(`hear ${whole.rollout.id} ${device}`, () => hear(whole, device, config.brief(device)));
      }
      cancels = [clock.every(rolloutLimits.tickMs, tick), endListening];
    },
    async stop(): Promise<void> {
      stopping = true;
      for (const cancel of cancels) cancel();
      await Promise.all(acting.values());
      await serial(async () => {});
    },

    /** How a device's configuration stands is other than before. */
    configChanged(device: string, brief: ConfigBrief): void {
      for (const whole of open.values())
        if (whole.devices.has(device))
          act(`hear ${whole.rollout.id} ${device} ${brief.status} ${brief.desired}`, () => hear(whole, device, brief));
    },

    /** What it would do: the change, and who is in which wave. */
    async preview(wish: RolloutWish) {
      const change = await config.preview(wish, rolloutLimits.devices);
      const devices = change.groups.flatMap((group) => group.devices.map(({ id }) => id));
      const waves = new Map<number, { devices: number; sites: Set<string>; first: string[] }>();
      for (const { id, wave } of orderOf(devices, wish.settings.waves)) {
        const one = waves.get(wave) ?? { devices: 0, sites: new Set(), first: [] };
        one.devices++;
        one.sites.add(registry.device(id)?.site ?? "");
        if (one.first.length < 5) one.first.push(registry.device(id)?.name ?? id);
        waves.set(wave, one);
      }
      return { change, waves: [...waves.values()].map((one) => ({ ...one, sites: one.sites.size })) };
    },

    async create(by: By, wish: RolloutWish): Promise<RolloutView> {
      if (open.size >= rolloutLimits.open)
        throw conflict("too-many-rollouts", `${open.size} rollouts are under way; ${rolloutLimits.open} are allowed`);
      const targets = await config.targets(wish, rolloutLimits.devices);
      if (targets.length === 0) throw invalid("it would change no device");
      const taken = [...open.values()].find(({ devices }) =>
        targets.some(({ device }) => isWaited(devices.get(device))),
      );
      if (taken)
        throw conflict("in-another-rollout", `some of these devices are in the rollout "${taken.rollout.title}"`);
      const order = orderOf(
        targets.map(({ device }) => device),
        wish.settings.waves,
      );
      const whole = newRollout(by, wish, { targets, order, at: clock.now() });
      const documents = new Map(targets.map((one) => [one.device, one.document]));
      const { rollout } = whole;
      await needs.records.db.transaction().execute(async (t) => {
        await records.insert(t, whole, (device) => documents.get(device) ?? {});
        await records.note(t, rollout.id, { at: rollout.createdAt, device: null, text: beginsWith(whole) });
        const after = {
          title: rollout.title,
          devices: targets.length,
          waves: rollout.waves,
          settings: rollout.settings,
        };
        const subject = { kind: "rollout", id: rollout.id };
        await needs.audit.write(t, { actor: by, action: "rollout.started", subject, after });
      });
      open.set(rollout.id, whole);
      await put(rollout.id, { kind: "tick" });
      return view(whole);
    },

    /** Newest first. */
    async list(): Promise<RolloutView[]> {
      const all = await records.list();
      return Promise.all(all.map(async ({ id }) => view(await wholeOf(id))));
    },
    of: async (id: string): Promise<RolloutView> => view(await wholeOf(id)),
    /** Newest first. */
    log: (id: string, limit: number): Promise<Line[]> => records.log(id, limit),
    async devices(id: string): Promise<TouchedView[]> {
      const whole = await wholeOf(id);
      const facts = factsOf(whole.rollout.settings);
      return [...whole.devices.values()].map((one) => {
        const { name = one.id, site = null } = registry.device(one.id) ?? {};
        const heldBy = one.phase === "waiting" ? facts.heldBy(one.id) : null;
        return { ...one, name, site, isAway: isAway(one.id), heldBy };
      });
    },

    async command(by: By, id: string, what: "pause" | "resume" | "abort"): Promise<RolloutView> {
      const whole = await wholeOf(id);
      const why = whyNot(whole.rollout.status, what);
      if (why !== undefined) throw conflict("not-now", why);
      await needs.audit.write(needs.records.db, {
        ...{ actor: by, action: `rollout.${what}`, subject: { kind: "rollout", id } },
        ...{ before: { status: whole.rollout.status }, after: null },
      });
      await put(id, { kind: "command", do: what, by: by.name });
      return view(whole);
    },
  };
}

const isFailure = (status: ConfigBrief["status"]): boolean =>
  status === "partly" || status === "rejected" || status === "reverted" || status === "foreign";

const isWaited = (one: Touched | undefined): boolean =>
  one !== undefined && (one.phase === "waiting" || one.phase === "pushing" || one.phase === "pushed");
