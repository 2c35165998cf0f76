import type { Band } from "../radio.ts";

/** A stretch of spectrum and how it may be used: Ofcom's IR 2030 for licence-exempt devices, as the kernel's regulatory
 *  database has it (without transmit power control, which halves what is allowed). */
export interface Stretch {
  fromMhz: number;
  toMhz: number;
  /** With the antenna's gain (EIRP). */
  mostDbm: number;
  indoorOnly?: true;
  radar?: true;
}

const britain: readonly Stretch[] = [
  { fromMhz: 2400, toMhz: 2483.5, mostDbm: 20 },
  { fromMhz: 5150, toMhz: 5250, mostDbm: 23, indoorOnly: true },
  { fromMhz: 5250, toMhz: 5350, mostDbm: 20, indoorOnly: true, radar: true },
  { fromMhz: 5470, toMhz: 5730, mostDbm: 27, radar: true },
  { fromMhz: 5725, toMhz: 5850, mostDbm: 23, indoorOnly: true },
  { fromMhz: 5925, toMhz: 6425, mostDbm: 24, indoorOnly: true },
  { fromMhz: 57_000, toMhz: 71_000, mostDbm: 40 },
];
/** Countries whose rules are known here. */
const countries = new Map<string, readonly Stretch[]>([["GB", britain]]);

export const isRuled = (country: string): boolean => countries.has(country);

/** What holds for all of these MHz; undefined: they may not be used. */
export function ruleFor(country: string, { fromMhz, toMhz }: { fromMhz: number; toMhz: number }): Stretch | undefined {
  const all = countries.get(country) ?? [];
  const within = all.filter((one) => one.fromMhz < toMhz && one.toMhz > fromMhz);
  const whole = within.find((one) => one.fromMhz <= fromMhz && one.toMhz >= toMhz);
  if (whole) return whole;
  // Neighbours without a gap between them: the strictest of each holds.
  const sorted = [...within].sort((a, b) => a.fromMhz - b.fromMhz);
  const [first] = sorted;
  let reach = first?.fromMhz ?? Number.POSITIVE_INFINITY;
  for (const one of sorted) if (one.fromMhz <= reach) reach = Math.max(reach, one.toMhz);
  if (!first || first.fromMhz > fromMhz || reach < toMhz) return undefined;
  return {
    fromMhz,
    toMhz,
    mostDbm: Math.min(...sorted.map(({ mostDbm }) => mostDbm)),
    ...(sorted.some(({ indoorOnly }) => indoorOnly) ? { indoorOnly: true } : {}),
    ...(sorted.some(({ radar }) => radar) ? { radar: true } : {}),
  };
}

/** Middle of a channel of 20 MHz. */
export function middleOf(band: Band, channel: number): number {
  if (band === "2g") return channel === 14 ? 2484 : 2407 + channel * 5;
  if (band === "5g") return 5000 + channel * 5;
  if (band === "6g") return channel === 2 ? 5935 : 5950 + channel * 5;
  return 56_160 + channel * 2160;
}

/** First channels of the blocks in which wider ones are made. */
const blocks: Record<"5g" | "6g", readonly number[][]> = {
  "5g": [
    [36, 64],
    [100, 144],
    [149, 177],
  ],
  "6g": [[1, 233]],
};

/** MHz that a channel of this width takes up; undefined: there is none of this width at this channel. */
export function spanOf(band: Band, channel: number, widthMhz: number): { fromMhz: number; toMhz: number } | undefined {
  const middle = middleOf(band, channel);
  if (band === "60g") return { fromMhz: middle - 1080, toMhz: middle + 1080 };
  if (band === "2g") {
    // The second half may be above or below: the one that fits is taken.
    const up = widthMhz > 20 && channel < 8 ? 1 : 0;
    const reach = widthMhz > 20 ? 20 : 0;
    return { fromMhz: middle - 10 - (up ? 0 : reach), toMhz: middle + 10 + (up ? reach : 0) };
  }
  const count = widthMhz / 20;
  const block = blocks[band].find(([first = 0, last = 0]) => channel >= first && channel <= last);
  if (!block) return undefined;
  const [first = 0, last = 0] = block;
  const start = first + Math.floor((channel - first) / (4 * count)) * 4 * count;
  const end = start + 4 * (count - 1);
  if (end > last) return undefined;
  return { fromMhz: middleOf(band, start) - 10, toMhz: middleOf(band, end) + 10 };
}
