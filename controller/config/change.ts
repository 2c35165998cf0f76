import type { Kysely } from "kysely";
import type { Clock } from "../base/clock.ts";
import { conflict, invalid, notFound, stale } from "../base/errors.ts";
import { hashOf } from "../base/ids.ts";
import type { Serial } from "../base/serial.ts";
import type { Database } from "../store/records/index.ts";
import type { ConfigState } from "./decide.ts";
import { configLimits } from "./limits.ts";
import { createTally, type Preview } from "./preview.ts";
import type { Known } from "./push.ts";
import { createShelf, type Shelf, withItems } from "./shelf.ts";
import { type Body, emptyBody, type Item, keyOfSource, partsOf, type Source, withKept } from "./source.ts";
import type { Sources } from "./sources.ts";
import type { Found, Planned, Survey } from "./survey.ts";
import type { By, createWrite } from "./write.ts";

export interface ChangeNeeds {
  clock: Clock;
  serial: Serial;
  sources: Sources;
  survey: Survey;
  write: ReturnType<typeof createWrite>;
  registry: { device(id: string): Known | undefined; site(id: string): unknown };
  stateOf(device: string): ConfigState;
  isAway(device: string): boolean;
  audit: {
    write(
      db: Kysely<Database>,
      entry: {
        actor: By;
        action: string;
        subject: { kind: string; id: string };
        after?: object | null;
      },
    ): Promise<void>;
  };
  /** Devices wait to be made. */
  due(): void;
}

/** What is to be changed together. */
export interface ChangeWish {
  /** Worked out when it is its turn, where it depends on what is there. */
  items: readonly Item[] | (() => Promise<readonly Item[]>);
  /** Throws when it comes too late; asked when it is its turn. */
  check?(): void;
  message?: string | undefined;
  trialMs?: number | undefined;
  /** Of the preview; what has changed since then: "stale". */
  seen?: string | undefined;
  /** Looked at in any case: whom somebody chose. */
  also?: readonly Known[];
  /** Sent even where nothing changes. */
  again?(device: Known): boolean;
}

/** A device whose own document is to be another, instead of what is wanted since revision `before` (0: nothing). */
export interface Target {
  device: string;
  before: number;
  document: Body["document"];
}

export interface Applied {
  /** null: nothing was to be changed. */
  revision: number | null;
  /** They have a new revision now. */
  devices: string[];
  /** They get one in their turn, one after the other. */
  due: number;
  looked: number;
}

