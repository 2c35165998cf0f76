import { expect, it } from "vitest";
import { matchSentence, scopesOf } from "../../dashboards/web/src/silence-scopes.ts";

const member = (device: string, state: "down" | "back" = "down") => ({
  ...{ device, name: device, rule: "device_down", state, since: 0, backAt: null },
});
const site = { type: "site", id: "site-a", name: "Demo Square" };

it("of a device: that device first", () => {
  const root = { type: "device", id: "ap-1", name: "Demo lamp" };
  const choices = scopesOf({ root, rule: "device_down", site: "site-a", members: [member("ap-1")] }, "Demo Square");
  expect(choices.map(({ key, label }) => `${key}: ${label}`)).toEqual([
    "device: Demo lamp, whatever it has",
    "site: All of Demo Square",
    "rule-here: Only that a device is offline, at Demo Square",
    "rule: Only that a device is offline, everywhere",
  ]);
  expect(choices[0]?.select).toEqual({ scope: { devices: ["ap-1"] } });
});

it("of a site: the site first, or only those that are bad in it", () => {
  const members = [member("ap-1"), member("ap-2"), member("ap-3", "back")];
  const choices = scopesOf({ root: site, rule: "site_unreachable", site: "site-a", members }, "Demo Square");
  expect(choices.map(({ key }) => key)).toEqual(["site", "members", "rule-here", "rule"]);
  expect(choices[1]).toMatchObject({
    label: "Only the 2 devices in it",
    select: { scope: { devices: ["ap-1", "ap-2"] } },
  });
});

it("of the controller: only its rule", () => {
  const root = { type: "controller", id: "controller", name: "The controller" };
  const choices = scopesOf({ root, rule: "cannot_store", site: null, members: [] }, "no site");
  expect(choices.map(({ select }) => select)).toEqual([{ scope: {}, rules: ["cannot_store"] }]);
});

it.each([
  [{ devices: 5, incidents: [] }, "Quiets 5 devices, and no open incident."],
  [{ devices: 1, incidents: [{ id: "a", sentence: "", whole: true }] }, "Quiets 1 device, and 1 open incident."],
  [
    { devices: 1, incidents: [{ id: "a", sentence: "", whole: false }] },
    "Quiets 1 device, and 1 open incident, in part.",
  ],
  [
    { devices: 0, incidents: [true, false].map((whole, i) => ({ id: `${i}`, sentence: "", whole })) },
    "Quiets this wherever it is found, and 2 open incidents, 1 of them in part.",
  ],
])("what it would quiet %#", (found, text) => expect(matchSentence({ next: [], ...found })).toBe(text));
