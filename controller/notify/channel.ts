import type { Selectable } from "kysely";
import type { AtRest } from "../base/at-rest.ts";
import { type Fault, invalid } from "../base/errors.ts";
import type { Database } from "../store/records/index.ts";
import { type Delivery, deliverySchema } from "./delivery.ts";
import { type ChannelKindName, type Kinds, type Settings, secretsOfKind } from "./kinds.ts";

export type ChannelRow = Selectable<Database["channel"]>;

export interface Channel {
  id: string;
  kind: ChannelKindName;
  name: string;
  /** Without its secrets. */
  settings: Settings;
  /** Names of the secrets that are set. */
  secrets: string[];
  /** Where it goes, in one line. */
  target: string;
  /** Whether people read it. */
  people: boolean;
  delivery: Delivery;
  /** Nothing is sent until then; null: it is not muted. */
  mutedUntil: number | null;
  version: number;
  createdAt: number;
  updatedAt: number;
}

export const deliveryOf = (row: Pick<ChannelRow, "delivery_json">): Delivery =>
  deliverySchema.parse(JSON.parse(row.delivery_json));

/** A channel between its row and what is shown of it. */
export function createChannelForm(needs: { kinds: Kinds; atRest: AtRest }) {
  const { kinds, atRest } = needs;
  const secretsIn = (row: ChannelRow): Settings =>
    row.secrets_box === null ? {} : JSON.parse(atRest.open(row.secrets_box, row.id));
  return {
    /** With its secrets. */
    whole: (row: ChannelRow): Settings => ({ ...JSON.parse(row.settings_json), ...secretsIn(row) }),
    view(row: ChannelRow, now: number): Channel {
      const kind = row.kind as ChannelKindName;
      const settings: Settings = JSON.parse(row.settings_json);
      return {
        id: row.id,
        kind,
        name: row.name,
        settings,
        secrets: Object.keys(secretsIn(row)),
        target: kinds[kind].target(settings),
        people: kinds[kind].people,
        delivery: deliveryOf(row),
        mutedUntil: row.muted_until !== null && row.muted_until > now ? row.muted_until : null,
        version: row.version,
        createdAt: row.created_at,
        updatedAt: row.updated_at,
      };
    },
    columns(id: string, kind: ChannelKindName, settings: Settings) {
      const secrets = secretsOfKind(kinds, kind);
      const hidden = Object.entries(settings).filter(([key]) => secrets.includes(key));
      const shown = Object.entries(settings).filter(([key]) => !secrets.includes(key));
      return {
        settings_json: JSON.stringify(Object.fromEntries(shown)),
        secrets_box: hidden.length > 0 ? atRest.seal(JSON.stringify(Object.fromEntries(hidden)), id) : null,
      };
    },
    /** By the schema of its kind. */
    checked(kind: ChannelKindName, settings: Settings): { given: Settings; settings: Settings } {
      const parsed = kinds[kind].settings.safeParse(settings);
      if (!parsed.success) throw wrong("settings", parsed.error.issues);
      return { given: parsed.data, settings: kinds[kind].complete?.(parsed.data) ?? parsed.data };
    },
    /** Programs get what they get at once. */
    checkedDelivery(kind: ChannelKindName, delivery: Delivery): Delivery {
      const parsed = deliverySchema.safeParse(delivery);
      if (!parsed.success) throw wrong("delivery", parsed.error.issues);
      const late = Object.entries(parsed.data.when).find(([, when]) => when === "hours" || when === "digest");
      if (late && !kinds[kind].people)
        throw wrong("delivery", [
          { path: ["when", late[0]], message: '"now" or "never": no person reads this channel' },
        ]);
      return parsed.data;
    },
  };
}

/** What nobody gave. */
export const madeOf = (given: Settings, settings: Settings): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([key]) => given[key] === undefined));

function wrong(what: string, issues: readonly { path: PropertyKey[]; message: string }[]) {
  const faults = issues.slice(0, 20).map(
    (issue): Fault => ({
      path: [what, ...issue.path].map(String).join(".").slice(0, 200),
      message: issue.message.slice(0, 300),
    }),
  );
  return invalid(`the ${what} will not do: ${faults[0]?.path}: ${faults[0]?.message}`, faults);
}
