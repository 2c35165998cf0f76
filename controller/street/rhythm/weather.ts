import { wander } from "../chance.ts";
import { britishTime, dayMs, hourMs } from "./calendar.ts";

export interface Weather {
  celsius: number;
  humidityPercent: number;
  hectopascals: number;
  lux: number;
  pm25: number;
}

/** Outdoors by the Thames: season, time of day, and fronts that come through; the whole town has the same. */
export function weatherAt(seed: number, at: number): Weather {
  const { hour, day } = britishTime(at);
  const season = -Math.cos(((day - 15) / 365) * 2 * Math.PI);
  const front = wander(seed, "front", at, 2.5 * dayMs);
  const warmest = Math.cos(((hour - 15) / 24) * 2 * Math.PI);
  const celsius = 11 + 7 * season + 6 * (front - 0.5) + (2 + 1.5 * (season + 1)) * warmest;
  const humidityPercent = Math.min(98, Math.max(32, 78 - 9 * season - 8 * warmest + 26 * (0.5 - front)));
  const cloud = 0.25 + 0.75 * wander(seed, "cloud", at, 2 * hourMs);
  return {
    celsius,
    humidityPercent,
    hectopascals: 1_000 + 28 * wander(seed, "pressure", at, 1.5 * dayMs),
    lux: lightAt(hour, season) * cloud,
    pm25: 5 + 9 * wander(seed, "dust", at, 9 * hourMs) + 6 * rush(hour),
  };
}

/** Clear sky; twilight gives a little. */
function lightAt(hour: number, season: number): number {
  const halfDay = 6 + 2.2 * season;
  const height = Math.cos(((hour - 12.8) / halfDay) * (Math.PI / 2));
  return Math.abs(hour - 12.8) < halfDay ? 60 + 78_000 * Math.max(0, height) * (0.45 + 0.28 * season) : 6;
}

/** Traffic of the morning and the evening. */
const rush = (hour: number): number => Math.exp(-((hour - 8.3) ** 2) / 1.6) + Math.exp(-((hour - 17.6) ** 2) / 2.2);

/** Percent too much that a humidity sensor shows when its filter clogs, until it is calibrated every 30 days. */
export const driftAt = (at: number): number => 17 * ((at % (30 * dayMs)) / (30 * dayMs));
