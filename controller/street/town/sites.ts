/** How the day goes at a place. */
export type Character = "market" | "shops" | "station" | "estate" | "library" | "columns";

type Hours = "always" | Partial<Record<"mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun", [string, string][]>>;

export interface TownSite {
  key: string;
  name: string;
  area: string;
  location: { lat: number; lon: number };
  uplink: "fibre" | "dsl" | "cellular" | "mesh";
  character: Character;
  serviceHours: Hours;
}

const dayTime: [string, string][] = [["09:00", "19:00"]];
const library: Hours = { mon: dayTime, tue: dayTime, wed: dayTime, thu: dayTime, fri: dayTime, sat: dayTime };
/** Columns have power from half an hour before these hours to half an hour after (rhythm/power.ts). */
const nightTime: [string, string][] = [
  ["00:00", "07:00"],
  ["17:00", "24:00"],
];
const night: Hours = {
  mon: nightTime,
  tue: nightTime,
  wed: nightTime,
  thu: nightTime,
  fri: nightTime,
  sat: nightTime,
  sun: nightTime,
};

/** Demo data: places of Thurrock as on any map; no equipment of ours or of anybody is there. */
export const sites: readonly TownSite[] = [
  {
    key: "grays",
    name: "Grays High Street",
    area: "Grays Riverside",
    location: { lat: 51.4765, lon: 0.3266 },
    uplink: "fibre",
    character: "market",
    serviceHours: "always",
  },
  {
    key: "tilbury",
    name: "Tilbury Civic Square",
    area: "Tilbury St Chads",
    location: { lat: 51.4636, lon: 0.3588 },
    uplink: "dsl",
    character: "estate",
    serviceHours: "always",
  },
  {
    key: "purfleet",
    name: "Purfleet station approach",
    area: "West Thurrock and South Stifford",
    location: { lat: 51.4811, lon: 0.2362 },
    uplink: "cellular",
    character: "station",
    serviceHours: "always",
  },
  {
    key: "ockendon",
    name: "South Ockendon, Derwent Parade",
    area: "Ockendon",
    location: { lat: 51.5079, lon: 0.2836 },
    uplink: "fibre",
    character: "estate",
    serviceHours: "always",
  },
  {
    key: "corringham",
    name: "Corringham town centre",
    area: "Corringham and Fobbing",
    location: { lat: 51.5256, lon: 0.4611 },
    uplink: "fibre",
    character: "shops",
    serviceHours: "always",
  },
  {
    key: "stanford",
    name: "Stanford-le-Hope library",
    area: "Stanford-le-Hope West",
    location: { lat: 51.5149, lon: 0.4267 },
    uplink: "dsl",
    character: "library",
    serviceHours: library,
  },
  {
    key: "chadwell",
    name: "Chadwell St Mary columns",
    area: "Chadwell St Mary",
    location: { lat: 51.4843, lon: 0.3695 },
    uplink: "mesh",
    character: "columns",
    serviceHours: night,
  },
  {
    key: "lakeside",
    name: "Lakeside bus station",
    area: "West Thurrock and South Stifford",
    location: { lat: 51.4879, lon: 0.2839 },
    uplink: "fibre",
    character: "shops",
    serviceHours: "always",
  },
];
