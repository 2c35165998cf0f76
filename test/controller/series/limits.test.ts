import { describe, expect, it } from "vitest";
import { catalogue } from "#wire";
import { readLimits } from "../../../controller/store/series/embedded/budget.ts";
import type { Db } from "../../../controller/store/series/embedded/database.ts";
import type { Lookup, SeriesRow } from "../../../controller/store/series/embedded/lookup.ts";
import type { Partition, Partitions } from "../../../controller/store/series/embedded/partitions.ts";
import { createReader } from "../../../controller/store/series/embedded/reader.ts";
import type { Shelves } from "../../../controller/store/series/embedded/shelves.ts";
import { type SeriesQuery, seriesLimits, TooManyPoints } from "../../../controller/store/series/index.ts";
import { createQueries } from "../../../controller/store/series/influx/queries.ts";
import { handClock } from "../base/hand-clock.ts";

const query: SeriesQuery = {
  devices: ["d"],
  measurement: "interface",
  field: "rx_bytes",
  from: 0,
  to: 1e12,
  everyMs: 3_600_000,
  fn: "rate",
  limit: 1_000_000,
};
const plan = {
  spans: [{ level: "raw", from: 0, to: 1e12 }],
  pending: new Map(),
  resolution: "raw",
  beforeInBuckets: false,
} as const;

describe("a query that would look at too many points", () => {
  it("is refused by the embedded store as soon as that shows", () => {
    const day = { table: "t", measurement: "interface", day: 0, columns: new Set(["rx_bytes"]) } satisfies Partition;
    const rows = Array.from({ length: seriesLimits.scannedPoints / 2 }, (_, i) => [i, i]);
    const entries = [1, 2, 3].map((id): SeriesRow => ({ id, device: 1, tags: { interface: `${id}` } }));
    let read = 0;
    let tookMs = 0;
    const clock = handClock();
    const all = () => {
      read += 1;
      clock.pass(tookMs);
      return rows;
    };
    const db = { prepare: () => ({ raw: () => ({ all, get: () => undefined }) }) } as unknown as Db;
    const reader = (of: SeriesRow[]) =>
      createReader({
        db,
        clock,
        lookup: { seriesOf: () => of } as unknown as Lookup,
        partitions: { between: () => [day] } as unknown as Partitions,
        shelves: { between: () => [] } as unknown as Shelves,
      });
    expect(reader(entries.slice(0, 2)).query(query, plan)).toHaveLength(2);
    read = 0;
    expect(() => reader(entries).query(query, plan)).toThrow(TooManyPoints);
    expect(read).toBe(3);
    read = 0;
    tookMs = readLimits.queryMs / 2;
    expect(() => reader(entries).query(query, plan)).toThrow(
      /longer than 10 s: ask for less time, fewer devices or wider/,
    );
    expect(read).toBe(2);
  });

  it("is refused in front of InfluxDB before the points are fetched", async () => {
    const asked: string[] = [];
    const queries = (points: number) =>
      createQueries({
        retentionPolicy: "raw",
        catalogue,
        ql: {
          database: "lamplighter",
          stop() {},
          async run(statement) {
            asked.push(statement);
            return statement.includes("count(") ? [{ columns: ["time", "n"], values: [[0, points]] }] : [];
          },
        },
      });
    expect(await queries(seriesLimits.scannedPoints).query(query, plan)).toEqual([]);
    expect(asked).toHaveLength(2);
    asked.length = 0;
    await expect(queries(seriesLimits.scannedPoints + 1).query(query, plan)).rejects.toThrow(TooManyPoints);
    expect(asked).toHaveLength(1);
  });
});
