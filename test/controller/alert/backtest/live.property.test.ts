import fc from "fast-check";
import { expect, it } from "vitest";
import { planOf, samplesAs } from "../../../../controller/alert/backtest/plan.ts";
import { createReading } from "../../../../controller/alert/backtest/read.ts";
import { runBacktest } from "../../../../controller/alert/backtest/run.ts";
import { createSampler } from "../../../../controller/alert/backtest/samples.ts";
import { createFeed } from "../../../../controller/alert/rules/feed.ts";
import { type Rule, type RuleText, rule } from "../../../../controller/alert/rules/schema.ts";
import { estate, from, type History, minute } from "./estate.ts";

const base = { id: "draft", title: "Draft", severity: "warning" } as const;
const rules: RuleText[] = [
  {
    ...base,
    value: { field: "radio.clients" },
    raise: { above: 6 },
    clear: { below: 3 },
    for: "10m",
    clearFor: "10m",
    samples: 3,
  },
  { ...base, value: { field: "radio.clients" }, raise: { below: 2 } },
  { ...base, value: { field: "radio.clients" }, raise: { above: 7 }, duty: { bad: 2, of: 3 }, clearFor: "5m" },
  { ...base, value: { field: "radio.clients", fn: "mean", window: "15m" }, raise: { above: 5 }, for: "5m" },
  { ...base, value: { field: "radio.clients", fn: "falls", window: "1h" }, raise: { above: 3 }, clear: { below: 2 } },
  { ...base, value: { field: "radio.clients" }, divideBy: { field: "radio.channel" }, raise: { above: 70 }, for: "5m" },
];
const length = 3 * 1_440;

/** The same samples as they come in, each device's when it is its time, and what is told of each device. */
async function live(one: Rule, histories: readonly History[]) {
  const plan = planOf(one);
  const { needs } = estate(histories);
  const feed = createFeed({ usual: () => null, intervalMs: () => minute });
  feed.rules([{ ...one, samples: samplesAs(one.samples, 10_000, plan.extremes) }]);
  const samples = [];
  for (const device of needs.devices()) {
    feed.subject(device.id, device);
    const reading = createReading(needs.series, one, [one], plan, { from, to: from + length * minute });
    const sampler = createSampler(plan, one.raise);
    for (const series of await reading.values(device.id, { from, to: from + length * minute }))
      samples.push(...sampler.of(series));
  }
  samples.sort((a, b) => a.at - b.at);
  const bad = new Map<string, { from: number; firedAt: number; to: number | null }>();
  const told: { device: string; from: number; firedAt: number; to: number | null }[] = [];
  for (const [i, sample] of samples.entries()) {
    feed.sampled(sample);
    if (samples[i + 1]?.at === sample.at) continue;
    for (const event of feed.news().events) {
      if (event.kind !== "rule") continue;
      const { device, is } = event;
      const open = bad.get(device);
      if (is.state === "bad" && !open) {
        const one = { device, from: is.since, firedAt: sample.at, to: null };
        bad.set(device, one);
        told.push(one);
      } else if (is.state === "good" && open) {
        open.to = is.at;
        bad.delete(device);
      }
    }
  }
  return told;
}

/** Long and short stretches, with quiet ones of hours between, one value every 2.5 minutes. */
const stretch = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ value: fc.integer({ min: 0, max: 10 }), many: fc.integer({ min: 1, max: 20 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ value: fc.integer({ min: 3, max: 5 }), many: fc.integer({ min: 50, max: 900 }) }),
  },
);
const values = fc
  .array(stretch, { minLength: 12, maxLength: 60 })
  .map((runs) => runs.flatMap(({ value, many }) => Array.from({ length: many }, () => value)).slice(0, length / 2.5));

it("a rule over a history finds what it would have found as that came in", async () => {
  const device = fc.record({
    series: fc.array(values, { minLength: 1, maxLength: 2 }),
    hole: fc.integer({ min: 0, max: 200 }),
  });
  let fired = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...rules),
      fc.array(device, { minLength: 1, maxLength: 3 }),
      async (text, devices) => {
        const one = rule.parse(text);
        const histories = devices.flatMap(({ series, hole }, d) =>
          series.map((clients, s): History => {
            const there = clients
              .map((value, i) => [i * 2.5, value] as const)
              .filter(([at]) => at < hole || at > hole + 200);
            const fields = { clients: there, channel: there.map(([at]) => [at, 11] as const) };
            return { device: `ap-${d}`, site: d === 0 ? "a" : "b", m: "radio", tags: { radio: `phy${s}` }, fields };
          }),
        );
        const { needs } = estate(histories);
        const range = { from, to: from + length * minute };
        const { list, counts } = await runBacktest(
          needs,
          { rule: one, ...range },
          () => {},
          () => false,
        );
        const expected = await live(one, histories);
        const plain = (all: readonly { device: string; from: number; firedAt: number; to: number | null }[]) =>
          all
            .map(({ device, from, firedAt, to }) => {
              // Live, the time is that of the series that was good last by its clock, not the latest.
              const alone = histories.filter((h) => h.device === device).length === 1;
              return { device, from, firedAt, to: alone || to === null ? to : "over" };
            })
            .sort((a, b) => a.firedAt - b.firedAt || (a.device < b.device ? -1 : 1));
        expect(plain(list)).toEqual(plain(expected));
        expect(counts.fired).toBe(expected.length);
        fired += expected.length;
      },
    ),
    { numRuns: 25 },
  );
  expect(fired).toBeGreaterThan(20);
});
