import type { Kysely } from "kysely";
import type { AtRest } from "../base/at-rest.ts";
import type { Clock } from "../base/clock.ts";
import { conflict, type Fault, invalid, notFound, stale } from "../base/errors.ts";
import { randomId } from "../base/ids.ts";
import { createSerial } from "../base/serial.ts";
import type { Database, Records } from "../store/records/index.ts";
import type { ChannelKind } from "./channel-kind.ts";
import { email } from "./email/index.ts";
import { notifyLimits } from "./limits.ts";
import { webhook } from "./webhook/index.ts";

export const channelKinds = ["webhook", "email"] as const;
export type ChannelKindName = (typeof channelKinds)[number];
type Settings = Record<string, unknown>;
export const kinds = { webhook, email } as unknown as Record<ChannelKindName, ChannelKind<Settings>>;

export interface Channel {
  id: string;
  kind: ChannelKindName;
  name: string;
  /** Without its secrets. */
  settings: Settings;
  /** Names of the secrets that are set. */
  secrets: string[];
  version: number;
  createdAt: number;
  updatedAt: number;
}

export interface By {
  kind: string;
  id: string;
}
export interface ChannelsNeeds {
  records: Records;
  clock: Clock;
  atRest: AtRest;
  audit: {
    write(
      db: Kysely<Database>,
      entry: { actor: By; action: string; subject: By; before?: object; after?: object },
    ): Promise<void>;
  };
  withdraw(db: Kysely<Database>, channel: string): Promise<void>;
}

type Row = Database["channel"];
const changesWaiting = 100;

/** Who is told, and how. Secrets go in and are used, and never come out again. */
export function createChannels(needs: ChannelsNeeds) {
  const { clock, atRest, audit } = needs;
  const { db, organisation } = needs.records;
  const serial = createSerial(changesWaiting);

  const rowOf = async (id: string): Promise<Row> => {
    const row = await db.selectFrom("channel").selectAll().where("id", "=", id).executeTakeFirst();
    if (!row) throw notFound("channel", id);
    return row;
  };
  const whole = (row: Row): Settings => ({
    ...JSON.parse(row.settings_json),
    ...(row.secrets_box === null ? {} : JSON.parse(atRest.open(row.secrets_box, row.id))),
  });
  const view = (row: Row): Channel => ({
    id: row.id,
    kind: row.kind as ChannelKindName,
    name: row.name,
    settings: JSON.parse(row.settings_json),
    secrets: row.secrets_box === null ? [] : Object.keys(JSON.parse(atRest.open(row.secrets_box, row.id))),
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });
  const columns = (id: string, kind: ChannelKindName, settings: Settings) => {
    const { secrets } = kinds[kind];
    const hidden = Object.entries(settings).filter(([key]) => secrets.includes(key));
    const shown = Object.entries(settings).filter(([key]) => !secrets.includes(key));
    return {
      settings_json: JSON.stringify(Object.fromEntries(shown)),
      secrets_box: hidden.length > 0 ? atRest.seal(JSON.stringify(Object.fromEntries(hidden)), id) : null,
    };
  };

  return {
    async list(): Promise<Channel[]> {
      const rows = db.selectFrom("channel").selectAll().where("organisation", "=", organisation);
      return (await rows.orderBy("name").orderBy("id").execute()).map(view);
    },
    of: async (id: string): Promise<Channel> => view(await rowOf(id)),
    /** With its secrets, to send; null: there is none. */
    async open(id: string): Promise<{ kind: ChannelKindName; settings: Settings } | null> {
      const row = await db.selectFrom("channel").selectAll().where("id", "=", id).executeTakeFirst();
      return row ? { kind: row.kind as ChannelKindName, settings: whole(row) } : null;
    },
    /** @returns with the secrets that were made for it, to show once */
    create: (by: By, wish: { kind: ChannelKindName; name: string; settings: Settings }) =>
      serial(async (): Promise<{ channel: Channel; made: Settings }> => {
        const given = checked(wish.kind, wish.settings);
        const settings = kinds[wish.kind].complete?.(given) ?? given;
        const { length } = await db.selectFrom("channel").select("id").execute();
        if (length >= notifyLimits.channels)
          throw conflict("limit", `${notifyLimits.channels} channels are there already`);
        const id = randomId("channel");
        const now = clock.now();
        const usual = {
          id,
          organisation,
          kind: wish.kind,
          name: wish.name,
          version: 1,
          created_at: now,
          updated_at: now,
        };
        const row: Row = { ...usual, ...columns(id, wish.kind, settings) };
        await db.transaction().execute(async (t) => {
          await t.insertInto("channel").values(row).execute();
          await audit.write(t, {
            actor: by,
            action: "channel.created",
            subject: { kind: "channel", id },
            after: view(row),
          });
        });
        return { channel: view(row), made: madeOf(given, settings) };
      }),
    /** What is left out stays. A secret that is null is taken away, or made anew where there has to be one. */
    change: (
      by: By,
      id: string,
      change: { name?: string | undefined; settings?: Settings | undefined },
      version?: number,
    ) =>
      serial(async (): Promise<{ channel: Channel; made: Settings }> => {
        const before = await rowOf(id);
        if (version !== undefined && version !== before.version)
          throw stale("this channel was changed in the meantime");
        const kind = before.kind as ChannelKindName;
        const merged = Object.entries({ ...whole(before), ...change.settings }).filter(([, value]) => value !== null);
        const given = checked(kind, Object.fromEntries(merged));
        const settings = kinds[kind].complete?.(given) ?? given;
        const row: Row = {
          ...before,
          ...columns(id, kind, settings),
          name: change.name ?? before.name,
          version: before.version + 1,
          updated_at: clock.now(),
        };
        await db.transaction().execute(async (t) => {
          await t.updateTable("channel").set(row).where("id", "=", id).execute();
          const subject = { kind: "channel", id };
          await audit.write(t, {
            actor: by,
            action: "channel.changed",
            subject,
            before: view(before),
            after: view(row),
          });
        });
        return { channel: view(row), made: madeOf(given, settings) };
      }),
    remove: (by: By, id: string, version?: number) =>
      serial(async (): Promise<void> => {
        const before = await rowOf(id);
        if (version !== undefined && version !== before.version)
          throw stale("this channel was changed in the meantime");
        await db.transaction().execute(async (t) => {
          await needs.withdraw(t, id);
          await t.deleteFrom("channel").where("id", "=", id).execute();
          await audit.write(t, {
            actor: by,
            action: "channel.removed",
            subject: { kind: "channel", id },
            before: view(before),
          });
        });
      }),
  };
}

/** What nobody gave. */
const madeOf = (given: Settings, settings: Settings): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([key]) => given[key] === undefined));

/** By the schema of its kind. */
function checked(kind: ChannelKindName, settings: Settings): Settings {
  const parsed = kinds[kind].settings.safeParse(settings);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, 20).map(
    (issue): Fault => ({
      path: ["settings", ...issue.path].map(String).join(".").slice(0, 200),
      message: issue.message.slice(0, 300),
    }),
  );
  throw invalid(`the settings will not do: ${faults[0]?.path}: ${faults[0]?.message}`, faults);
}
