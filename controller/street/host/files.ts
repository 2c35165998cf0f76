import type { Files } from "../../../edge-agent/index.ts";
import { radios } from "../rhythm/air.ts";
import { cableFiles, cablesOf } from "./cables.ts";
import type { StreetDevice } from "./device.ts";
import type { Kernel } from "./state.ts";

/** Most of what an agent asks for is not there: one error a kind of host, not one a question with its stack. */
const absent = Object.assign(new Error("ENOENT: no such file or directory"), { code: "ENOENT" });
const iio = "/sys/bus/iio/devices";
const packetBytes = 870;
const totalBytes = 64 * 1024 * 1024;

/** What the agent reads under /proc, /sys and /etc, as text that its own parsers take apart again. */
export function createFiles(device: StreetDevice, kernel: Kernel, now: () => number): Files {
  const texts = { ...fixed(device), ...moving(device, kernel) };
  return {
    async read(path) {
      const text = texts[path];
      if (text === undefined) throw absent;
      return typeof text === "string" ? text : text(now());
    },
    async list(path) {
      const inside = Object.keys(texts).filter((known) => known.startsWith(`${path}/`));
      if (inside.length === 0) throw absent;
      return [...new Set(inside.map((known) => known.slice(path.length + 1).split("/")[0] ?? ""))];
    },
    async space() {
      return { totalBytes, freeBytes: Math.round(totalBytes * (1 - kernel.diskUsed(now()))) };
    },
  };
}

function fixed(device: StreetDevice): Record<string, string> {
  const { model, serial, kind } = device;
  const links = interfacesOf(kind).flatMap(({ name, mbps }) => [
    [`/sys/class/net/${name}/operstate`, "up\n"],
    ...(mbps === undefined ? [] : [[`/sys/class/net/${name}/speed`, `${mbps}\n`]]),
  ]);
  return {
    "/tmp/sysinfo/model": `${model}\n`,
    "/proc/device-tree/serial-number": `${serial}\0`,
    "/etc/openwrt_release": "DISTRIB_DESCRIPTION='Demo OpenWrt 24.10'\n",
    "/sys/class/thermal/thermal_zone0/type": "cpu-thermal\n",
    ...Object.fromEntries(links),
    ...cableFiles(cablesOf(device)),
  };
}

function moving(device: StreetDevice, kernel: Kernel): Record<string, (at: number) => string> {
  const always = {
    "/proc/stat": (at: number) => stat(kernel, at),
    "/proc/meminfo": (at: number) => meminfo(kernel, at),
    "/proc/loadavg": (at: number) => {
      const load = (minutes: number): string => kernel.load(at, minutes * 60_000).toFixed(2);
      return `${load(1)} ${load(5)} ${load(15)} 1/84 ${2_000 + (Math.floor(at / 1000) % 9_000)}\n`;
    },
    "/proc/uptime": (at: number) => {
      const { total, busy } = kernel.cpu(at);
      return `${kernel.uptimeSeconds(at).toFixed(2)} ${((total - busy) / 100).toFixed(2)}\n`;
    },
    "/proc/net/dev": (at: number) => netDev(device, kernel, at),
    "/sys/class/thermal/thermal_zone0/temp": (at: number) => `${Math.round(kernel.chipCelsius(at) * 1000)}\n`,
  };
  return device.kind === "sensor" ? { ...always, ...sensorFiles(device, kernel) } : always;
}

const stat = (kernel: Kernel, at: number): string => {
  const { busy, iowait, total } = kernel.cpu(at);
  const system = Math.floor(busy * 0.4);
  return `cpu  ${busy - system} 0 ${system} ${total - busy - iowait} ${iowait} 0 0 0 0 0\n`;
};

const meminfo = (kernel: Kernel, at: number): string => {
  const { totalKiB, availableKiB } = kernel.memory(at);
  const free = Math.round(availableKiB * 0.8);
  return `MemTotal: ${totalKiB} kB\nMemFree: ${free} kB\nMemAvailable: ${availableKiB} kB\n`;
};

const interfacesOf = (kind: StreetDevice["kind"]): { name: string; share: number; mbps?: number }[] => [
  { name: "eth0", share: 1, mbps: kind === "sensor" ? 100 : 1000 },
  ...(kind === "sensor" ? [] : radios.map((radio) => ({ name: radio.interface, share: radio.share }))),
];

/** What clients fetch comes in by the cable and goes out by the air. */
function netDev({ kind }: StreetDevice, kernel: Kernel, at: number): string {
  const bytes = kernel.bytes(at);
  const lines = interfacesOf(kind).map(({ name, share }) => {
    const [down, up] = [bytes * share, bytes * share * 0.11];
    const [rx, tx] = name === "eth0" ? [down, up] : [up, down];
    const counters = (n: number): string => `${Math.floor(n)} ${Math.floor(n / packetBytes)} ${Math.floor(n / 4e9)} 0`;
    return `  ${name}: ${counters(rx)} 0 0 0 0 ${counters(tx)} 0 0 0 0`;
  });
  return ["Inter-| Receive | Transmit", " face |bytes packets errs drop", ...lines, ""].join("\n");
}

/** An air sensor has dust and weather; a weather station has light instead of dust. */
function sensorFiles(device: StreetDevice, kernel: Kernel): Record<string, (at: number) => string> {
  const milli = (value: number): string => `${Math.round(value * 1000)}\n`;
  const climate = `${iio}/iio:device0`;
  const second = `${iio}/iio:device1`;
  const isAir = /\bair\b/i.test(device.name);
  return {
    [`${climate}/name`]: () => "bme280\n",
    [`${climate}/in_temp_input`]: (at) => milli(kernel.air(at).celsius),
    [`${climate}/in_humidityrelative_input`]: (at) => milli(kernel.air(at).humidityPercent),
    [`${climate}/in_pressure_input`]: (at) => `${(kernel.air(at).hectopascals / 10).toFixed(4)}\n`,
    [`${second}/name`]: () => (isAir ? "sps30\n" : "tsl2591\n"),
    ...(isAir
      ? { [`${second}/in_massconcentration_pm2p5_input`]: (at: number) => `${kernel.air(at).pm25.toFixed(2)}\n` }
      : { [`${second}/in_illuminance_input`]: (at: number) => `${Math.round(kernel.air(at).lux)}\n` }),
  };
}
