import fc from "fast-check";
import { expect, it } from "vitest";
import { onDuty } from "../../controller/alert/escalation/rota.ts";
import { policy } from "../../controller/alert/escalation/schema.ts";
import { escalationDraftOf, newStep, policyOf, turnsOf } from "../../dashboards/web/src/escalation-draft.ts";

const rota = {
  timeZone: "Europe/London",
  from: "2026-06-01T09:00",
  weeks: [
    { who: "Ann", channels: ["c1"] },
    { who: "Bob", channels: ["c2"] },
    { who: "Cleo", channels: ["c3"] },
  ],
};

it("a policy is the same after it was in the form", () => {
  const made = policy.parse({
    severities: ["critical"],
    steps: [
      { afterMs: 0, rota: true, channels: [] },
      { afterMs: 900_000, channels: ["c1", "c2"], repeatEveryMs: 600_000 },
    ],
    againAfterMs: 5_400_000,
    rota,
  });
  expect(policy.parse(policyOf(escalationDraftOf(made)))).toEqual(made);
  expect(policyOf(escalationDraftOf({ steps: [] }))).toMatchObject({ severities: ["critical", "major"], rota: null });
});

it("without a rota no step names it; the first step is at once; the next a while after", () => {
  const draft = { ...escalationDraftOf({ steps: [] }), steps: [{ ...newStep(undefined), rota: true, after: "5m" }] };
  expect(policyOf(draft).steps).toEqual([{ afterMs: 0, channels: [], rota: false, repeatEveryMs: null }]);
  expect(newStep(newStep(undefined)).after).toBe("15m");
});

it("whose week it is agrees with the controller, over the change of clocks and before the first week", () => {
  const from = Date.parse("2026-05-01T00:00Z");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 365 * 24 * 60 }), (minutes) => {
      const now = from + minutes * 60_000;
      const [turn, next] = turnsOf(rota, now, 2);
      const is = onDuty(rota, now);
      expect([turn?.who, turn?.to, next?.who]).toEqual([is.who, is.until, onDuty(rota, is.until).who]);
      expect((turn?.from ?? now) <= now && (turn?.to ?? 0) > now).toBe(true);
    }),
    { numRuns: 200 },
  );
  expect(turnsOf({ ...rota, from: "" }, from, 2)).toEqual([]);
});
