import { chance, wander } from "../chance.ts";
import { channelOf, jammedPercent, noiseAt, othersPercent, perClient, type Radio, radios } from "../rhythm/air.ts";
import { bytesPerSecondAt, clientsAt } from "../rhythm/people.ts";
import { startedAt } from "../rhythm/power.ts";
import { createTotal } from "../rhythm/total.ts";
import { driftAt, weatherAt } from "../rhythm/weather.ts";
import type { Around, StreetDevice } from "./device.ts";

const sensorBytesPerSecond = 240;
/** Of what is wanted over a line that is down; the rest are questions that nobody answers. */
const lostShare = 0.99;
const memory = { "access-point": 256, sensor: 64 } as const;

/** What the kernel of this device would know at a moment, from the rhythm of its street. Counters are integrals since
 *  its start. */
export function createKernel(device: StreetDevice, around: Around) {
  const { seed, key, kind } = device;
  const isSensor = kind === "sensor";
  const bytesTo = createTotal((at) => (isSensor ? sensorBytesPerSecond : bytesPerSecondAt(device, at)));
  const clientSecondsTo = createTotal((at) => clientsAt(device, at));
  const othersTo = new Map(radios.map((r) => [r.radio, createTotal((at) => othersPercent(device, r, at) / 100)]));
  let jam = { at: 0, busyMs: 0 };
  let line = { from: Number.NaN, wanted: 0, lost: 0 };
  let people = { at: Number.NaN, clients: 0 };

  /** A round asks a dozen times for the same moment. */
  function clientsNow(at: number): number {
    if (people.at !== at) people = { at, clients: clientsAt(device, at) };
    return people.clients;
  }

  /** Time that a jammer took, as far as anybody looked. */
  function jammedMs(at: number): number {
    const since = Math.min(120_000, Math.max(0, at - jam.at));
    jam = { at, busyMs: jam.busyMs + (around.jammed() && jam.at > 0 ? (since * jammedPercent) / 100 : 0) };
    return jam.busyMs;
  }
  /** Since its start, without what nobody could fetch because the line was down, as far as anybody looked. */
  function carried(at: number): number {
    const from = start(at);
    const wanted = bytesTo(from, at);
    if (line.from !== from) line = { from, wanted, lost: 0 };
    const lost = line.lost + (around.lineUp() ? 0 : (wanted - line.wanted) * lostShare);
    line = { from, wanted, lost };
    return wanted - lost;
  }
  const start = (at: number): number => startedAt(device, at);
  const loadAt = (at: number): number =>
    0.06 + clientsAt(device, at) * 0.009 + 0.1 * wander(seed, `${key} load`, at, 60_000);

  return {
    uptimeSeconds: (at: number): number => (at - start(at)) / 1000,
    /** Carried for clients and for itself since the start. */
    bytes: (at: number): number => Math.round(carried(at)),
    clients: (at: number): number => (isSensor ? 0 : clientsNow(at)),
    clientsOn: (radio: Radio, at: number): number => {
      const all = clientsNow(at);
      const on24 = Math.round(all * radios[0].share);
      return radio.band === 2.4 ? on24 : all - on24;
    },
    /** Ticks of 10 ms, all cores together. */
    cpu(at: number): { busy: number; iowait: number; total: number } {
      const from = start(at);
      const cores = isSensor ? 1 : 4;
      const total = Math.floor(((at - from) / 10) * cores);
      const base = 0.035 + 0.02 * chance(seed, key, "cpu");
      const work = bytesTo(from, at) / 2_600_000 + clientSecondsTo(from, at) * (isSensor ? 0 : 0.004);
      const busy = Math.min(total * 0.97, base * total + work * 100 * cores * 0.25);
      return { busy: Math.floor(busy), iowait: Math.floor(total * 0.0015), total };
    },
    memory(at: number): { totalKiB: number; availableKiB: number } {
      const totalKiB = memory[kind] * 1024 - 11_264;
      const used = 0.34 + 0.05 * wander(seed, `${key} memory`, at, 20 * 60_000) + clientsNow(at) * 0.0016;
      return { totalKiB, availableKiB: Math.round(totalKiB * (1 - Math.min(0.93, used))) };
    },
    /** Tasks that want to run, as the kernel's mean over about `overMs`. */
    load(at: number, overMs: number): number {
      const some = [0, 0.25, 0.5, 0.75, 1].map((part) => loadAt(at - part * overMs));
      return some.reduce((sum, load) => sum + load, 0) / some.length;
    },
    /** Of the chip, in a box in the weather. */
    chipCelsius: (at: number): number =>
      weatherAt(seed, at).celsius * 0.7 + 31 + clientsNow(at) * 0.16 + 2 * chance(seed, key, "box"),
    diskUsed: (at: number): number => 0.31 + 0.12 * wander(seed, `${key} disk`, at, 4 * 24 * 3_600_000),
    radio(radio: Radio, at: number) {
      const from = start(at);
      const activeMs = Math.floor(at - from);
      const clients = clientSecondsTo(from, at) * 1000 * radio.share * (perClient[radio.band] / 100);
      const others = (othersTo.get(radio.radio)?.(from, at) ?? 0) * 1000;
      return {
        ...channelOf(seed, key, radio),
        noise_dbm: noiseAt(device, radio, at, around.jammed()),
        activeMs,
        busyMs: Math.floor(
          Math.min(activeMs * 0.94, clients + others) + (radio.band === 2.4 ? jammedMs(at) : jam.busyMs),
        ),
      };
    },
    /** As this device's own sensors feel the weather. */
    air(at: number) {
      const weather = weatherAt(seed, at);
      const own = (what: string, spread: number): number => spread * (chance(seed, key, what) - 0.5);
      const quick = (what: string, spread: number): number =>
        spread * (wander(seed, `${key} ${what}`, at, 40_000) - 0.5);
      const drift = device.quirk === "drifts" ? driftAt(at) : 0;
      return {
        celsius: weather.celsius + own("celsius", 1.6) + quick("celsius", 0.4),
        humidityPercent: Math.min(100, weather.humidityPercent + own("humidity", 4) + quick("humidity", 1.2) + drift),
        hectopascals: weather.hectopascals + own("pressure", 1),
        lux: Math.max(0, weather.lux * (1 + own("lux", 0.3) + quick("lux", 0.06))),
        pm25: Math.max(0.5, weather.pm25 * (1 + own("dust", 0.5)) + quick("dust", 2.4)),
      };
    },
  };
}
export type Kernel = ReturnType<typeof createKernel>;
