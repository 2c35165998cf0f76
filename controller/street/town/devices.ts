import { sites, type TownSite } from "./sites.ts";

export interface TownDevice {
  key: string;
  name: string;
  kind: "access-point" | "sensor";
  site: TownSite;
  model: string;
  serial: string;
  location: { lat: number; lon: number };
  /** Devices on at the busiest usual hour; of an access point. */
  busy: number;
  /** Something is wrong with it all the time: neighbours' noise on 2.4 GHz, a humidity that drifts between calibrations. */
  quirk: "noisy-radio" | "drifts" | null;
  /** Key of the access point at whose second port it hangs; null: at its site's switch. */
  behind: string | null;
}

/** Access points: name, north and east of the site in metres, devices on when busy. */
type Point = [name: string, north: number, east: number, busy: number];
const accessPoints: Record<string, Point[]> = {
  grays: [
    ["Market place", 40, 0, 46],
    ["Clock tower", -60, 25, 38],
    ["High Street north", 150, -20, 27],
    ["High Street south", -180, 30, 24],
    ["Station steps", 260, 60, 33],
    ["George Street", 20, -140, 14],
  ],
  tilbury: [
    ["Civic Square east", 0, 45, 18],
    ["Civic Square west", 10, -60, 15],
    ["Calcutta Road", 120, 30, 11],
  ],
  purfleet: [
    ["Station approach", 0, 0, 21],
    ["Bus stop, London Road", 70, 95, 9],
  ],
  ockendon: [
    ["Derwent Parade", 0, 10, 17],
    ["Parade car park", -70, 60, 8],
    ["Health centre", 120, -45, 12],
  ],
  corringham: [
    ["Grover Walk", 0, 0, 23],
    ["Grover Walk upper", 80, 15, 16],
    ["St Johns Way", -90, 110, 9],
  ],
  stanford: [
    ["Library, ground floor", 0, 0, 19],
    ["Library, study room", 8, 12, 14],
  ],
  chadwell: [
    ["Column 14, Linford Road", 30, 40, 6],
    ["Column 22, Brentwood Road", -110, -75, 5],
  ],
  lakeside: [
    ["Bus station, stand A", 0, 0, 34],
    ["Bus station, stand F", 25, 90, 29],
    ["Footbridge", 140, -30, 12],
  ],
};
const sensors: Record<string, Point[]> = {
  grays: [
    ["Air, market place", 45, 5, 0],
    ["Air, London Road", -150, -60, 0],
    ["Weather, station roof", 255, 70, 0],
  ],
  tilbury: [
    ["Air, Civic Square", 5, 20, 0],
    ["Weather, fire station", -160, 90, 0],
  ],
  purfleet: [
    ["Air, station approach", 75, 100, 0],
    ["Weather, riverside", -210, -40, 0],
  ],
  ockendon: [
    ["Air, Derwent Parade", 5, 15, 0],
    ["Weather, school roof", 230, -120, 0],
  ],
  corringham: [
    ["Air, St Johns Way", -85, 115, 0],
    ["Weather, town hall", 60, -40, 0],
  ],
  stanford: [
    ["Air, library entrance", -12, 0, 0],
    ["Weather, library roof", 5, 5, 0],
  ],
  chadwell: [["Column 14, air", 30, 41, 0]],
  lakeside: [
    ["Air, bus station", 10, 45, 0],
    ["Weather, footbridge", 138, -28, 0],
  ],
};
const quirks: Record<string, TownDevice["quirk"]> = { "ap-05": "noisy-radio", "sensor-09": "drifts" };

/** On one column or roof with an access point. */
const behinds: Record<string, string> = { "sensor-14": "ap-20", "sensor-16": "ap-24" };

const metresPerDegree = 111_320;
const number = (n: number): string => String(n).padStart(2, "0");

function place(site: TownSite, kind: TownDevice["kind"], [name, north, east, busy]: Point, index: number): TownDevice {
  const key = `${kind === "sensor" ? "sensor" : "ap"}-${number(index)}`;
  const lat = site.location.lat + north / metresPerDegree;
  const lon = site.location.lon + east / (metresPerDegree * Math.cos((lat * Math.PI) / 180));
  const round = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;
  return {
    key,
    name,
    kind,
    site,
    model: kind === "sensor" ? "Demo Street Sensor" : "Demo AP 2x2",
    serial: `DEMO-${key.toUpperCase()}`,
    location: { lat: round(lat), lon: round(lon) },
    busy,
    quirk: quirks[key] ?? null,
    behind: behinds[key] ?? null,
  };
}

const ofKind = (kind: TownDevice["kind"], points: Record<string, Point[]>): TownDevice[] =>
  sites
    .flatMap((site) => (points[site.key] ?? []).map((point) => ({ site, point })))
    .map(({ site, point }, i) => place(site, kind, point, i + 1));

/** The 24 access points and 16 sensors of the demo. */
export const devices: readonly TownDevice[] = [...ofKind("access-point", accessPoints), ...ofKind("sensor", sensors)];

/** As many of one kind as asked, modelled on the demo's: for load.
 *  @param prefix tells two crowds apart, in keys and serial numbers */
export function crowd(kind: TownDevice["kind"], count: number, prefix: string): TownDevice[] {
  const models = devices.filter((device) => device.kind === kind && device.site.character !== "columns");
  return Array.from({ length: count }, (_, i) => {
    const model = models[i % models.length] as TownDevice;
    const key = `${prefix}-${String(i + 1).padStart(5, "0")}`;
    return { ...model, key, name: `Simulated ${key}`, serial: `DEMO-${key.toUpperCase()}`, quirk: null, behind: null };
  });
}
