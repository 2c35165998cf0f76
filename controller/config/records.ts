import type { Kysely } from "kysely";
import type { ConfigDocument } from "../../firmware-configs/index.ts";
import { rowsAtOnce, turn } from "../base/turn.ts";
import type { Database, Records } from "../store/records/index.ts";
import { type ConfigState, type Outcome, untouched } from "./decide.ts";
import { configLimits } from "./limits.ts";
import { nothingRendered, type Rendered } from "./render.ts";

/** A revision as people see it. */
export interface Revision {
  revision: number;
  hash: string;
  /** As the device got it, with secrets concealed. */
  document: ConfigDocument;
  /** What the device said itself, as it is kept (`bodyOf`); null: the document. */
  own: string | null;
  trialMs: number;
  message: string;
  by: { kind: string; id: string; name: string };
  at: number;
  outcome: Outcome | "superseded";
  outcomeAt: number | null;
  attempt: number;
  cause: string | null;
  problems: { path: string; message: string }[];
}

export type NewRevision = Pick<
  Revision,
  "revision" | "hash" | "document" | "own" | "trialMs" | "message" | "by" | "at"
> & {
  /** The signed message, sealed where there are secrets in it. */
  signed: string;
  /** With secrets concealed. */
  rendered: Rendered;
};

export type ConfigRecords = ReturnType<typeof createConfigRecords>;

/** What was wanted of whom, and what came of it. */
export function createConfigRecords(db: Records["db"]) {
  return {
    async load(): Promise<Map<string, ConfigState>> {
      const rows = await db.selectFrom("config_device").selectAll().execute();
      return new Map(rows.map((row) => [row.device, { ...untouched, ...JSON.parse(row.state_json) } as ConfigState]));
    },
    /** Newest first, at most `configLimits.history`. */
    async revisions(device: string): Promise<Revision[]> {
      const rows = await db
        .selectFrom("config_revision")
        .selectAll()
        .where("device", "=", device)
        .orderBy("revision", "desc")
        .limit(configLimits.history)
        .execute();
      return rows.map(revisionOf);
    },
    async revision(device: string, revision: number): Promise<Revision | null> {
      const row = await rowOf(db, device, revision).selectAll().executeTakeFirst();
      return row ? revisionOf(row) : null;
    },
    /** The signed message of a revision. */
    async signed(device: string, revision: number): Promise<string | null> {
      const row = await rowOf(db, device, revision).select("signed_json").executeTakeFirst();
      return row?.signed_json ?? null;
    },
    /** What it became on the device, with secrets concealed; null: there is no such revision. */
    async rendered(device: string, revision: number): Promise<Rendered | null> {
      const row = await rowOf(db, device, revision).select("rendered_json").executeTakeFirst();
      if (!row) return null;
      return row.rendered_json === null ? nothingRendered : JSON.parse(row.rendered_json);
    },
    async isKnown(device: string, revision: number, hash: string): Promise<boolean> {
      const row = await rowOf(db, device, revision).select("hash").executeTakeFirst();
      return row?.hash === hash;
    },
    /** Of many devices: the documents that are wanted of them. */
    async documents(wanted: ReadonlyMap<string, number>): Promise<Map<string, ConfigDocument>> {
      const found = new Map<string, ConfigDocument>();
      const all = [...wanted];
      for (let i = 0; i < all.length; i += namesAtOnce) {
        const some = all.slice(i, i + namesAtOnce);
        const rows = await db
          .selectFrom("config_revision")
          .select(["device", "revision", "document_json"])
          .where(
            "device",
            "in",
            some.map(([device]) => device),
          )
          .where(
            "revision",
            "in",
            some.map(([, revision]) => revision),
          )
          .execute();
        for (const row of rows) {
          if (wanted.get(row.device) === row.revision) found.set(row.device, JSON.parse(row.document_json));
        }
      }
      return found;
    },
    /** In the transaction of whoever pushes. What waited before it waits no more; the oldest go.
     *  @param stays revisions that the device has: they must stay known, however old they are */
    async insert(t: Kysely<Database>, device: string, next: NewRevision, stays: readonly number[]): Promise<void> {
      await t
        .updateTable("config_revision")
        .set({ outcome: "superseded", outcome_at: next.at })
        .where("device", "=", device)
        .where("outcome", "in", ["waiting", "trying"])
        .execute();
      await t
        .insertInto("config_revision")
        .values({
          device,
          revision: next.revision,
          hash: next.hash,
          signed_json: next.signed,
          document_json: JSON.stringify(next.document),
          own_json: next.own,
          rendered_json: next.rendered.by === null ? null : JSON.stringify(next.rendered),
          trial_ms: next.trialMs,
          message: next.message,
          by_kind: next.by.kind,
          by: next.by.id,
          by_name: next.by.name,
          at: next.at,
          outcome: "waiting",
          outcome_at: null,
          detail_json: "{}",
        })
        .execute();
      const kept = t
        .selectFrom("config_revision")
        .select("revision")
        .where("device", "=", device)
        .orderBy("revision", "desc")
        .limit(configLimits.history);
      await t
        .deleteFrom("config_revision")
        .where("device", "=", device)
        .where("revision", "not in", kept)
        .where("revision", "not in", [-1, ...stays])
        .execute();
    },
    /** States, and with them how the wanted revisions fare. */
    async save(states: ReadonlyMap<string, ConfigState>): Promise<void> {
      await db.transaction().execute(async (t) => {
        for (const [i, [device, state]] of [...states].entries()) {
          if (i % rowsAtOnce === rowsAtOnce - 1) await turn();
          await saveState(t, device, state);
        }
      });
    },
    saveState,
    async forget(device: string): Promise<void> {
      await db.deleteFrom("config_revision").where("device", "=", device).execute();
      await db.deleteFrom("config_device").where("device", "=", device).execute();
    },
  };
}

/** Names in one query: SQLite takes only so many. */
const namesAtOnce = 200;

const rowOf = (db: Records["db"], device: string, revision: number) =>
  db.selectFrom("config_revision").where("device", "=", device).where("revision", "=", revision);

async function saveState(t: Kysely<Database>, device: string, state: ConfigState): Promise<void> {
  const state_json = JSON.stringify(state);
  await t
    .insertInto("config_device")
    .values({ device, state_json })
    .onConflict((on) => on.column("device").doUpdateSet({ state_json }))
    .execute();
  if (!state.wanted) return;
  const { outcome, outcomeAt, attempt, cause, problems } = state;
  await t
    .updateTable("config_revision")
    .set({ outcome, outcome_at: outcomeAt, detail_json: JSON.stringify({ attempt, cause, problems }) })
    .where("device", "=", device)
    .where("revision", "=", state.wanted.revision)
    .execute();
}

function revisionOf(row: Database["config_revision"]): Revision {
  const detail = { attempt: 0, cause: null, problems: [], ...JSON.parse(row.detail_json) };
  return {
    revision: row.revision,
    hash: row.hash,
    document: JSON.parse(row.document_json),
    own: row.own_json,
    trialMs: row.trial_ms,
    message: row.message,
    by: { kind: row.by_kind, id: row.by, name: row.by_name },
    at: row.at,
    outcome: row.outcome as Revision["outcome"],
    outcomeAt: row.outcome_at,
    ...detail,
  };
}
