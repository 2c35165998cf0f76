import fc from "fast-check";
import { expect, test } from "vitest";
import { decide, type Facts } from "../../../controller/registry/enrolment/decide.ts";

const device = fc.constantFrom("ap-a", "ap-b");
const kind = fc.constantFrom<Facts["kind"]>("access-point", "sensor");
const facts: fc.Arbitrary<Facts> = fc.record({
  kind,
  byKey: fc.option(fc.record({ device, sameHardware: fc.boolean() })),
  byHardware: fc.option(device),
  token: fc.record({
    state: fc.constantFrom<Facts["token"]["state"]>("usable", "used-up", "expired", "revoked", "unknown"),
    device: fc.option(device),
    kind: fc.option(kind),
  }),
  listed: fc.option(
    fc.record({
      state: fc.constantFrom<NonNullable<Facts["listed"]>["state"]>("awaiting", "foreign", "approved", "rejected"),
      why: fc.constantFrom("known-hardware", "replaced", "unknown-token", "removed"),
      device: fc.option(device),
    }),
  ),
});
const check = (says: (given: Facts, decision: ReturnType<typeof decide>) => void) =>
  fc.assert(
    fc.property(facts, (given) => says(given, decide(given))),
    { numRuns: 2_000 },
  );

test("whoever is unknown and not approved needs a token that is usable", () =>
  check((given, decision) => {
    if (given.byKey || given.listed?.state === "approved" || given.token.state === "usable") return;
    expect(["wait", "refuse"]).toContain(decision.do);
  }));

test("known hardware with another key takes its place only by a token bound to it, or a person", () =>
  check((given, decision) => {
    if (given.byHardware === null || given.byKey || given.listed?.state === "approved") return;
    if (decision.do === "create" || decision.do === "issue") expect.unreachable();
    if (decision.do === "replace")
      expect([decision.device, given.token.device]).toEqual([given.byHardware, given.byHardware]);
  }));

test("a known key in its own hardware always gets a password for its own device", () =>
  check((given, decision) => {
    if (given.byKey?.sameHardware) expect(decision).toEqual({ do: "issue", device: given.byKey.device });
  }));

test("who was rejected is refused, unless its key and hardware are known", () =>
  check((given, decision) => {
    if (given.listed?.state === "rejected" && !given.byKey?.sameHardware) expect(decision.do).toBe("refuse");
  }));

test("a token's kind holds", () =>
  check((given, decision) => {
    if (decision.do === "create" && given.token.kind !== null) expect(given.token.kind).toBe(given.kind);
  }));
