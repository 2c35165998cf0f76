import { expect, it } from "vitest";
import { callLines, causeSentence } from "../../dashboards/web/src/cause-words.ts";

const change = { at: 0, text: "restarted" };
it.each([
  [{ rule: "device_down", cause: null, changed: [] }, "This device, its cable or its power."],
  [{ rule: "site_unreachable", cause: "line", changed: [] }, "The line: the devices themselves were up all the time."],
  [
    { rule: "device_down", cause: null, changed: [change] },
    "This device, its cable or its power. Something changed shortly before: see below.",
  ],
  [{ rule: "airtime", cause: null, changed: [change] }, "Something changed shortly before: see below."],
  [{ rule: "airtime", cause: null, changed: [] }, null],
] as const)("likely cause %#", ({ changed, ...incident }, text) =>
  expect(causeSentence({ ...incident, changed: [...changed] })).toBe(text),
);

it("whom to call, in lines that can be pressed", () => {
  expect(callLines(null)).toEqual([]);
  expect(callLines({ phone: "+44 (0)1632 960123", email: "noc@supplier.example", circuit: "DEMO-1" })).toEqual([
    { label: "Phone", text: "+44 (0)1632 960123", href: "tel:+4401632960123" },
    { label: "E-mail", text: "noc@supplier.example", href: "mailto:noc@supplier.example" },
    { label: "Circuit", text: "DEMO-1" },
  ]);
});
