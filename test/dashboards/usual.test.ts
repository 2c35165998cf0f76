import { describe, expect, it } from "vitest";
import { devicesOn, hourMs, usualAt, usualSentence } from "../../dashboards/web/src/usual.ts";

const weekMs = 7 * 24 * hourMs;
/** A Tuesday, 16:20 in London. */
const now = Date.UTC(2026, 5, 9, 15, 20);
const hourAt = now - (now % hourMs);
const weeks = (...values: number[]) => ({
  points: values.map((value, i): [number, number] => [hourAt - (i + 1) * weekMs, value]),
});

describe("usual for this hour of the week", () => {
  it("is the median of the same hours, radios added up", () => {
    expect(usualAt([weeks(10, 12, 90, 11, 9), weeks(20, 20, 20, 20, 20)], now, "Europe/London")).toBe(31);
    expect(usualAt([weeks(10, 12, 14, 16)], now, "Europe/London")).toBe(13);
  });

  it("leaves other hours, and the one that is not over, out", () => {
    const other = { points: weeks(50, 50, 50, 50, 50).points.map(([at, v]): [number, number] => [at + hourMs, v]) };
    const mixed = { points: [...weeks(1, 1, 1).points, ...other.points, [hourAt, 99] as [number, number]] };
    expect(usualAt([mixed], now, "Europe/London")).toBe(1);
  });

  it("goes by the site's clock also where it was changed in between", () => {
    // 16:00 in London was 16:00 UTC before the last Sunday of March.
    const after = Date.UTC(2026, 3, 7, 15, 5);
    const before = [3, 10, 17, 24].map((day): [number, number] => [Date.UTC(2026, 2, day, 16), 7]);
    expect(usualAt([{ points: before }], after, "Europe/London")).toBe(7);
    expect(usualAt([{ points: before }], after, "UTC")).toBeNull();
  });

  it("is not told from less than three weeks", () => {
    expect(usualAt([weeks(4, 4)], now, "Europe/London")).toBeNull();
    expect(usualAt([], now)).toBeNull();
  });

  it("is said beside how many are on now", () => {
    expect(usualSentence(now, 41, 37.5, "Europe/London")).toBe("41 devices on, usually 38 on a Tuesday at 16:00.");
    expect(usualSentence(now, 1, 0, "Europe/London")).toBe("1 device on, usually 0 on a Tuesday at 16:00.");
  });

  it("counts all radios that say", () => {
    const radio = (clients?: number) =>
      ({ m: "radio", tags: {}, at: now, fields: clients === undefined ? {} : { clients } }) as never;
    expect(devicesOn([radio(3), radio(4), radio()])).toBe(7);
    expect(devicesOn([radio()])).toBeNull();
    expect(devicesOn([])).toBeNull();
  });
});
