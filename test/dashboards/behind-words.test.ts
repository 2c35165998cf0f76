import { expect, it } from "vitest";
import { behindSentence, maintenanceSentence } from "../../dashboards/web/src/behind-words.ts";

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
