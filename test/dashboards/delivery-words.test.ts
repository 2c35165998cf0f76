import { describe, expect, it } from "vitest";
import { deliverySentence, lossSentence, spanWords } from "../../dashboards/web/src/delivery-words.ts";

const zone = "Europe/London";
const at = (day: number, hour: number, minute = 0) => Date.UTC(2026, 10, day, hour, minute);
/** A Tuesday. */
const now = at(24, 12);
const none = {
  made: 100,
  dropped: 0,
  quarantined: 0,
  onDevice: 0,
  missing: 0,
  since: at(23, 9),
  drops: [],
  lastLoss: null,
};

describe("what became of what was measured", () => {
  it("nothing missing, since when", () => {
    expect(deliverySentence(none, now, zone)).toEqual({ good: true, text: "Nothing missing since Monday 09:00." });
    expect(deliverySentence({ ...none, since: at(24, 9) }, now, zone).text).toBe("Nothing missing since 09:00.");
    expect(deliverySentence({ ...none, since: at(3, 9) }, now, zone).text).toBe("Nothing missing since 3 Nov, 09:00.");
    expect(deliverySentence({ ...none, made: 0 }, now, zone).text).toBe("Nothing measured yet.");
    expect(deliverySentence({ ...none, onDevice: 7, quarantined: 1 }, now, zone).text).toBe(
      "Nothing missing since Monday 09:00. 1 value refused. 7 values still on the device, on the way.",
    );
  });

  it("what, when and why", () => {
    const lastLoss = { fromAt: at(22, 14), toAt: at(22, 14, 20), points: 312, kind: "missing" as const, why: "power" };
    expect(deliverySentence({ ...none, missing: 312, lastLoss }, now, zone)).toEqual({
      good: false,
      text: "312 values of Sunday 14:00 to 14:20 are missing: the device lost its power before it could write them down.",
    });
    expect(deliverySentence({ ...none, missing: 400, lastLoss }, now, zone).text).toMatch(
      / 400 values missing in all\.$/,
    );
  });

  it("what the device gave up is said with the reason, and is not called missing", () => {
    const drops = [{ why: "thinned", points: 50 }];
    expect(deliverySentence({ ...none, dropped: 50, drops }, now, zone)).toEqual({
      good: true,
      text: "Nothing missing since Monday 09:00. 50 values kept as 5-minute values when the device's memory filled up.",
    });
  });

  it("says a time as far as it is known", () => {
    expect(spanWords(null, null, now, zone)).toBe("");
    expect(spanWords(at(24, 9), null, now, zone)).toBe("around 09:00");
    expect(spanWords(at(22, 9), at(23, 9), now, zone)).toBe("Sunday 09:00 to Monday 09:00");
    expect(spanWords(at(3, 9), at(3, 10), now, zone)).toBe("3 Nov, 09:00 to 10:00");
    const unknown = { fromAt: null, toAt: null, points: null, kind: "missing" as const, why: "unknown" };
    expect(lossSentence(unknown, now, zone)).toBe("An unknown number of values are missing: why is not known.");
  });
});
