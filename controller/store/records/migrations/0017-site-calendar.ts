import { type Generated, type Kysely, type Migration, sql } from "kysely";

/** What 0017 adds to a table of 0002. */
export interface SiteCalendarColumns {
  site: {
    /** Holidays and other days that are unlike their weekday. */
    calendar_json: Generated<string>;
  };
}

export interface SiteCalendarTables {
  /** When a site serves, as it was from `from_at` on, until the next row's: so a change rewrites no report. */
  site_schedule: { site: string; from_at: number; schedule_json: string };
}

export const siteCalendar: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const none = '{"holidays":null,"exceptions":[]}';
const statements = [
  `ALTER TABLE site ADD COLUMN calendar_json TEXT NOT NULL DEFAULT '${none}'`,
  `CREATE TABLE site_schedule (
    site TEXT NOT NULL, from_at INTEGER NOT NULL, schedule_json TEXT NOT NULL, PRIMARY KEY (site, from_at)) STRICT`,
  `INSERT INTO site_schedule (site, from_at, schedule_json)
    SELECT id, 0, json_object('serviceHours', json(service_hours_json), 'timeZone', time_zone,
      'calendar', json(calendar_json), 'location', json_object('lat', lat, 'lon', lon)) FROM site`,
];
