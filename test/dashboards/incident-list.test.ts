import { describe, expect, it } from "vitest";
import type { Incident } from "../../dashboards/web/src/api.ts";
import { fits, groupsOf, wantedOf, wantsOver } from "../../dashboards/web/src/incident-list.ts";

const me = { id: "user_me", name: "me" };
const incident = (id: string, over: Partial<Incident> = {}): Incident => ({
  id,
  ...{ state: "open", severity: "major", rule: "device_down", cause: null, sentence: `${id}.`, site: "site-a" },
  ...{ root: { type: "device", id, name: id }, members: [], since: 0, openedAt: 0, resolvedAt: null },
  ...{ includes: [], changed: [], told: [] },
  ...over,
});
const mutedBy = { id: "silence_1", by: "silence", who: "jo", why: "works", until: 1 } as const;
const all = [
  incident("free"),
  incident("mine", { ackedBy: "me" }),
  incident("given", { assignee: me, site: "site-b" }),
  incident("theirs", { ackedBy: "jo" }),
  incident("quiet", { mutedBy }),
];
const asked = (text: string) => {
  const search = new URLSearchParams(text);
  return wantedOf((name) => search.get(name) ?? "");
};

describe("the filters of the address", () => {
  it.each([
    ["", "free mine given theirs quiet", true],
    ["who=mine", "mine given", false],
    ["who=free", "free given quiet", false],
    ["who=taken", "mine theirs", false],
    ["muted=yes", "quiet", false],
    ["muted=no&who=free", "free given", false],
    ["site=site-b", "given", true],
    ["state=open", "free mine given theirs quiet", false],
    ["state=resolved", "", true],
    ["state=nonsense&who=nonsense", "free mine given theirs quiet", true],
  ])("%s", (text, ids, over) => {
    const wanted = asked(text);
    expect(all.filter((one) => fits(one, wanted, me)).map(({ id }) => id)).toEqual(ids.split(" ").filter(Boolean));
    expect(wantsOver(wanted)).toBe(over);
  });
});

describe("the order", () => {
  const list = [
    incident("old", { openedAt: 1 }),
    incident("new", { openedAt: 2, site: "site-b" }),
    incident("worst", { severity: "critical", site: "site-b" }),
    incident("own", { severity: "warning", site: null, root: { type: "controller", id: "controller", name: "x" } }),
    incident("nowhere", { severity: "info", site: null }),
  ];
  const names = (site: string | null) => site ?? "no site";
  const shape = (by: "severity" | "site") =>
    groupsOf(list, by, names).map(({ title, items }) => `${title}: ${items.map(({ id }) => id).join(" ")}`);
  it("worst first, then the newest", () => expect(shape("severity")).toEqual([": worst new old own nowhere"]));
  it("by site, that with the worst first", () =>
    expect(shape("site")).toEqual([
      "site-b: worst new",
      "site-a: old",
      "The controller itself: own",
      "no site: nowhere",
    ]));
});
