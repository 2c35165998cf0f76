import { describe, expect, it } from "vitest";
import { clockSentence, flashSentence } from "../../dashboards/web/src/agent-words.ts";

const hour = 3_600_000;
const mebi = 1024 * 1024;

describe("what the agent writes to flash", () => {
  it("is said by the day, from the hours that are known", () => {
    const day = Array.from({ length: 24 }, (_, i): [number, number] => [i * hour, mebi / 2]);
    expect(flashSentence(day, 24 * hour)).toBe("the agent writes about 12 MiB a day");
    expect(flashSentence(day.slice(0, 6), 24 * hour)).toBe("the agent writes about 12 MiB a day");
    expect(
      flashSentence(
        [
          [0, mebi],
          [hour, null],
        ],
        hour / 2,
      ),
    ).toBe("the agent writes about 24 MiB a day");
  });
  it("is not known of a device that said nothing", () => {
    expect(flashSentence([], 0)).toBe("not told yet");
    expect(flashSentence([[0, null]], hour)).toBe("not told yet");
  });
});

describe("a device's clock", () => {
  it("is worth a word while it is over 30 s off", () => {
    expect(
      clockSentence([
        [0, 5],
        [hour, 120_000],
      ]),
    ).toBe("2 min fast");
    expect(
      clockSentence([
        [0, -7_200_000],
        [hour, null],
      ]),
    ).toBe("2 h slow");
    expect(
      clockSentence([
        [0, 120_000],
        [hour, 0],
      ]),
    ).toBeNull();
    expect(clockSentence([])).toBeNull();
  });
});
