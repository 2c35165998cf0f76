import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type State, states } from "../../../../controller/alert/availability/interval.ts";
import { add, closed, type Figures, noFigures } from "../../../../controller/alert/availability/report.ts";
import { noteOf } from "../../../../controller/alert/availability/reports.ts";

const hourMs = 3_600_000;
const month = { from: 0, to: 720 * hourMs };
const always = [month];
const one = (state: State, fromH: number, toH: number, cause: string | null = null, revised = false) => ({
  ...{ device: "ap-1", state, cause, root: null, site: "a", from: fromH * hourMs, to: toH * hourMs },
  ...{ held: false, revised },
});
type Known = ReturnType<typeof one>;

function figures(all: readonly Known[], served = always, usuallyOn = (): number | null => null): Figures {
  const sum = noFigures();
  for (const interval of all) add([sum], interval, { month, served, usuallyOn });
  return closed(sum);
}

describe("a month in figures", () => {
  it("what is not known, planned, asleep or not there yet is in no share", () => {
    const of = figures([
      ...[one("unseen", -5, 10), one("up", 10, 100), one("unknown", 100, 200, "blind"), one("maintenance", 200, 250)],
      ...[one("down", 250, 255, "restart"), one("asleep", 255, 300), one("degraded", 300, 304, "radio_off")],
      ...[one("unreachable", 304, 305), one("up", 305, 306, "line", true), one("up", 306, 800)],
    ]);
    expect(of.availability).toBeCloseTo((90 + 4 + 1 + 414) / (90 + 4 + 1 + 414 + 6));
    expect(of.availabilityOnline).toBeCloseTo((90 + 4 + 414) / (90 + 4 + 1 + 414 + 6));
    const hours = Object.fromEntries(Object.entries(of).map(([key, value]) => [key, Number(value) / hourMs]));
    expect(hours).toMatchObject({
      ...{ upMs: 509, degradedMs: 4, localMs: 1, downMs: 5, unreachableMs: 1, lostMs: 6, unknownMs: 100 },
      ...{ excludedMs: 50, asleepMs: 45, unseenMs: 10, outsideMs: 0 },
    });
    expect(of.lostByCause).toEqual({ line: 0, restart: 5 * hourMs, stopped: 0, maintenance: 0, unknown: hourMs });
    expect([of.revised, figures([one("up", 0, 1)]).revised]).toEqual([true, false]);
  });

  it("only service hours count; the rest stands beside", () => {
    const served = [
      { from: 8 * hourMs, to: 18 * hourMs },
      { from: 32 * hourMs, to: 42 * hourMs },
    ];
    const of = figures([one("up", 0, 10), one("down", 10, 33, "line"), one("up", 33, 48)], served);
    expect(of).toMatchObject({
      ...{ upMs: 11 * hourMs, downMs: 9 * hourMs, availability: 11 / 20 },
      ...{ outsideMs: 28 * hourMs, outsideUpMs: (8 + 6) * hourMs },
    });
  });

  it("nothing that counts is no share, not a whole one", () => {
    expect(figures([]).availability).toBeNull();
    expect(figures([one("unknown", 0, 720), one("down", 800, 900)]).availability).toBeNull();
  });

  it("lost time is weighed by who is usually on at that hour", () => {
    const sum = noFigures();
    const usuallyOn = (_: string, at: number) => (at < 11 * hourMs ? 4 : 10);
    for (const interval of [one("up", 0, 10.5), one("down", 10.5, 12)])
      add([sum], interval, { month, served: always, usuallyOn });
    expect(sum.lostClientMs).toBe(0.5 * 4 * hourMs + 10 * hourMs);
    expect(figures([one("down", 0, 5)]).lostClientMs).toBeNull();
  });

  it("adds up to the time that is known of the month, whatever happened", () => {
    const lengths = fc.array(
      fc.record({ state: fc.constantFrom(...states), ms: fc.integer({ min: 1, max: 90 * hourMs }) }),
    );
    const span = fc.array(fc.integer({ min: 0, max: month.to }), { maxLength: 12 }).map((edges) => {
      const at = [...new Set(edges)].sort((a, b) => a - b);
      return at.flatMap((from, i) => (i % 2 === 0 && at[i + 1] !== undefined ? [{ from, to: at[i + 1] ?? 0 }] : []));
    });
    fc.assert(
      fc.property(fc.integer({ min: -100 * hourMs, max: month.to }), lengths, span, (begin, some, served) => {
        let at = begin;
        const sum = noFigures();
        for (const { state, ms } of some) {
          const interval = { ...one(state, 0, 0), from: at, to: at + ms };
          add([sum], interval, { month, served, usuallyOn: () => null });
          at += ms;
        }
        const known = Math.max(0, Math.min(at, month.to) - Math.max(begin, 0));
        const { upMs, downMs, unreachableMs, unknownMs, excludedMs, asleepMs, unseenMs, outsideMs, lostMs } = sum;
        expect(upMs + downMs + unreachableMs + unknownMs + excludedMs + asleepMs + unseenMs + outsideMs).toBe(known);
        expect(Object.values(sum.lostByCause).reduce((all, ms) => all + ms, 0)).toBe(lostMs);
        expect(downMs + unreachableMs).toBe(lostMs);
      }),
    );
  });

  it("says what there is no data for", () => {
    const november = { from: Date.UTC(2026, 10), to: Date.UTC(2026, 11) };
    const later = Date.UTC(2026, 11, 5);
    expect(noteOf(november, Date.UTC(2026, 9, 31), 1)).toBe("No data: this month has not begun.");
    expect(noteOf(november, later, null)).toBe("No data: nothing is known yet.");
    expect(noteOf(november, later, Date.UTC(2026, 11, 3))).toBe("No data: what is known begins on 3 December 2026.");
    expect(noteOf(november, later, Date.UTC(2026, 10, 3))).toBe("Known only from 3 November 2026 on.");
    expect(noteOf(november, later, 1)).toBeNull();
  });
});
