import type { Files } from "../../host/index.ts";

/** Sensors that are read; a device with more is a server, not a street device. */
const mostSensors = 32;

/** Millidegrees as the kernel writes them. What no lamp post can have (an unplugged sensor says -273 or 65535) is no
 *  temperature. */
export function parseTemperature(text: string): number | undefined {
  if (!/^-?\d{1,7}$/.test(text.trim())) return undefined;
  const celsius = Number(text) / 1000;
  return celsius > -60 && celsius < 150 ? celsius : undefined;
}

/** Sensor → °C, of thermal zones and hwmon chips. Two of one name get a number. */
export async function readTemperatures(files: Files): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const put = (name: string, text: string): void => {
    const celsius = parseTemperature(text);
    if (celsius === undefined || found.size >= mostSensors) return;
    let free = name;
    for (let n = 2; found.has(free); n++) free = `${name}-${n}`;
    found.set(free, celsius);
  };
  for (const zone of await names(files, "/sys/class/thermal", /^thermal_zone\d+$/)) {
    const folder = `/sys/class/thermal/${zone}`;
    put(await label(files, `${folder}/type`, zone), await text(files, `${folder}/temp`));
  }
  for (const chip of await names(files, "/sys/class/hwmon", /^hwmon\d+$/)) {
    const folder = `/sys/class/hwmon/${chip}`;
    const chipName = await label(files, `${folder}/name`, chip);
    for (const input of await names(files, folder, /^temp\d+_input$/)) {
      const own = await label(files, `${folder}/${input.replace("input", "label")}`, "");
      const name = own === "" ? chipName : `${chipName} ${own}`;
      // hwmon shows thermal zones a second time, under the zone's name.
      if (!found.has(name)) put(name, await text(files, `${folder}/${input}`));
    }
  }
  return found;
}

const text = (files: Files, path: string): Promise<string> => files.read(path).catch(() => "");

async function label(files: Files, path: string, otherwise: string): Promise<string> {
  return (await text(files, path)).trim().slice(0, 64) || otherwise;
}

async function names(files: Files, folder: string, shape: RegExp): Promise<string[]> {
  const all = await files.list(folder).catch(() => []);
  return all.filter((name) => shape.test(name)).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}
