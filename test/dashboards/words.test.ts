import { describe, expect, it } from "vitest";
import {
  ago,
  duration,
  levelWords,
  overviewSentence,
  quantity,
  type Seen,
  type State,
  stateSentence,
} from "../../dashboards/web/src/words.ts";

const now = Date.UTC(2026, 10, 23, 10, 42);
const device = (name: string, state: State, over: Partial<Seen> = {}): Seen => ({
  name,
  state,
  since: now - 14 * 60_000,
  lastSeenAt: now - 14 * 60_000,
  site: "s",
  ...over,
});
const many = (n: number, state: State) => Array.from({ length: n }, (_, i) => device(`d${i}`, state));
const at = () => "Grays Beach";

describe("what people read", () => {
  it("says how fine the values of charts are, where they are not the measurements themselves", () => {
    expect(["raw", "5-minute", "hourly"].map(levelWords)).toEqual([
      "",
      "Drawn from 5-minute values.",
      "Drawn from hourly values.",
    ]);
  });

  it.each<[Seen[], string]>([
    [[], "No devices yet."],
    [many(1, "online"), "The one device is online."],
    [many(24, "online"), "All 24 devices are online."],
    [[...many(3, "online"), device("kiosk", "offline")], "1 of 4 devices is offline: kiosk (Grays Beach)."],
    [
      [...many(5, "offline"), ...many(2, "suspect")],
      "5 of 7 devices are offline, all at Grays Beach. 2 being checked.",
    ],
    [
      [...many(5, "offline"), device("d5", "offline", { site: null }), ...many(2, "suspect")],
      "6 of 8 devices are offline: 5 at Grays Beach, d5. 2 being checked.",
    ],
    [
      ["a", "b", "b", "b", "c", "c"].map((site, i) => device(`d${i}`, "offline", { site })),
      "6 of 6 devices are offline: 3 at Grays Beach, 2 at Grays Beach and 1 more.",
    ],
    [[...many(2, "online"), ...many(1, "awaiting")], "2 of 3 devices are online, none offline. 1 not yet seen."],
    [many(12000, "online"), "All 12,000 devices are online."],
  ])("overview %#", (devices, sentence) => expect(overviewSentence(devices, at)).toBe(sentence));

  it("the overview begins with what is wrong with the controller itself", () => {
    const blind = {
      rule: "controller_blind",
      sentence: "The controller cannot see the devices. No device is accused.",
    };
    const store = { rule: "cannot_store", sentence: "Measurements cannot be stored." };
    expect(overviewSentence(many(2, "unknown"), at, [store, blind])).toBe("The controller cannot see the devices.");
    expect(overviewSentence(many(2, "online"), at, [store])).toBe(
      "Measurements cannot be stored. All 2 devices are online.",
    );
  });

  it("a device whose site is closed sleeps for that", () =>
    expect(stateSentence(device("x", "sleeping", { why: "hours" }), [], now)).toMatch(
      /^Sleeping for 14 min: outside its site's service hours\./,
    ));

  it("says whose fault it looks like", () => {
    const down = device("kiosk", "offline");
    const say = (neighbours: Seen[]) => stateSentence(down, neighbours, now, "Europe/London");
    expect(say([])).toBe("Offline for 14 min. Last heard 10:28.");
    expect(say(many(3, "online"))).toBe(
      "Offline for 14 min. Last heard 10:28. The other 3 devices at this site are fine, so it is this device or its cable.",
    );
    expect(say(many(2, "offline"))).toContain("All 2 others at this site are offline too");
    expect(say([...many(1, "offline"), ...many(2, "online")])).toContain("2 of the 3 others");
    expect(say(many(2, "awaiting"))).toBe("Offline for 14 min. Last heard 10:28.");
  });

  it.each<[State, RegExp]>([
    ["online", /^Online for 14 min\./],
    ["suspect", /^Silent: checking/],
    ["awaiting", /^Not yet seen/],
    ["sleeping", /^Sleeping/],
    ["unknown", /^Not known for 14 min: the controller itself cannot see its devices\./],
  ])("a device that is %s", (state, sentence) => expect(stateSentence(device("x", state), [], now)).toMatch(sentence));

  it.each([
    [0, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [3_600_000, "1 h"],
    [3_900_000, "1 h 5 min"],
    [86_400_000, "1 day"],
    [3 * 86_400_000, "3 days"],
  ])("%d ms is %s", (ms, text) => expect(duration(ms)).toBe(text));
  it("ages", () => {
    expect(ago(now - 2000, now)).toBe("just now");
    expect(ago(now - 90_000, now)).toBe("1 min ago");
  });

  it.each([
    [0, "B", "0 B"],
    [1536, "B", "1.5 KiB"],
    [127401984, "B", "122 MiB"],
    [1_250_000, "B/s", "10 Mbit/s"],
    [3.256, "%", "3.26 %"],
    [41.5, "°C", "41.5 °C"],
    [90, "s", "1 min"],
    [23.44, "ms", "23.4 ms"],
    [0.081, "", "0.08"],
    [-71, "dBm", "-71 dBm"],
  ])("%d %s is %s", (value, unit, text) => expect(quantity(value, unit)).toBe(text));
});
