import { describe, expect, test } from "vitest";
import { defaultRules } from "../../../controller/alert/rules/defaults.ts";
import { apply, emptyRules } from "../../../controller/alert/rules/engine.ts";
import { type Rule, rule } from "../../../controller/alert/rules/schema.ts";
import { sampleWeeks } from "../../../controller/street/host/weeks.ts";
import { isLineUp } from "../../../controller/street/rhythm/power.ts";
import { devices as all } from "../../../controller/street/town/devices.ts";

const seed = 1;
const dayMs = 86_400_000;
/** Every second one of each site: a week of all takes as long again and says the same. */
const devices = all.filter((_, i) => i % 2 === 0);
const rules = defaultRules.map((text) => rule.parse(text));
/** Told at once, at any hour or in working hours; the others wait for the digest. */
const pages = (id: string): boolean => ["critical", "major"].includes(severityOf(id));
const severityOf = (id: string): Rule["severity"] => rules.find((one) => one.id === id)?.severity ?? "critical";

/** What the program's own rules find in what the street measures, device by device. */
function fired(from: number, to: number, spoil?: (fields: Record<string, number>, at: number) => void): string[] {
  const state = emptyRules();
  const needs = { usual: () => null };
  apply(state, { kind: "rules", rules }, needs);
  const found: string[] = [];
  for (const device of devices) {
    const is = { id: device.key, site: device.site.key, kind: device.kind, tags: [], profile: null };
    apply(state, { kind: "subject", id: device.key, is }, needs);
    for (let day = from; day < to; day += dayMs) {
      for (const { m, tags, columns, rows } of sampleWeeks({ ...device, seed }, day, Math.min(to, day + dayMs))) {
        const width = columns.length + 1;
        for (let i = 0; i < rows.length; i += width) {
          const at = rows[i] ?? 0;
          // What is measured while the line is down comes afterwards, and says nothing of now.
          if (!isLineUp(seed, device.site, at)) continue;
          const given = columns.flatMap((name, c): [string, number][] => {
            const value = rows[i + 1 + c] ?? Number.NaN;
            return Number.isNaN(value) ? [] : [[name, value]];
          });
          const fields = Object.fromEntries(given);
          spoil?.(fields, at);
          for (const change of apply(
            state,
            { kind: "sample", sample: { device: device.key, m, at, tags, fields } },
            needs,
          ))
            if (change.kind === "fired") found.push(change.rule);
        }
      }
    }
  }
  return found;
}

/** From a Monday on. */
const monday = Date.UTC(2026, 10, 16);

describe("a simulated week", () => {
  test("that is healthy, with its market day and its noisy radio, pages nobody", () => {
    expect(fired(monday, monday + 7 * dayMs).filter(pages)).toEqual([]);
  }, 120_000);

  test("in which the page that people would try fails everywhere for ten minutes pages for each", () => {
    const noon = monday + dayMs / 2;
    const broken = fired(monday, monday + dayMs, (fields, at) => {
      if (fields["success"] !== undefined && at >= noon && at < noon + 600_000) fields["success"] = 0;
    });
    expect(broken.filter((id) => id === "probe_failed").length).toBeGreaterThan(devices.length / 2);
  });
});
