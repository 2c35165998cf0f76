import type { Files, Host } from "../../host/index.ts";
import { type Collector, rounded, type Sample } from "../collector.ts";

/** Sensors that are read; a device with more is something else. */
const mostSensors = 16;
const folder = "/sys/bus/iio/devices";

/** Field → the kernel's channel, what its unit is multiplied with, and what can be. */
const channels = {
  temperature_celsius: { channel: "temp", times: 0.001, least: -60, most: 100 },
  humidity_percent: { channel: "humidityrelative", times: 0.001, least: 0, most: 100 },
  pressure_hpa: { channel: "pressure", times: 10, least: 300, most: 1_200 },
  illuminance_lux: { channel: "illuminance", times: 1, least: 0, most: 200_000 },
  pm25_ug_per_m3: { channel: "massconcentration_pm2p5", times: 1, least: 0, most: 5_000 },
} as const;

/** Sensors of the kernel's industrial I/O (`/sys/bus/iio`). What a sensor does not have is left out; so is a value that
 *  cannot be. */
export function createEnvironmentCollector({ host }: { host: Pick<Host, "files"> }): Collector {
  const { files } = host;
  return {
    name: "environment",
    async collect() {
      const all = await files.list(folder).catch(() => []);
      const devices = all.filter((name) => /^iio:device\d{1,3}$/.test(name)).sort((a, b) => a.localeCompare(b, "en"));
      const samples: Sample[] = [];
      for (const device of devices.slice(0, mostSensors)) {
        const f = await readSensor(files, `${folder}/${device}`);
        if (Object.keys(f).length === 0) continue;
        const name = (await text(files, `${folder}/${device}/name`)).trim().slice(0, 64) || device;
        const twice = samples.some((sample) => sample.t?.["sensor"] === name);
        samples.push({ m: "environment", t: { sensor: twice ? `${name} ${device}` : name }, f });
      }
      return samples;
    },
  };
}

const text = (files: Files, path: string): Promise<string> => files.read(path).catch(() => "");

/** NaN where it is not one. */
async function number(files: Files, path: string): Promise<number> {
  const found = (await text(files, path)).trim();
  return /^-?\d{1,12}(\.\d{1,12})?$/.test(found) ? Number(found) : Number.NaN;
}

async function readSensor(files: Files, path: string): Promise<Record<string, number>> {
  const fields: Record<string, number> = {};
  for (const [field, { channel, times, least, most }] of Object.entries(channels)) {
    const value = rounded((await readChannel(files, `${path}/in_${channel}`)) * times);
    if (value >= least && value <= most) fields[field] = value;
  }
  return fields;
}

/** Drivers say either the value, or raw steps with scale and offset (kernel: sysfs-bus-iio). */
async function readChannel(files: Files, path: string): Promise<number> {
  const given = await number(files, `${path}_input`);
  if (!Number.isNaN(given)) return given;
  const raw = await number(files, `${path}_raw`);
  if (Number.isNaN(raw)) return raw;
  const scale = await number(files, `${path}_scale`);
  const offset = await number(files, `${path}_offset`);
  return (raw + (Number.isNaN(offset) ? 0 : offset)) * (Number.isNaN(scale) ? 1 : scale);
}
