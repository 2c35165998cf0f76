import { expect, it } from "vitest";
import {
  behindSentence,
  cableSentence,
  learntSentence,
  maintenanceSentence,
} from "../../dashboards/web/src/behind-words.ts";

const names: Record<string, string> = { a: "Switch 3", b: "Router A", c: "Router B" };
it.each([
  [{ via: null, parents: [] }, ""],
  [{ via: "a", parents: [] }, "Behind Switch 3."],
  [{ via: null, parents: [["b", "c"]] }, "Behind Router A or Router B: one of them is enough."],
  [{ via: "a", parents: [["b", "c"], []] }, "Behind Switch 3, and behind Router A or Router B: one of them is enough."],
])("behind %#", (device, text) => expect(behindSentence(device, (id) => names[id] ?? id)).toBe(text));

it("says the window that it is in, until when, why and whether it counts", () => {
  const now = Date.UTC(2026, 10, 28, 12, 0);
  const window = { id: "maintenance_1", why: "new switch", until: now + 3_600_000, sla: "exclude" } as const;
  expect(maintenanceSentence(window, now, "Europe/London")).toBe(
    "In maintenance until 13:00: new switch. Nobody is told while it lasts, and this time says nothing of its availability.",
  );
  expect(maintenanceSentence({ ...window, sla: "count" }, now)).toContain("counts like any other");
  expect(maintenanceSentence(window, window.until)).toBe("");
  expect(maintenanceSentence(null, now)).toBe("");
});

it("says where the cable that leads out ends, and when that was seen", () => {
  const at = Date.UTC(2026, 10, 28, 12, 0);
  const cable = { interface: "eth0", systemName: "sw-1", chassis: null, port: "7", address: null, device: null, at };
  const other = { ...cable, interface: "eth1", systemName: "a camera", uplink: false };
  expect(cableSentence({ cables: [other, { ...cable, uplink: true }] }, at, "Europe/London")).toBe(
    "At port 7 of sw-1, seen at 12:00.",
  );
  expect(cableSentence({ cables: [{ ...cable, systemName: null, port: null, uplink: null }] }, at)).toContain(
    "At something without a name",
  );
  expect(cableSentence({ cables: [other] }, at)).toBe("");
});

it("says what was learnt, and what it means for notices", () => {
  const edge = {
    ...{ parent: "sw", name: "Switch 3", interface: "eth0", port: "7", needed: 3, firstAt: 0, lastAt: 0 },
    how: "lldp" as const,
  };
  expect(learntSentence({ ...edge, seen: 1, standing: "counting" })).toBe(
    "Seen behind Switch 3 (port 7): not yet seen often enough to count (1 of 3 times).",
  );
  expect(learntSentence({ ...edge, how: "gateway", seen: 3, standing: "holds" })).toBe(
    "Seen behind Switch 3 (its gateway): while that is lost, this device is not told of by itself.",
  );
});
