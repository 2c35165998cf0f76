import { type Generated, type Kysely, type Migration, sql } from "kysely";

/** What 0010 adds to tables of 0002 and 0004. */
export interface ChannelColumns {
  site: {
    /** Whom to call about its line; null: nobody is named. */
    contact_json: Generated<string | null>;
  };
  channel: {
    /** What is told when, how much, and who hears it instead; see controller/notify/delivery.ts. */
    delivery_json: Generated<string>;
    /** Nothing is sent until then. */
    muted_until: Generated<number | null>;
    /** Removed, but not for good yet. */
    removed_at: Generated<number | null>;
    /** Attempts in a row that went wrong. */
    failures: Generated<number>;
    last_success_at: Generated<number | null>;
    /** The receiver's words of the last attempt. */
    last_answer: Generated<string | null>;
    last_answer_at: Generated<number | null>;
    /** Messages that may go out at once, as of `tokens_at`. */
    tokens: Generated<number | null>;
    tokens_at: Generated<number>;
  };
  outbox: {
    /** now, digest (at a time of day) or overflow (more than the channel takes at once). Of the group's oldest row it is
     *  the group's. */
    lane: Generated<string>;
    /** The digest that says it; null: none yet. */
    digest: Generated<string | null>;
    /** Since when it may go out. */
    ready_at: Generated<number>;
    /** The channel that could not be told it; null: it is nobody else's. */
    passed_from: Generated<string | null>;
    /** When it was passed on to another channel. */
    passed_at: Generated<number | null>;
  };
  told: {
    /** What the channel needs to speak of the same thing again, such as the number of a ticket. */
    handle_json: Generated<string | null>;
  };
}

export interface ChannelTables {
  /** Several notices in one message. Its rows are fixed when it is made. */
  notice_digest: {
    id: string;
    channel: string;
    /** digest or overflow. */
    lane: string;
    created_at: number;
    not_before: number;
    attempts: number;
    lease_until: number;
    lease_owner: string | null;
  };
}

export const channels: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

/** Channels that were there go on as they did: everything at once. */
const asBefore = '{"when":{"critical":"now","major":"now","warning":"now","info":"now"}}';

const statements = [
  `ALTER TABLE site ADD COLUMN contact_json TEXT`,
  `ALTER TABLE channel ADD COLUMN delivery_json TEXT NOT NULL DEFAULT '${asBefore}'`,
  `ALTER TABLE channel ADD COLUMN muted_until INTEGER`,
  `ALTER TABLE channel ADD COLUMN removed_at INTEGER`,
  `ALTER TABLE channel ADD COLUMN failures INTEGER NOT NULL DEFAULT 0`,
  `ALTER TABLE channel ADD COLUMN last_success_at INTEGER`,
  `ALTER TABLE channel ADD COLUMN last_answer TEXT`,
  `ALTER TABLE channel ADD COLUMN last_answer_at INTEGER`,
  `ALTER TABLE channel ADD COLUMN tokens REAL`,
  `ALTER TABLE channel ADD COLUMN tokens_at INTEGER NOT NULL DEFAULT 0`,
  `UPDATE channel SET last_success_at = (SELECT max(done_at) FROM outbox WHERE channel = channel.id AND state = 'sent')`,
  `ALTER TABLE outbox ADD COLUMN lane TEXT NOT NULL DEFAULT 'now'`,
  `ALTER TABLE outbox ADD COLUMN digest TEXT`,
  `ALTER TABLE outbox ADD COLUMN ready_at INTEGER NOT NULL DEFAULT 0`,
  `ALTER TABLE outbox ADD COLUMN passed_from TEXT`,
  `ALTER TABLE outbox ADD COLUMN passed_at INTEGER`,
  `UPDATE outbox SET ready_at = created_at`,
  `CREATE INDEX outbox_of_digest ON outbox (digest) WHERE digest IS NOT NULL`,
  `CREATE INDEX outbox_dead ON outbox (done_at) WHERE state = 'dead' AND passed_at IS NULL`,
  `ALTER TABLE told ADD COLUMN handle_json TEXT`,
  `CREATE TABLE notice_digest (
    id TEXT NOT NULL PRIMARY KEY, channel TEXT NOT NULL, lane TEXT NOT NULL, created_at INTEGER NOT NULL,
    not_before INTEGER NOT NULL, attempts INTEGER NOT NULL, lease_until INTEGER NOT NULL, lease_owner TEXT
  ) STRICT, WITHOUT ROWID`,
];