/** Changes of sources: looked at before, and applied as one. */
export async function createChange(needs: ChangeNeeds) {
  const { clock, sources, survey } = needs;
  let shelf = createShelf(await sources.load());

  /** Without what is the same already; secrets that are kept, filled in. */
  async function prepare(given: readonly Item[]): Promise<Item[]> {
    const own = await sources.ofDevices(given.flatMap((item) => (item.kind === "device" ? [item.id] : [])));
    const prepared = given.map((item) => {
      const before = item.kind === "device" ? own.get(item.id) : shelf.all.get(keyOfSource(item));
      check(item, before);
      return { item: { ...item, body: item.body && withKept(item.body, before) }, before };
    });
    return prepared.filter(({ item, before }) => isOther(item, before)).map(({ item }) => item);
  }
  function check(item: Item, before: Source | undefined): void {
    const { kind, id, seen } = item;
    if (seen !== undefined && seen !== (before?.version ?? 0))
      throw stale(`${wordOf(item)} was changed in the meantime`);
    if (kind === "device" && !needs.registry.device(id)) throw notFound("device", id);
    if (kind === "site" && item.body && !needs.registry.site(id)) throw notFound("site", id);
  }
  function checkRoom(after: Shelf): void {
    for (const [kind, most] of [
      ["template", configLimits.templates],
      ["group", configLimits.groups],
    ] as const) {
      const there = [...after.all.values()].filter((one) => one.kind === kind).length;
      if (there > most) throw conflict("limit", `there may be at most ${most} ${kind}s`);
    }
  }

  async function look(wish: ChangeWish, planned: (one: Planned) => void) {
    wish.check?.();
    const items = await prepare(typeof wish.items === "function" ? await wish.items() : wish.items);
    const before = shelf;
    const isShelfOther = items.some(({ kind }) => kind !== "device");
    const after = isShelfOther ? withItems(before, items, clock.now()) : before;
    if (isShelfOther) checkRoom(after);
    const own = new Map(
      items.flatMap(({ kind, id, body }) => (kind === "device" ? [[id, body ?? emptyBody] as const] : [])),
    );
    const also = new Set(wish.also?.map(({ id }) => id));
    const { again } = wish;
    const found = await survey({ before, after, own, also, planned, ...(again ? { again } : {}) });
    return { items, after, found, seen: fingerprint(found.looked, items) };
  }

  /** Names what a change was worked out from. */
  function fingerprint(looked: readonly Known[], items: readonly Item[]): string {
    const versions = items.map((item) => [keyOfSource(item), shelf.all.get(keyOfSource(item))?.version ?? 0]);
    const wanted = looked.map(({ id }) => [id, needs.stateOf(id).wanted?.revision ?? 0]);
    return hashOf(JSON.stringify([versions, wanted])).slice(0, 22);
  }

  async function preview(wish: ChangeWish): Promise<Preview> {
    const trialMs = wish.trialMs ?? configLimits.trialMs.usual;
    const { isAway, stateOf } = needs;
    const tally = createTally({ trialMs, isAway, stateOf });
    const { found, seen } = await look(wish, tally.add);
    return tally.result({ ...found, seen });
  }

  /** What a change of what devices say themselves makes of each that it changes, for somebody to push one by one. */
  async function targets(wish: ChangeWish): Promise<Target[]> {
    const changing: string[] = [];
    const { items, found, seen } = await look(wish, ({ device }) => changing.push(device.id));
    refuseStale(wish, seen);
    refuse(found);
    const own = new Map(items.map(({ id, body }) => [id, body?.document ?? {}]));
    const missing = changing.filter((id) => !own.has(id));
    for (const [id, { document }] of await sources.ofDevices(missing)) own.set(id, document);
    const before = (device: string): number => needs.stateOf(device).wanted?.revision ?? 0;
    return changing.map((device) => ({ device, before: before(device), document: own.get(device) ?? {} }));
  }

  const apply = (by: By, wish: ChangeWish, also?: (t: Kysely<Database>) => Promise<void>): Promise<Applied> =>
    needs.serial(async () => {
      const planned: Planned[] = [];
      const ids: string[] = [];
      const { items, after, found, seen } = await look(wish, (one) => {
        ids.push(one.device.id);
        if (planned.length < configLimits.devicesAtOnce) planned.push(one);
      });
      refuseStale(wish, seen);
      refuse(found);
      const { message = "", trialMs = configLimits.trialMs.usual } = wish;
      const isMany = ids.length > planned.length;
      let revision: number | null = null;
      const first = async (t: Kysely<Database>): Promise<void> => {
        await also?.(t);
        if (items.length === 0) return;
        revision = await sources.change(t, items, { message, by, at: clock.now() });
        const changed = items
          .slice(0, namedInAudit)
          .map(({ kind, id, body }) => ({ kind, id, removed: body === null }));
        const subject = { kind: "configuration", id: String(revision) };
        const told = { message, items: changed, more: items.length - changed.length, devices: ids.length };
        await needs.audit.write(t, { actor: by, action: "configuration.changed", subject, after: told });
        if (isMany) await sources.due(t, ids, { revision, trialMs });
      };
      await needs.write(by, isMany ? [] : planned, { message, trialMs }, first);
      shelf = after;
      if (isMany) needs.due();
      const looked = found.looked.length;
      return { revision, devices: isMany ? [] : ids, due: isMany ? ids.length : 0, looked };
    });

  return {
    shelf: (): Shelf => shelf,
    /** Whom an item is about is there. */
    isThere: ({ kind, id }: Pick<Item, "kind" | "id">): boolean =>
      (kind !== "device" || needs.registry.device(id) !== undefined) &&
      (kind !== "site" || needs.registry.site(id) !== undefined),
    preview,
    targets,
    apply,
    /** A site was removed. */
    forgetSite(id: string): void {
      const item = { kind: "site" as const, id, body: null };
      if (shelf.all.has(keyOfSource(item))) shelf = withItems(shelf, [item], clock.now());
    },
  };
}
export type Change = Awaited<ReturnType<typeof createChange>>;

const namedInAudit = 50;

const isOther = ({ kind, body }: Item, before: Source | undefined): boolean =>
  body === null || before === undefined
    ? body !== null || before !== undefined
    : textOf(kind, body) !== textOf(kind, before);
const textOf = (kind: Item["kind"], body: Body): string => JSON.stringify(partsOf(kind, { ...body }));

const wordOf = ({ kind, id }: Item): string => (kind === "organisation" ? "the organisation" : `the ${kind} "${id}"`);

function refuseStale({ seen: known }: ChangeWish, seen: string): void {
  if (known !== undefined && known !== seen)
    throw stale("some of this was changed in the meantime: look at the preview again");
}

function refuse({ problems }: Found): void {
  const [first] = problems;
  if (!first) return;
  const where = first.path === "" ? "" : `${first.path}: `;
  const faults = problems.slice(0, 20).map(({ path, message }) => ({ path, message }));
  throw invalid(`the document will not do: ${where}${first.message}`, faults);
}
