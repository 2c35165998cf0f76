import { type Kysely, type Migration, sql } from "kysely";
import type { ChannelColumns } from "./0010-channels.ts";
import type { TopologyColumns } from "./0014-topology.ts";
import type { SiteCalendarColumns } from "./0017-site-calendar.ts";

export interface RegistryTables {
  site: {
    id: string;
    organisation: string;
    name: string;
    lat: number;
    lon: number;
    time_zone: string;
    service_hours_json: string;
    area: string | null;
    uplink_json: string | null;
    /** Goes up with every change; the ETag. */
    version: number;
    created_at: number;
    updated_at: number;
  } & ChannelColumns["site"] &
    SiteCalendarColumns["site"];
  device: {
    id: string;
    organisation: string;
    name: string;
    kind: string;
    site: string | null;
    via: string | null;
    profile: string | null;
    tags_json: string;
    lat: number | null;
    lon: number | null;
    /** Of the hardware that connected last (or enrolled first); null before. */
    model: string | null;
    serial: string | null;
    /** Its keys, base64url of 32 bytes. */
    sign_key: string | null;
    seal_key: string | null;
    version: number;
    created_at: number;
    updated_at: number;
  } & TopologyColumns["device"];
  /** Where a device was when: rows of a device do not overlap. `to_at` null: still. */
  membership: { device: string; site: string | null; via: string | null; from_at: number; to_at: number | null };
  /** A password of a device with the keys and hardware that it was given to. */
  credential: {
    id: string;
    device: string;
    secret_hash: string;
    sign_key: string;
    seal_key: string;
    model: string;
    serial: string;
    created_at: number;
    /** When it first connected; null: never. */
    connected_at: number | null;
  };
  enrolment_token: {
    id: string;
    organisation: string;
    secret_hash: string;
    device: string | null;
    site: string | null;
    kind: string | null;
    profile: string | null;
    uses: number;
    used: number;
    expires_at: number;
    created_by: string;
    created_at: number;
    revoked_at: number | null;
  };
  /** Devices that knocked and wait for a person. */
  enrolment: {
    id: string;
    organisation: string;
    state: string;
    why: string;
    kind: string;
    model: string;
    serial: string;
    mac: string | null;
    sign_key: string;
    seal_key: string;
    token: string | null;
    device: string | null;
    address: string;
    first_at: number;
    last_at: number;
  };
}

export const registry: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `CREATE TABLE site (
    id TEXT PRIMARY KEY, organisation TEXT NOT NULL REFERENCES organisation, name TEXT NOT NULL, lat REAL NOT NULL,
    lon REAL NOT NULL, time_zone TEXT NOT NULL, service_hours_json TEXT NOT NULL, area TEXT, uplink_json TEXT,
    version INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT`,
  `CREATE TABLE device (
    id TEXT PRIMARY KEY, organisation TEXT NOT NULL REFERENCES organisation, name TEXT NOT NULL, kind TEXT NOT NULL,
    site TEXT REFERENCES site, via TEXT REFERENCES device, profile TEXT, tags_json TEXT NOT NULL, lat REAL, lon REAL,
    model TEXT, serial TEXT, sign_key TEXT UNIQUE, seal_key TEXT, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, UNIQUE (model, serial)) STRICT`,
  `CREATE TABLE membership (
    device TEXT NOT NULL REFERENCES device ON DELETE CASCADE, site TEXT, via TEXT, from_at INTEGER NOT NULL,
    to_at INTEGER, PRIMARY KEY (device, from_at)) STRICT`,
  `CREATE TABLE credential (
    id TEXT PRIMARY KEY, device TEXT NOT NULL REFERENCES device ON DELETE CASCADE, secret_hash TEXT NOT NULL,
    sign_key TEXT NOT NULL, seal_key TEXT NOT NULL, model TEXT NOT NULL, serial TEXT NOT NULL,
    created_at INTEGER NOT NULL, connected_at INTEGER) STRICT`,
  `CREATE INDEX credential_device ON credential (device)`,
  `CREATE TABLE enrolment_token (
    id TEXT PRIMARY KEY, organisation TEXT NOT NULL REFERENCES organisation, secret_hash TEXT NOT NULL UNIQUE,
    device TEXT REFERENCES device ON DELETE CASCADE, site TEXT REFERENCES site, kind TEXT, profile TEXT,
    uses INTEGER NOT NULL, used INTEGER NOT NULL, expires_at INTEGER NOT NULL, created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL, revoked_at INTEGER) STRICT`,
  `CREATE TABLE enrolment (
    id TEXT PRIMARY KEY, organisation TEXT NOT NULL REFERENCES organisation, state TEXT NOT NULL, why TEXT NOT NULL,
    kind TEXT NOT NULL, model TEXT NOT NULL, serial TEXT NOT NULL, mac TEXT, sign_key TEXT NOT NULL UNIQUE,
    seal_key TEXT NOT NULL, token TEXT, device TEXT REFERENCES device ON DELETE CASCADE, address TEXT NOT NULL,
    first_at INTEGER NOT NULL, last_at INTEGER NOT NULL) STRICT`,
];
