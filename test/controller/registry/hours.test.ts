import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatHours, parseHours, type ServiceHours, weekdays } from "../../../controller/registry/index.ts";

const time = fc.integer({ min: 0, max: 95 }).map((quarter) => {
  const minutes = quarter * 15;
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
});
/** Up to 4 times a day, in order, apart. */
const day = fc.uniqueArray(time, { minLength: 2, maxLength: 8 }).map((times) => {
  const sorted = times.sort();
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < sorted.length; i += 2) pairs.push([sorted[i] ?? "", sorted[i + 1] ?? ""]);
  return pairs;
});
const hours: fc.Arbitrary<ServiceHours> = fc.oneof(
  fc.constant("always" as const),
  fc
    .record(Object.fromEntries(weekdays.map((name) => [name, day])), { requiredKeys: [] })
    .map((all) => all as ServiceHours),
);

describe("service hours as people write them", () => {
  test("are read as they were written", () => {
    fc.assert(
      fc.property(hours, (given) => {
        expect(parseHours(formatHours(given))).toEqual(given);
      }),
    );
  });

  test.each([
    ["Mon-Fri 8:00-18:00; Sat 09:00-12:00", "Mon-Fri 08:00-18:00; Sat 09:00-12:00"],
    ["mon - wednesday 09:00 - 12:00, 13:00-17:00", "Mon-Wed 09:00-12:00, 13:00-17:00"],
    ["24/7", "always"],
    ["Mon 20:00-24:00; Tue 00:00-06:00", "Mon 20:00-24:00; Tue 00:00-06:00"],
  ])("%s", (text, written) => expect(formatHours(parseHours(text))).toBe(written));

  test.each([
    ["Mon-Fri", /such as/],
    ["Fri-Mon 08:00-09:00", /such as/],
    ["Mon 25:00-26:00", /such as/],
    ["Mon 20:00-06:00", /over midnight, write two/],
    ["Mon 08:00-10:00, 09:00-11:00", /overlap/],
    ["Mon 01:00-02:00, 03:00-04:00, 05:00-06:00, 07:00-08:00, 09:00-10:00", /at most 4/],
    ["dusk to dinner", /such as/],
    ["x".repeat(100_000), /such as/],
  ])("%s is refused with what is allowed", (text, why) => expect(() => parseHours(text)).toThrow(why));
});
