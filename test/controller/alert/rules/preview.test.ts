import { expect, it } from "vitest";
import { previewListed, previewOf } from "../../../../controller/alert/rules/preview.ts";
import { type RuleText, rule } from "../../../../controller/alert/rules/schema.ts";

const busy: RuleText = {
  id: "busy",
  title: "Busy",
  value: { field: "radio.clients" },
  raise: { above: 10 },
  severity: "warning",
};
const now = 1_000_000;
const values: Record<string, number> = { "ap-1": 4, "ap-2": 40, "ap-3": 12 };
const preview = (text: RuleText, usual: number | null = null, oldest = now) =>
  previewOf(rule.parse(text), {
    devices: ["ap-1", "ap-2", "ap-3", "gw-1"].map((id) => {
      return {
        id,
        name: `Demo ${id}`,
        site: "",
        kind: id.startsWith("ap") ? "access-point" : "gateway",
        tags: [],
        profile: null,
      };
    }),
    latest: (id) => {
      const clients = values[id];
      const at = id === "ap-2" ? oldest : now;
      return clients === undefined
        ? []
        : [{ m: "radio", at, tags: { radio: "phy0" }, fields: { clients, channel: 11 } }];
    },
    usual: () => usual,
    currentMs: () => 90_000,
    now,
  });

it("says whom a rule fits, who has what it looks at, and who is bad right now, worst first", () => {
  const { fits, withField, bad, list, sentence } = preview(busy);
  expect([fits, withField, bad]).toEqual([4, 3, 2]);
  expect(list.map(({ device, number, bad }) => [device, number, bad])).toEqual([
    ["ap-2", 40, true],
    ["ap-3", 12, true],
    ["ap-1", 4, false],
  ]);
  expect(list[0]?.said).toBe("phy0: 40 (limit 10)");
  expect(sentence).toBe("4 devices in its scope, 3 with radio.clients; 2 are bad right now.");
});

it("calls nothing bad by old values, by what it cannot know, or out of scope", () => {
  expect(preview(busy, null, now - 90_001).bad).toBe(1);
  expect(preview({ ...busy, usual: { weeks: 4, factor: true } }).bad).toBe(0);
  expect(preview({ ...busy, usual: { weeks: 4, factor: true }, raise: { above: 3 } }, 4).list[0]).toMatchObject({
    number: 10,
  });
  const rate = preview({ ...busy, value: { field: "radio.clients", fn: "falls", window: "1h" } });
  expect([rate.bad, rate.list[0]?.number]).toEqual([0, null]);
  expect(rate.sentence).toMatch(/more than the newest value/);
  expect(preview({ ...busy, scope: { kinds: ["sensor"] } }).sentence).toBe("No device is in its scope.");
  expect(preview({ ...busy, raise: { below: 20 } }).list.map(({ device }) => device)).toEqual(["ap-1", "ap-3", "ap-2"]);
});

it("lists a bounded number", () => {
  const many = previewOf(rule.parse(busy), {
    devices: Array.from({ length: previewListed + 1 }, (_, i) => {
      return { id: `ap-${i}`, name: "", site: "", kind: "access-point", tags: [], profile: null };
    }),
    latest: () => [{ m: "radio", at: now, tags: { radio: "phy0" }, fields: { clients: 11 } }],
    ...{ usual: () => null, currentMs: () => 1, now },
  });
  expect([many.list.length, many.bad]).toEqual([previewListed, previewListed + 1]);
});
