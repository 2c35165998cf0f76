import type { DeviceKind } from "#wire";
import { nearest } from "../../base/nearest.ts";
import type { Device } from "../device.ts";
import type { DeviceChange, NewDevice } from "../devices.ts";
import { formatHours, parseHours } from "../hours.ts";
import { type Site, type UplinkKind, uplinkKinds } from "../site.ts";
import type { NewSite, SiteChange } from "../sites.ts";

export type ImportKind = "sites" | "devices";

/** What an import may set. Latitude and longitude are one thing to the registry and two columns to people. */
export type SiteWish = { [K in keyof Omit<NewSite, "location">]?: NewSite[K] } & Partial<Place>;
export type DeviceWish = { [K in keyof Omit<NewDevice, "location" | "via">]?: NewDevice[K] } & Partial<Place>;
interface Place {
  lat: number;
  lon: number;
}

/** One column: how a cell is read, and how what is there now would be written. */
export interface Column<Wish, Is> {
  name: string;
  /** Other words that spreadsheets use. */
  also: string[];
  example: string;
  /** Throws a sentence. Never called with an empty cell. */
  read(cell: string, known: Known): Wish;
  write(is: Is, known: Pick<Known, "sites">): string;
}

/** What is there already. */
export interface Known {
  sites: ReadonlyMap<string, Site>;
  /** By name in small letters. */
  sitesNamed: ReadonlyMap<string, readonly Site[]>;
  /** The name of the site that was meant, perhaps; null: no more guesses are made. */
  guess(cell: string): string | null;
}

/** @param guesses how many are made at most: each looks at every site, and a spreadsheet of another place is long */
export function knownSites(sites: ReadonlyMap<string, Site>, guesses: number): Known {
  const sitesNamed = new Map<string, Site[]>();
  for (const site of sites.values()) {
    const name = site.name.toLowerCase();
    sitesNamed.set(name, [...(sitesNamed.get(name) ?? []), site]);
  }
  const names = [...sites.values()].map((site) => site.name);
  const made = new Map<string, string>();
  return {
    sites,
    sitesNamed,
    guess(cell) {
      const before = made.get(cell);
      if (before !== undefined || made.size >= guesses || names.length === 0) return before ?? null;
      const guess = nearest(cell, names);
      made.set(cell, guess);
      return guess;
    },
  };
}

/** Empties what is optional. */
export const nothing = "none";

const text = (cell: string, most = 100): string => {
  if (cell.length > most) throw new Error(`at most ${most} characters`);
  if (/\p{Cc}/u.test(cell)) throw new Error("no control characters");
  return cell;
};
const optional = (cell: string, most?: number): string | null =>
  cell.toLowerCase() === nothing ? null : text(cell, most);
const degrees = (most: number) => (cell: string) => {
  const value = Number(cell.replace(",", "."));
  if (!/^[-+]?\d+([.,]\d*)?$/.test(cell) || Math.abs(value) > most)
    throw new Error(`degrees from -${most} to ${most}, such as ${most === 90 ? "51.4779" : "0.3236"}`);
  return value;
};
const latitude = { name: "latitude", also: ["lat", "y"], example: "51.4779" };
const longitude = { name: "longitude", also: ["lon", "lng", "long", "x"], example: "0.3236" };

function timeZone(cell: string): string {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: cell }).resolvedOptions().timeZone;
  } catch {
    throw new Error("an IANA time zone, such as Europe/London");
  }
}

function uplink(cell: string): { kind: UplinkKind } | null {
  if (cell.toLowerCase() === nothing) return null;
  const kind = uplinkKinds.find((one) => one === cell.toLowerCase());
  if (!kind) throw new Error(`one of ${uplinkKinds.join(", ")}, or ${nothing}`);
  return { kind };
}

