import type { Selectable } from "kysely";
import type { Database } from "../store/records/index.ts";
import type { SiteCalendar } from "./calendar.ts";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];
/** When people may rely on the service, in the site's time zone: always, or ranges such as ["08:00", "18:00"] a day; a
 *  day that is left out has none. "24:00" ends a day; "dawn" and "dusk" are times, too. */
export type ServiceHours = "always" | { [D in Weekday]?: [from: string, to: string][] | undefined };

export const uplinkKinds = ["fibre", "dsl", "cellular", "mesh", "other"] as const;
export type UplinkKind = (typeof uplinkKinds)[number];

export interface Uplink {
  kind: UplinkKind;
  /** What answers at the site's end of the line, "host" or "host:port". */
  address?: string | undefined;
}

export interface Location {
  lat: number;
  lon: number;
}

/** Whom to call when its line is down. */
export interface Contact {
  supplier?: string | undefined;
  phone?: string | undefined;
  email?: string | undefined;
  /** By which the supplier knows the line. */
  circuit?: string | undefined;
  note?: string | undefined;
}

export interface Site {
  id: string;
  name: string;
  location: Location;
  timeZone: string;
  serviceHours: ServiceHours;
  /** Holidays and other days that are unlike their weekday. */
  calendar: SiteCalendar;
  area: string | null;
  uplink: Uplink | null;
  contact: Contact | null;
  /** Goes up with every change. */
  version: number;
  createdAt: number;
  updatedAt: number;
}

export type SiteRow = Selectable<Database["site"]>;

export const siteOf = (row: SiteRow): Site => ({
  id: row.id,
  name: row.name,
  location: { lat: row.lat, lon: row.lon },
  timeZone: row.time_zone,
  serviceHours: JSON.parse(row.service_hours_json),
  calendar: JSON.parse(row.calendar_json),
  area: row.area,
  uplink: row.uplink_json === null ? null : JSON.parse(row.uplink_json),
  contact: row.contact_json === null ? null : JSON.parse(row.contact_json),
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export const siteRow = (site: Site, organisation: string): SiteRow => ({
  id: site.id,
  organisation,
  name: site.name,
  lat: site.location.lat,
  lon: site.location.lon,
  time_zone: site.timeZone,
  service_hours_json: JSON.stringify(site.serviceHours),
  calendar_json: JSON.stringify(site.calendar),
  area: site.area,
  uplink_json: site.uplink === null ? null : JSON.stringify(site.uplink),
  contact_json: site.contact === null ? null : JSON.stringify(site.contact),
  version: site.version,
  created_at: site.createdAt,
  updated_at: site.updatedAt,
});
