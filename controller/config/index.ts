/** Configuration of devices: what is wanted, sent, tried, confirmed or taken back (DESIGN §4, §8). */
import type { Birth, ConfigReported, DownSuffix, Heartbeat } from "#wire";
import type { Cancel } from "../base/clock.ts";
import { notFound } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Seal } from "../base/seal.ts";
import { createSerial } from "../base/serial.ts";
import type { Records } from "../store/records/index.ts";
import { type Applied, type ChangeWish, createChange, type Target } from "./change.ts";
import { type ComposerNeeds, createComposer, veiled } from "./composer.ts";
import { createConverge } from "./converge.ts";
import { type ConfigState, isToRepair } from "./decide.ts";
import { createDrafts } from "./drafts.ts";
import { createFollow } from "./follow.ts";
import { type ChangeView, createHistory, type SourceView, viewOf } from "./history.ts";
import { configLimits } from "./limits.ts";
import { createOwn, type Explained, type ManyWish, type Wish } from "./own.ts";
import { createPace } from "./pace.ts";
import type { Preview } from "./preview.ts";
import type { Known } from "./push.ts";
import { createConfigRecords, type Revision } from "./records.ts";
import { nothingRendered, type Rendered, veiledFiles } from "./render.ts";
import { emptyBody, type Item, keyOfSource, type SourceKind, shownBody } from "./source.ts";
import { createSources } from "./sources.ts";
import { createSurvey } from "./survey.ts";
import { createText } from "./text.ts";
import {
  briefOf,
  type ConfigBrief,
  type ConfigStatus,
  configStatuses,
  type DeviceConfig,
  deviceConfigOf,
  statusOf,
} from "./view.ts";
import { type By, createWrite, signedText, type WriteNeeds } from "./write.ts";

export type { Applied, Target } from "./change.ts";
export type { Draft, DraftEdit } from "./drafts.ts";
export { type FolderItem, filesOf, folderLimits, isOurs, itemsIn } from "./folder.ts";
export type { ChangeView, SourceView } from "./history.ts";
export { configLimits } from "./limits.ts";
export type { Preview } from "./preview.ts";
export type { Selection } from "./push.ts";
export type { Revision } from "./records.ts";
export {
  type Body,
  bodies,
  filledBody,
  type Item,
  itemOf,
  items,
  type SourceKind,
  sourceKinds,
} from "./source.ts";
export { textLimits } from "./text.ts";
export { type ConfigBrief, type ConfigStatus, configStatuses, type DeviceConfig } from "./view.ts";

export interface ConfigNeeds extends Pick<WriteNeeds, "clock" | "signer" | "audit"> {
  log: Log;
  records: Records;
  seal: Seal;
  registry: {
    device(id: string): Known | undefined;
    devices(): readonly Known[];
    site: ComposerNeeds["site"];
    onChange(listener: (change: { kind: string; id: string; change: string }) => void): () => void;
  };
  /** Straight to the device's connection; false when it can't be had now. */
  send(device: string, suffix: DownSuffix, payload: string): boolean;
  isAway(device: string): boolean;
  changed(device: string, brief: ConfigBrief): void;
  /** What becomes of files that were changed on a device: they are shown, or put right. */
  drift: "show" | "repair";
}

export type Config = Awaited<ReturnType<typeof createConfig>>;

/** What a change does: to chosen devices, to anything that speaks about devices, to all of a draft, or of going back. */
export type PreviewWish =
  | ManyWish
  | { items: readonly Item[]; trialMs?: number | undefined }
  | { draft: string; trialMs?: number | undefined }
  | { backTo: number; trialMs?: number | undefined };

