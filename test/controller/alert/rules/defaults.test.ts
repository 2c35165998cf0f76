import { describe, expect, it } from "vitest";
import { defaultRules } from "../../../../controller/alert/rules/defaults.ts";
import { apply, emptyRules } from "../../../../controller/alert/rules/engine.ts";
import { rule } from "../../../../controller/alert/rules/schema.ts";

const minute = 60_000;
const rules = defaultRules.map((text) => rule.parse(text));

/** One series of one device under the program's own rules: what fires, and what is over, minute by minute. */
function told(m: string, kind: string, values: readonly object[], usual: number | null = null): string[] {
  const state = emptyRules();
  const needs = { usual: () => usual };
  apply(state, { kind: "rules", rules }, needs);
  const is = { id: "d", site: "s", kind, tags: [], profile: null };
  apply(state, { kind: "subject", id: "d", is }, needs);
  return values.flatMap((fields, i) => {
    const sample = { device: "d", m, at: i * minute, tags: {}, fields: fields as Record<string, number> };
    return apply(state, { kind: "sample", sample }, needs).flatMap((change) =>
      change.kind === "fired" || change.kind === "resolved" ? [`${i} ${change.kind} ${change.rule}`] : [],
    );
  });
}
const during = (minutes: number, fields: object): object[] => Array(minutes).fill(fields);

describe("the program's own rules", () => {
  it("have one name each", () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });

  it("tell a radio that no longer serves after 3 minutes, and that it does again after 3", () => {
    const values = [...during(5, { serving: 1 }), ...during(5, { serving: 0 }), ...during(5, { serving: 1 })];
    expect(told("radio", "access-point", values)).toEqual(["8 fired radio_off", "13 resolved radio_off"]);
    expect(told("radio", "sensor", values)).toEqual([]);
  });

  it("tell a network that is not in the air, where it is known how many usually are", () => {
    const values = [...during(5, { networks: 2 }), ...during(5, { networks: 1 })];
    expect(told("radio", "access-point", values, 2)).toEqual(["8 fired ssid_missing"]);
    expect(told("radio", "access-point", values)).toEqual([]);
  });

  it("tell retries above 30 % for a quarter of an hour, over below 20 %", () => {
    const values = [
      ...during(20, { retry_percent: 25 }),
      ...during(30, { retry_percent: 45 }),
      ...during(40, { retry_percent: 12 }),
    ];
    const [fired, over] = told("radio", "access-point", values);
    expect([fired, over]).toEqual(["36 fired retries", "68 resolved retries"]);
  });

  it("tell a configuration that is not in force for 10 minutes, not a trial", () => {
    const trial = [{ applied: 1 }, ...during(3, { applied: 0 }), ...during(9, { applied: 1 })];
    expect(told("config", "sensor", trial)).toEqual([]);
    expect(told("config", "sensor", [...trial, ...during(12, { applied: 0 }), { applied: 1 }])).toEqual([
      "23 fired config_not_applied",
      "25 resolved config_not_applied",
    ]);
  });

  it("tell files that somebody changed on a device after 10 minutes, until they are as they were", () => {
    const values = [...during(3, { drifted: 0 }), ...during(15, { drifted: 1 }), ...during(3, { drifted: 0 })];
    expect(told("config", "switch", values)).toEqual(["13 fired config_drift", "18 resolved config_drift"]);
  });

  it("tell a battery below 15 % for an hour, until it is above 20 %", () => {
    const values = [
      ...during(5, { battery_percent: 60 }),
      ...during(70, { battery_percent: 14 }),
      ...during(20, { battery_percent: 18 }),
      ...during(15, { battery_percent: 30 }),
    ];
    expect(told("system", "sensor", values)).toEqual(["65 fired battery", "105 resolved battery"]);
  });

  it.each([
    ["cold", { temperature_celsius: -45 }, { temperature_celsius: -12 }],
    ["humidity", { humidity_percent: 130 }, { humidity_percent: 100 }],
    ["dry", { humidity_percent: 0 }, { humidity_percent: 35 }],
    ["pressure_high", { pressure_hpa: 1_200 }, { pressure_hpa: 1_045 }],
    ["pressure_low", { pressure_hpa: 300 }, { pressure_hpa: 950 }],
    ["dust", { pm25_ug_per_m3: 3_000 }, { pm25_ug_per_m3: 180 }],
  ])("tell %s that cannot be after an hour, and nothing of weather", (id, odd, usual) => {
    const values = [...during(10, usual), ...during(90, odd), ...during(40, usual)];
    const found = told("environment", "sensor", values);
    expect(found.map((text) => text.replace(/^\d+ /, ""))).toEqual([
      `fired sensor_range_${id}`,
      `resolved sensor_range_${id}`,
    ]);
    expect(told("environment", "sensor", during(200, usual))).toEqual([]);
  });
});
