import type { Kysely } from "kysely";
import type { AtRest } from "../base/at-rest.ts";
import type { Clock } from "../base/clock.ts";
import { conflict, invalid, notFound, stale } from "../base/errors.ts";
import { randomId } from "../base/ids.ts";
import { createSerial } from "../base/serial.ts";
import type { Database, Records } from "../store/records/index.ts";
import { type Channel, type ChannelRow, createChannelForm, deliveryOf, madeOf } from "./channel.ts";
import { type Delivery, usualDelivery } from "./delivery.ts";
import type { ChannelKindName, Kinds, Settings } from "./kinds.ts";
import { notifyLimits } from "./limits.ts";

export interface By {
  kind: string;
  id: string;
}
export interface ChannelsNeeds {
  records: Records;
  clock: Clock;
  atRest: AtRest;
  kinds: Kinds;
  audit: {
    write(
      db: Kysely<Database>,
      entry: { actor: By; action: string; subject: By; before?: object; after?: object },
    ): Promise<void>;
  };
  withdraw(db: Kysely<Database>, channel: string): Promise<void>;
}

export interface ChannelWish {
  kind: ChannelKindName;
  name: string;
  settings: Settings;
  delivery?: Partial<Delivery> | undefined;
}
/** What is left out stays. A secret that is null is taken away, or made anew where there has to be one. */
export interface ChannelChange {
  name?: string | undefined;
  settings?: Settings | undefined;
  delivery?: Partial<Delivery> | undefined;
  /** null: no longer. */
  mutedUntil?: number | null | undefined;
}

const changesWaiting = 100;

