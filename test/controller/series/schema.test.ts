import { expect, test } from "vitest";
import { rawDurationMs } from "../../../controller/store/series/influx/schema.ts";

const dayMs = 86_400_000;
const now = 100 * dayMs;

test.each([
  ["nothing is pending", null, 14],
  ["what is pending is young", now - 3 * dayMs, 14],
  ["it would expire within a day", now - 13 * dayMs - 1, 15],
  ["it should have expired", now - 20 * dayMs, 21],
])("raw points in InfluxDB are kept until they are rolled up: %s", (_, oldest, days) => {
  expect(rawDurationMs(14 * dayMs, oldest, now)).toBe(days * dayMs);
});