/** Resolves when all states are loaded. */
export async function createConfig(needs: ConfigNeeds) {
  const { clock, log, registry, seal } = needs;
  const { db } = needs.records;
  const records = createConfigRecords(db);
  const sources = createSources({ db, seal, log });
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
  const stateOf = (device: string): ConfigState => follow.of(device);
  const write = createWrite({ ...needs, db, records, follow });
  const text = createText();
  const composer = () => createComposer({ seal, text, site: registry.site });
  const survey = createSurvey({ ...registry, clock, records, sources, stateOf, composer });
  const shared = { clock, log, serial, sources, survey, write, stateOf };
  const change = await createChange({ ...needs, ...shared, due: () => converge.kick() });
  const converge = createConverge({ ...shared, shelf: change.shelf });
  const own = createOwn({ sources, stateOf, devices: registry.devices, shelf: change.shelf, composer });
  const drafts = createDrafts({ clock, db, seal, sources, current: own.current });
  const history = createHistory({ sources, change });
  let cancels: Cancel[] = [];

  async function sendWanted(device: string): Promise<void> {
    const { wanted, foreign } = follow.of(device);
    if (!wanted || foreign) return;
    try {
      const kept = await records.signed(device, wanted.revision);
      // Another one may have come while it was read.
      if (kept === null || follow.of(device).wanted?.revision !== wanted.revision) return;
      const signed = signedText(seal, kept, { device, revision: wanted.revision });
      const renewed = JSON.stringify(needs.signer.renewed(JSON.parse(signed)));
      if (needs.send(device, "config/desired", renewed)) follow.put(device, { kind: "sent" });
    } catch (error) {
      log.error("a configuration could not be sent", { device, error });
    }
  }

  function tick(): void {
    const now = clock.now();
    // Who is away is asked about again at the next tick, without a look at the disk.
    for (const [device, state] of follow.states()) {
      const { nextAt } = state;
      if (nextAt !== null && nextAt <= now && !needs.isAway(device)) follow.put(device, { kind: "tick" });
      if (needs.drift === "repair" && isToRepair(state, now) && !needs.isAway(device)) converge.repair(device);
    }
    // Goes on where the last turn failed.
    converge.kick();
  }

  function heard({ kind, id, change: what }: { kind: string; id: string; change: string }): void {
    if (kind === "device" && what === "removed") {
      pace.drop(id);
      converge.forget(id);
      follow.forget(id);
    } else if (kind === "device") converge.moved(id);
    if (kind === "site" && what === "changed")
      for (const { id: device, site } of registry.devices()) if (site === id) converge.moved(device);
    if (kind === "site" && what === "removed") change.forgetSite(id);
    if (what === "removed" && (kind === "device" || kind === "site"))
      forgetting = forgetting
        .then(() => sources.forget(kind, id))
        .catch((error) => log.error("what was said about it could not be deleted", { kind, id, error }));
  }
  let forgetting: Promise<void> = Promise.resolve();

  function deviceOf(id: string): Known {
    const device = registry.device(id);
    if (!device) throw notFound("device", id);
    return device;
  }

  async function view(device: string): Promise<DeviceConfig> {
    const state = follow.of(device);
    const revision = state.wanted?.revision ?? 0;
    const wanted = await records.revision(device, revision);
    const rendered = (await records.rendered(device, revision)) ?? nothingRendered;
    const usualTrialMs = configLimits.trialMs.usual;
    return deviceConfigOf(state, { wanted, rendered, own: await own.of(device), usualTrialMs });
  }

  async function put(by: By, id: string, wish: Wish): Promise<DeviceConfig> {
    await change.apply(by, own.one(deviceOf(id), wish));
    return await view(id);
  }

  return {
    async start(): Promise<void> {
      cancels = [clock.every(configLimits.tickMs, tick), registry.onChange(heard)];
      converge.kick();
    },
    async stop(): Promise<void> {
      for (const cancel of cancels) cancel();
      await converge.stop();
      await pace.stop();
      await forgetting;
      await follow.settled();
    },
    /** Until every device got what follows from the changes so far. */
    idle: converge.idle,

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
    async revisions(id: string): Promise<(Omit<Revision, "own"> & { own: Record<string, unknown> })[]> {
      const found = await records.revisions(deviceOf(id).id);
      return found.map(({ own: kept, document, ...rest }) => {
        const said = kept === null ? document : sources.open({ kind: "device", id }, kept).document;
        return { ...rest, document: veiled(document) as Revision["document"], own: said };
      });
    },
    /** What a revision became on the device, secrets concealed. */
    async files(id: string, revision: number): Promise<Pick<Rendered, "files" | "left">> {
      const found = await records.rendered(deviceOf(id).id, revision);
      if (!found) throw notFound("revision", String(revision));
      return { files: veiledFiles(found.files), left: found.left };
    },
    put,
    /** What the device said itself in an earlier revision, as a new one. */
    async restore(by: By, id: string, revision: number, seen?: number): Promise<DeviceConfig> {
      const before = await records.revision(deviceOf(id).id, revision);
      if (!before) throw notFound("revision", String(revision));
      const { own: kept, trialMs } = before;
      const { document, variables, without } =
        kept === null ? { ...emptyBody, document: before.document } : sources.open({ kind: "device", id }, kept);
      const message = `back to the settings of ${new Date(before.at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
      return await put(by, id, { document, variables, without, trialMs, message, seen });
    },
    /** What a device's layers make of it now, and who put each value there. */
    explain: (id: string): Promise<Explained> => own.explain(deviceOf(id)),
    /** @param most devices that may be chosen */
    async preview(wish: PreviewWish, most?: number): Promise<Preview> {
      const { trialMs } = wish;
      if ("select" in wish) return await change.preview(own.many(wish, most));
      if ("draft" in wish) return await change.preview({ trialMs, items: (await drafts.of(wish.draft)).items });
      if ("backTo" in wish) return await change.preview({ trialMs, items: await history.backTo(wish.backTo) });
      return await change.preview(wish);
    },
    /** What the wish makes of what each device says itself, for a rollout to push one by one. */
    targets: (wish: ManyWish, most: number): Promise<Target[]> => change.targets(own.many(wish, most)),
    /** @returns the devices that get a new revision; none when a problem is found in any of them */
    async putMany(by: By, wish: ManyWish): Promise<{ devices: string[]; unchanged: number }> {
      const made = own.many(wish);
      const { devices } = await change.apply(by, made);
      return { devices, unchanged: made.also.length - devices.length };
    },

    /** Who speaks about devices, by name. */
    sources: (kind: SourceKind): SourceView[] =>
      [...change.shelf().all.values()].filter((one) => one.kind === kind).map(viewOf),
    async source(kind: SourceKind, id: string): Promise<SourceView | undefined> {
      const found = (await own.current([{ kind, id }])).get(keyOfSource({ kind, id }));
      return found && viewOf(found);
    },
    /** By kind and id, devices' own among them. */
    page: (limit: number, after?: { kind: string; id: string }): Promise<SourceView[]> =>
      sources.page(limit, after).then((found) => found.map(viewOf)),
    /** @param about.seen of a preview */
    change: (by: By, wish: Pick<ChangeWish, "items" | "message" | "trialMs" | "seen">): Promise<Applied> =>
      change.apply(by, wish),
    /** Newest first. */
    changes: sources.changes,
    changeOf: (revision: number): Promise<ChangeView> => history.of(revision),
    /** Everything as it was after that revision, as a new one. */
    async goBack(by: By, revision: number, about: Pick<ChangeWish, "message" | "trialMs" | "seen">): Promise<Applied> {
      const message = about.message ?? `back to how it was after change ${revision}`;
      return await change.apply(by, { ...about, message, items: () => history.backTo(revision) });
    },
    /** As people may see it: secrets by whether they are set. */
    shown: ({ kind, id, body }: Item) => ({ kind, id, body: body && shownBody(kind, body) }),
    drafts: {
      list: drafts.list,
      of: drafts.of,
      create: drafts.create,
      edit: (...edit: Parameters<typeof drafts.edit>) => serial(() => drafts.edit(...edit)),
      remove: (id: string) => drafts.remove(id),
    },
    /** All of a draft as one change; the draft is no more afterwards. */
    async applyDraft(by: By, id: string, about: Pick<ChangeWish, "message" | "trialMs" | "seen">): Promise<Applied> {
      const items = async (): Promise<Item[]> => (await drafts.of(id)).items;
      const message = about.message ?? (await drafts.of(id)).message;
      return await change.apply(by, { ...about, message, items }, (t) => drafts.remove(id, t));
    },
    /** Devices that wait for what follows from a change of many. */
    due: sources.dueCount,
  };
}
