import { describe, expect, it } from "vitest";
import { type Choice, chosenSentence, fitting, withChoice, withoutChoice } from "../../dashboards/web/src/choices.ts";
import { byDay, onceSentence, untilWords, weekOf } from "../../dashboards/web/src/planned.ts";
import { draftOf, newWindow, selectOf, timesOf } from "../../dashboards/web/src/window-draft.ts";

const london = "Europe/London";
const at = (text: string) => Date.parse(`${text}Z`);
const hour = 3_600_000;

describe("what is chosen by name", () => {
  const all: Choice[] = [
    { list: "sites", id: "s1", name: "Old Market" },
    { list: "sites", id: "s2", name: "Market Square" },
    { list: "kinds", id: "sensor", name: "sensors" },
    { list: "devices", id: "d1", name: "Library 1" },
  ];
  const nameOf = ({ id }: { id: string }) => all.find((one) => one.id === id)?.name ?? id;

  it("finds by letters, what begins with them first; without letters it offers where to begin", () => {
    expect(fitting(all, "mar", {}, 8).map(({ id }) => id)).toEqual(["s2", "s1"]);
    expect(fitting(all, "mar", { sites: ["s2"] }, 8).map(({ id }) => id)).toEqual(["s1"]);
    expect(fitting(all, "", {}, 8).map(({ id }) => id)).toEqual(["s1", "s2", "sensor"]);
    expect(fitting(all, " ", { kinds: ["sensor"] }, 8)).toEqual([]);
  });

  it.each([
    [{ sites: ["s1"] }, "All devices at Old Market"],
    [{ sites: ["s1", "s2"], kinds: ["sensor"] }, "Sensors at Old Market and Market Square"],
    [{ devices: ["d1"], tags: ["outdoor"] }, "Library 1, tagged outdoor"],
    [{ devices: ["a", "b", "c", "d"] }, "A, b, c and 1 more"],
    [{ rules: ["noise"] }, "Everything: only what “noise” finds"],
  ])("%o is said: %s", (chosen, sentence) => {
    expect(chosenSentence(chosen, nameOf)).toBe(sentence);
  });

  it("is put in and taken out again", () => {
    const one = { list: "sites", id: "s1" } as const;
    expect(withoutChoice(withChoice({ kinds: ["sensor"] }, one), one)).toEqual({ kinds: ["sensor"] });
    expect(selectOf({ sites: ["s1"], rules: ["noise"] })).toEqual({ scope: { sites: ["s1"] }, rules: ["noise"] });
  });
});

describe("a window as it is typed", () => {
  const draft = newWindow(at("2026-11-28T12:00"), london, { sites: ["s1"] });

  it("is tomorrow night at first; once, by the clocks of its zone", () => {
    expect(timesOf({ ...draft, from: "2026-06-01T02:00", to: "2026-06-01T04:00" })).toEqual({
      when: { startAt: at("2026-06-01T01:00"), endAt: at("2026-06-01T03:00") },
    });
    expect(draft).toMatchObject({ from: "2026-11-29T02:00", again: { days: ["sun"] } });
  });

  it("says what is missing", () => {
    const fault = (part: object) => timesOf({ ...draft, ...part });
    expect(fault({ from: "" })).toEqual({ fault: "Say when it begins." });
    expect(fault({ to: "" })).toEqual({ fault: "Say when it ends." });
    expect(fault({ to: draft.from })).toEqual({ fault: "It ends before it begins." });
    expect(fault({ repeats: true, lasts: "h" })).toEqual({ fault: "Say how long it lasts." });
    const again = { ...draft.again, days: [] };
    expect(fault({ repeats: true, again })).toEqual({ fault: "Choose at least one day of the week." });
  });

  it("is the same when it is changed", () => {
    for (const repeats of [false, true]) {
      const times = timesOf({ ...draft, repeats });
      if (!("when" in times)) throw new Error(times.fault);
      const saved = { when: times.when, scope: { sites: ["s1"] }, rules: [], sla: "count" as const, why: "Roadworks" };
      const read = draftOf({ ...saved, id: "m1" } as unknown as Parameters<typeof draftOf>[0], london);
      expect(read).toMatchObject({ chosen: { sites: ["s1"] }, repeats, sla: "count", why: "Roadworks" });
      expect(timesOf(read)).toEqual(times);
    }
  });
});

describe("when it is", () => {
  const night = { from: at("2026-11-28T22:00"), to: at("2026-11-29T02:00") };

  it("in words", () => {
    expect(onceSentence(night, london)).toBe("Sat 28 Nov, 22:00–02:00 (4 h)");
    expect(onceSentence({ ...night, from: night.from + 900 }, london)).toBe("Sat 28 Nov, 22:00–02:00 (4 h)");
    expect(untilWords(night.to, at("2026-11-28T23:00"), london)).toBe("Sun 29 Nov, 02:00");
    expect(untilWords(night.to, at("2026-11-29T01:00"), london)).toBe("02:00");
  });

  it("by the day of its own place, the next first; what never comes last", () => {
    const items = [{ nextAt: null }, { nextAt: at("2026-11-30T23:30") }, { nextAt: night.from }];
    const zone = (one: { nextAt: number | null }) => (one === items[1] ? "Europe/Berlin" : london);
    expect(byDay(items, zone).map(({ day }) => day)).toEqual(["2026-11-28", "2026-12-01", ""]);
  });

  it("in a week: a night on the day it begins and what is left of it on the next; days on end on each", () => {
    const long = { from: at("2026-11-24T12:00"), to: at("2026-11-26T12:00") };
    const days = weekOf("2026-11-23", [night, long], london).map(({ items }) => items.map(({ text }) => text).join());
    expect(days).toEqual(["", "from 12:00", "all day", "until 12:00", "", "22:00–02:00", "until 02:00"]);
    const clocks = { from: at("2026-10-25T00:30"), to: at("2026-10-25T00:30") + hour };
    expect(weekOf("2026-10-19", [clocks], london)[6]?.items).toHaveLength(1);
  });
});