export const siteColumns: Column<SiteWish, Site>[] = [
  { name: "name", also: ["site"], example: "Demo library", read: (c) => ({ name: text(c) }), write: (s) => s.name },
  { ...latitude, read: (c) => ({ lat: degrees(90)(c) }), write: (s) => String(s.location.lat) },
  { ...longitude, read: (c) => ({ lon: degrees(180)(c) }), write: (s) => String(s.location.lon) },
  {
    name: "area",
    also: ["ward"],
    example: "Grays Riverside",
    read: (c) => ({ area: optional(c) }),
    write: (s) => s.area ?? nothing,
  },
  {
    name: "time zone",
    also: ["timezone", "zone"],
    example: "Europe/London",
    read: (c) => ({ timeZone: timeZone(c) }),
    write: (s) => s.timeZone,
  },
  {
    name: "service hours",
    also: ["hours", "opening hours"],
    example: "Mon-Fri 08:00-18:00; Sat 09:00-12:00",
    read: (c) => ({ serviceHours: parseHours(c) }),
    write: (s) => formatHours(s.serviceHours),
  },
  {
    name: "uplink",
    also: ["connection"],
    example: "fibre",
    read: (c) => ({ uplink: uplink(c) }),
    write: (s) => s.uplink?.kind ?? nothing,
  },
];

const kindWords = new Map<string, DeviceKind>([
  ["access-point", "access-point"],
  ["ap", "access-point"],
  ["sensor", "sensor"],
  ["gateway", "gateway"],
  ["switch", "switch"],
]);

function kind(cell: string): DeviceKind {
  const found = kindWords.get(cell.toLowerCase().replace(/\s+/g, "-"));
  if (!found) throw new Error("one of access-point, sensor, gateway, switch");
  return found;
}

function siteId(cell: string, { sites, sitesNamed, guess }: Known): string | null {
  const wanted = cell.toLowerCase();
  if (wanted === nothing) return null;
  if (sites.has(cell)) return cell;
  const named = sitesNamed.get(wanted) ?? [];
  if (named.length > 1) throw new Error(`${named.length} sites have this name: write the id`);
  if (named[0]) return named[0].id;
  const meant = guess(cell);
  const hint = meant === null ? "" : `; did you mean "${meant}"?`;
  if (sites.size === 0) throw new Error(`there is no site "${cell.slice(0, 60)}": import the sites first`);
  throw new Error(`there is no site "${cell.slice(0, 60)}"${hint}`);
}

function tags(cell: string): string[] {
  if (cell.toLowerCase() === nothing) return [];
  const all = [...new Set(cell.split(/[;,|]/).map((tag) => tag.trim()))].filter((tag) => tag !== "");
  if (all.length > 32) throw new Error("at most 32 tags");
  if (all.some((tag) => tag.length > 64 || /\p{Cc}/u.test(tag))) throw new Error("a tag has at most 64 characters");
  return all;
}

export const deviceColumns: Column<DeviceWish, Device>[] = [
  {
    name: "name",
    also: ["device"],
    example: "Demo library, ground floor",
    read: (c) => ({ name: text(c) }),
    write: (d) => d.name,
  },
  {
    name: "kind",
    also: ["type"],
    example: "access-point",
    read: (c) => ({ kind: kind(c) }),
    write: (d) => d.kind,
  },
  {
    name: "site",
    also: ["site name", "place"],
    example: "Demo library",
    read: (c, known) => ({ site: siteId(c, known) }),
    write: (d, { sites }) => (d.site === null ? nothing : (sites.get(d.site)?.name ?? d.site)),
  },
  {
    name: "tags",
    also: ["tag", "labels"],
    example: "indoor; phase 1",
    read: (c) => ({ tags: tags(c) }),
    write: (d) => d.tags.join("; ") || nothing,
  },
  {
    name: "profile",
    also: [],
    example: "demo-ap-2x2",
    read: (c) => ({ profile: optional(c, 64) }),
    write: (d) => d.profile ?? nothing,
  },
  { ...latitude, read: (c) => ({ lat: degrees(90)(c) }), write: (d) => (d.location ? String(d.location.lat) : "") },
  { ...longitude, read: (c) => ({ lon: degrees(180)(c) }), write: (d) => (d.location ? String(d.location.lon) : "") },
];

/** The registry's shape of a wish. */
export function placed<W extends Partial<Place>>(
  wish: W,
  is: { location: Place | null } | undefined,
): Omit<W, "lat" | "lon"> & Pick<SiteChange & DeviceChange, "location"> {
  const { lat = is?.location?.lat, lon = is?.location?.lon, ...rest } = wish;
  const given = wish.lat !== undefined || wish.lon !== undefined;
  return { ...rest, ...(given && lat !== undefined && lon !== undefined ? { location: { lat, lon } } : {}) };
}
