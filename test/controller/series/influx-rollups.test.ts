import { expect, test } from "vitest";
import { catalogue } from "#wire";
import { StoreAway, type StoredPoint } from "../../../controller/store/series/index.ts";
import type { Ql, Row } from "../../../controller/store/series/influx/ql.ts";
import { createInfluxRollups } from "../../../controller/store/series/influx/rollups.ts";

const noon = Date.UTC(2026, 5, 1, 12);

const { system } = catalogue;

/** Roll-ups of an InfluxDB that answers as planted. */
function rollupsOf(needs: { run: Ql["run"]; rawSince?: number; refuses?: (point: StoredPoint) => boolean }) {
  const written: StoredPoint[] = [];
  const rollups = createInfluxRollups({
    ql: { database: "lamplighter", run: needs.run, stop: () => {} },
    catalogue: { system: { ...system, fields: { load1: system.fields.load1 } } },
    retentionPolicy: "raw",
    rawSince: () => needs.rawSince ?? 0,
    refused: () => expect.unreachable(),
    write: async (_policy, points) => {
      written.push(...points);
      return points.map((point) => (needs.refuses?.(point) ? { ok: false, why: "field type conflict" } : { ok: true }));
    },
  });
  return { written, rollUp: rollups.rollUp };
}

/** It has lost every raw point, and still has the buckets that were made of them. */
async function rollUpNothing(rawSince: number): Promise<StoredPoint[]> {
  const bucket: Row = { tags: { device: "d" }, columns: ["time", "load1_count"], values: [[noon, 3]] };
  const run = async (statement: string) => (statement.includes('"load1_count"') ? [bucket] : []);
  const { rollUp, written } = rollupsOf({ run, rawSince });
  expect(await rollUp([{ device: "d", hourAt: noon }])).toBe(1);
  return written;
}

test("a bucket without raw points is taken back while they are kept", async () => {
  const fields = { load1_count: 0, load1_sum: 0 };
  const point = { device: "d", m: "system", tags: {}, at: noon, fields };
  expect(await rollUpNothing(noon)).toEqual([point, point]);
});

test("an hour that was marked too late to be made anew keeps its buckets", async () => {
  expect(await rollUpNothing(noon + 1)).toEqual([]);
});

const devices = Array.from({ length: 8 }, (_, i) => ({ device: `d${i}`, hourAt: noon }));

test("what was too much for InfluxDB is asked for in smaller parts", async () => {
  let away = true;
  const { rollUp } = rollupsOf({
    run: async () => {
      if (away) throw new StoreAway("no answer in 10 s");
      return [];
    },
  });
  for (let i = 0; i < 4; i++) await expect(rollUp(devices)).rejects.toThrow(StoreAway);
  away = false;
  expect([await rollUp(devices), await rollUp(devices), await rollUp(devices)]).toEqual([1, 2, 4]);
});

test("an hour of which a bucket is refused is not done; its neighbours are", async () => {
  const { rollUp } = rollupsOf({
    run: async (statement, values = {}) =>
      statement.includes("load1_count")
        ? []
        : Object.entries(values)
            .filter(([key]) => key.startsWith("d"))
            .map(([, device]) => ({ tags: { device: `${device}` }, columns: ["time", "load1"], values: [[noon, 1]] })),
    refuses: ({ device }) => device === "d1",
  });
  await expect(rollUp(devices)).rejects.toThrow("InfluxDB refused 2 buckets: field type conflict");
  expect(await rollUp(devices.slice(0, 1))).toBe(1);
});
