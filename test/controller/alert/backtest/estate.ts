import type { RunNeeds } from "../../../../controller/alert/backtest/run.ts";
import { aggregate } from "../../../../controller/store/series/aggregate.ts";
import type { SeriesQuery } from "../../../../controller/store/series/index.ts";
import { handClock } from "../../base/hand-clock.ts";

export const minute = 60_000;
export const from = Date.UTC(2026, 4, 4);

export interface History {
  device: string;
  site: string;
  m: string;
  tags: Record<string, string>;
  /** field → value at (from + minutes). */
  fields: Record<string, readonly (readonly [minutes: number, value: number])[]>;
}

/** A store and an estate with these histories, answered as real stores answer. */
export function estate(histories: readonly History[], over: Partial<RunNeeds> = {}) {
  const asked: SeriesQuery[] = [];
  const ids = [...new Map(histories.map(({ device, site }) => [device, site]))];
  const needs: RunNeeds = {
    clock: handClock(),
    devices: () =>
      ids.map(([id, site]) => ({ id, name: `Demo ${id}`, site, kind: "access-point", tags: [], profile: null })),
    intervalMs: () => 10_000,
    timeZoneOf: () => "Europe/London",
    series: {
      async query(query) {
        asked.push(query);
        const raw = histories
          .filter(({ device, m }) => query.devices.includes(device) && m === query.measurement)
          .map(({ device, tags, fields }) => ({
            device,
            tags,
            points: (fields[query.field] ?? [])
              .map(([minutes, value]): [number, number] => [from + minutes * minute, value])
              .filter(([at]) => at >= query.from && at < query.to),
          }));
        return { resolution: "5-minute", series: aggregate(query, raw) };
      },
    },
    ...over,
  };
  return { needs, asked };
}

/** One value a minute. */
export const each = (values: readonly number[]): [number, number][] => values.map((value, i) => [i, value]);
