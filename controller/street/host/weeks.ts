import { noiseAt, othersPercent, perClient, radios } from "../rhythm/air.ts";
import { roundTripMs } from "../rhythm/line.ts";
import { clientsAt } from "../rhythm/people.ts";
import { isLineUp, isPowered, isRestarting } from "../rhythm/power.ts";
import type { StreetDevice } from "./device.ts";
import { createKernel } from "./state.ts";

/** What was measured of one series, as one block: rows of a time and then the columns' values; NaN: not measured. */
export interface Sampled {
  m: string;
  tags: Record<string, string>;
  columns: readonly string[];
  rows: Float64Array;
}

/** Who is there changes by the minute: more samples would say the same. */
export const sampleEveryMs = 60_000;
/** In the middle of its minute. */
const offsetMs = 30_000;

const rounded = (n: number): number => Math.round(n * 1000) / 1000;

/** What a device would have measured from `from` to `to` (whole minutes), of what people look at over weeks, from the same
 *  rhythm as its host. Nothing where it had no power or was starting again. */
export function sampleWeeks(device: StreetDevice, from: number, to: number): Sampled[] {
  const times: number[] = [];
  for (let at = from + offsetMs; at < to; at += sampleEveryMs)
    if (isPowered(device.site, at) && !isRestarting(device, at)) times.push(at);
  const series = device.kind === "sensor" ? environment(device) : airOf(device);
  return [...series, probe(device)].map(({ m, tags, columns, at: measure }) => {
    const rows = new Float64Array(times.length * (columns.length + 1));
    for (const [i, at] of times.entries()) rows.set([at, ...measure(at)], i * (columns.length + 1));
    return { m, tags, columns, rows };
  });
}

type Measured = Omit<Sampled, "rows"> & { at: (at: number) => number[] };

/** Both radios ask for the same moments; so do both sensors. */
function remembered<T>(find: (at: number) => T): (at: number) => T {
  const known = new Map<number, T>();
  return (at) => {
    const before = known.get(at);
    if (before !== undefined) return before;
    const found = find(at);
    known.set(at, found);
    return found;
  };
}

function airOf(device: StreetDevice): Measured[] {
  const clients = remembered((at) => clientsAt(device, at));
  return radios.map((radio) => ({
    m: "radio",
    tags: { radio: radio.radio },
    columns: ["clients", "utilisation_percent", "noise_dbm"],
    at(at) {
      // Counters of a host take their rates once a minute.
      const minute = at - (at % sampleEveryMs);
      const all = clients(minute);
      const on24 = Math.round(all * radios[0].share);
      const own = all * radio.share * perClient[radio.band];
      const busy = Math.min(94, own + othersPercent(device, radio, minute));
      return [radio.band === 2.4 ? on24 : all - on24, Math.round(busy * 10) / 10, noiseAt(device, radio, at, false)];
    },
  }));
}

function environment(device: StreetDevice): Measured[] {
  const kernel = createKernel(device, { lineUp: () => true, jammed: () => false });
  const air = remembered(kernel.air);
  const climate: Measured = {
    m: "environment",
    tags: { sensor: "bme280" },
    columns: ["temperature_celsius", "humidity_percent", "pressure_hpa"],
    at(at) {
      const { celsius, humidityPercent, hectopascals } = air(at);
      return [celsius, humidityPercent, hectopascals].map(rounded);
    },
  };
  const isAir = /\bair\b/i.test(device.name);
  const second: Measured = {
    m: "environment",
    tags: { sensor: isAir ? "sps30" : "tsl2591" },
    columns: [isAir ? "pm25_ug_per_m3" : "illuminance_lux"],
    at: (at) => [isAir ? Math.round(air(at).pm25 * 100) / 100 : Math.round(air(at).lux)],
  };
  return [climate, second];
}

/** The controller's answer over the site's line, there and back twice. */
function probe({ seed, key, site }: StreetDevice): Measured {
  return {
    m: "probe",
    tags: { probe: "controller-http", kind: "http" },
    columns: ["success", "latency_ms"],
    at(at) {
      const ms = isLineUp(seed, site, at) ? roundTripMs(seed, site, at, `${key} GET`) : null;
      return ms === null ? [0, Number.NaN] : [1, rounded(ms * 2)];
    },
  };
}