/** Who is told, and how. Secrets go in and are used, and never come out again. */
export function createChannels(needs: ChannelsNeeds) {
  const { clock, audit, kinds } = needs;
  const { db, organisation } = needs.records;
  const serial = createSerial(changesWaiting);
  const form = createChannelForm(needs);
  const view = (row: ChannelRow): Channel => form.view(row, clock.now());

  const there = () => db.selectFrom("channel").selectAll().where("organisation", "=", organisation);
  const rowOf = async (id: string): Promise<ChannelRow> => {
    const row = await there().where("id", "=", id).where("removed_at", "is", null).executeTakeFirst();
    if (!row) throw notFound("channel", id);
    return row;
  };

  /** @throws when the fallback is no other channel of ours */
  async function checkFallback(id: string, delivery: Delivery): Promise<void> {
    if (delivery.fallback === null) return;
    const other = await there().where("id", "=", delivery.fallback).where("removed_at", "is", null).executeTakeFirst();
    if (other && other.id !== id) return;
    throw invalid("the delivery will not do: delivery.fallback: another channel", [
      { path: "delivery.fallback", message: "the id of another channel, or null" },
    ]);
  }

  async function save(by: By, before: ChannelRow, row: ChannelRow, action: string): Promise<void> {
    await db.transaction().execute(async (t) => {
      // Its health goes on meanwhile: only what was changed is written.
      const { name, settings_json, secrets_box, delivery_json, muted_until, removed_at, version, updated_at } = row;
      const set = { name, settings_json, secrets_box, delivery_json, muted_until, removed_at, version, updated_at };
      await t.updateTable("channel").set(set).where("id", "=", row.id).execute();
      const subject = { kind: "channel", id: row.id };
      const after = row.removed_at === null ? { after: view(row) } : {};
      await audit.write(t, { actor: by, action, subject, before: view(before), ...after });
    });
  }

  return {
    async list(): Promise<Channel[]> {
      return (await there().where("removed_at", "is", null).orderBy("name").orderBy("id").execute()).map(view);
    },
    of: async (id: string): Promise<Channel> => view(await rowOf(id)),
    /** With its secrets, to send; null: there is none. */
    async open(id: string): Promise<{ kind: ChannelKindName; settings: Settings } | null> {
      const row = await there().where("id", "=", id).executeTakeFirst();
      return row ? { kind: row.kind as ChannelKindName, settings: form.whole(row) } : null;
    },
    /** Its name and what its receiver said last; null: there is none. */
    async failing(id: string): Promise<{ name: string; answer: string } | null> {
      const row = await there().where("id", "=", id).executeTakeFirst();
      return row ? { name: row.name, answer: row.last_answer ?? "no answer" } : null;
    },
    /** How notices go to it. */
    async way(id: string): Promise<{ stepwise: boolean; heldUntil: number }> {
      const row = await there().where("id", "=", id).executeTakeFirst();
      return {
        stepwise: (row && kinds[row.kind as ChannelKindName].stepwise) ?? false,
        heldUntil: row?.muted_until ?? 0,
      };
    },
    /** @returns with the secrets that were made for it, to show once */
    create: (by: By, wish: ChannelWish) =>
      serial(async (): Promise<{ channel: Channel; made: Settings }> => {
        const { given, settings } = form.checked(wish.kind, wish.settings);
        const usual = usualDelivery(kinds[wish.kind].people);
        const delivery = form.checkedDelivery(wish.kind, { ...usual, ...set(wish.delivery) });
        const { length } = await db.selectFrom("channel").select("id").execute();
        if (length >= notifyLimits.channels)
          throw conflict("limit", `${notifyLimits.channels} channels are there already`);
        const id = randomId("channel");
        await checkFallback(id, delivery);
        const now = clock.now();
        const row: ChannelRow = {
          ...{ id, organisation, kind: wish.kind, name: wish.name, version: 1, created_at: now, updated_at: now },
          ...form.columns(id, wish.kind, settings),
          ...{ delivery_json: JSON.stringify(delivery), muted_until: null, removed_at: null, failures: 0 },
          ...{ last_success_at: null, last_answer: null, last_answer_at: null, tokens: null, tokens_at: now },
        };
        await db.transaction().execute(async (t) => {
          await t.insertInto("channel").values(row).execute();
          const subject = { kind: "channel", id };
          await audit.write(t, { actor: by, action: "channel.created", subject, after: view(row) });
        });
        return { channel: view(row), made: madeOf(given, settings) };
      }),
    change: (by: By, id: string, change: ChannelChange, version?: number) =>
      serial(async (): Promise<{ channel: Channel; made: Settings }> => {
        const before = await rowOf(id);
        checkVersion(before, version);
        const kind = before.kind as ChannelKindName;
        const merged = Object.entries({ ...form.whole(before), ...change.settings }).filter(([, v]) => v !== null);
        const { given, settings } = form.checked(kind, Object.fromEntries(merged));
        const delivery = form.checkedDelivery(kind, { ...deliveryOf(before), ...set(change.delivery) });
        if (set(change.delivery).fallback !== undefined) await checkFallback(id, delivery);
        const row: ChannelRow = {
          ...before,
          ...form.columns(id, kind, settings),
          name: change.name ?? before.name,
          delivery_json: JSON.stringify(delivery),
          // Unmuted by hand it was muted until now: what waited is not too old for that.
          muted_until:
            change.mutedUntil === undefined
              ? before.muted_until
              : (change.mutedUntil ?? (before.muted_until === null ? null : clock.now())),
          version: before.version + 1,
          updated_at: clock.now(),
        };
        await save(by, before, row, "channel.changed");
        return { channel: view(row), made: madeOf(given, settings) };
      }),
    /** Nothing is sent to it any more; for a while it can be brought back, with what waits for it. */
    remove: (by: By, id: string, version?: number) =>
      serial(async (): Promise<void> => {
        const before = await rowOf(id);
        checkVersion(before, version);
        await save(by, before, { ...before, removed_at: clock.now() }, "channel.removed");
      }),
    /** Brings a removed one back. */
    restore: (by: By, id: string) =>
      serial(async (): Promise<Channel> => {
        const before = await there().where("id", "=", id).where("removed_at", "is not", null).executeTakeFirst();
        if (!before) throw notFound("removed channel", id);
        const row = { ...before, removed_at: null, version: before.version + 1 };
        await save(by, before, row, "channel.restored");
        return view(row);
      }),
    /** Removed ones that nobody brought back are gone for good. */
    purge: () =>
      serial(async (): Promise<void> => {
        const before = clock.now() - notifyLimits.undoMs;
        const gone = await db.selectFrom("channel").select("id").where("removed_at", "<=", before).execute();
        for (const { id } of gone)
          await db.transaction().execute(async (t) => {
            await needs.withdraw(t, id);
            await t.deleteFrom("channel").where("id", "=", id).execute();
          });
      }),
  };
}
export type Channels = ReturnType<typeof createChannels>;

function checkVersion(row: ChannelRow, version: number | undefined): void {
  if (version !== undefined && version !== row.version) throw stale("this channel was changed in the meantime");
}

const set = (some: Partial<Delivery> | undefined): Partial<Delivery> =>
  Object.fromEntries(Object.entries(some ?? {}).filter(([, value]) => value !== undefined));
