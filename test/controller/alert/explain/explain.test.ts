import { describe, expect, it } from "vitest";
import { explainHours, explainPresence } from "../../../../controller/alert/explain/device.ts";
import { type Around, suppressionsOf, timersOf, whyHeld } from "../../../../controller/alert/explain/incident.ts";
import { calmAt, explainRule } from "../../../../controller/alert/explain/rule.ts";
import { explainLimits, samplesQuery } from "../../../../controller/alert/explain/samples.ts";
import { explainTold, whoWasTold } from "../../../../controller/alert/explain/told.ts";
import { noFacts } from "../../../../controller/alert/facts.ts";
import { createFeed } from "../../../../controller/alert/rules/feed.ts";
import { type RuleText, rule } from "../../../../controller/alert/rules/schema.ts";
import type { IncidentView, Told } from "../../../../controller/alert/view.ts";

const minute = 60_000;
const ten = Date.UTC(2026, 0, 12, 10);
const when = { now: ten + 20 * minute, timeZone: "Europe/London" };
const crowded: RuleText = {
  id: "crowded",
  title: "Crowded",
  value: { field: "radio.utilisation_percent" },
  raise: { above: 80 },
  clear: { below: 65 },
  for: "15m",
  clearFor: "10m",
  samples: 20,
  severity: "warning",
};
const device = { id: "ap-1", site: "lib", kind: "access-point", tags: ["indoor"], profile: null };

/** One value a minute of one radio, from ten o'clock on. */
function looking(text: RuleText, values: number[], usual: number | null = null) {
  const made = rule.parse(text);
  const feed = createFeed({ usual: () => usual, intervalMs: () => minute });
  feed.rules([made]);
  feed.subject(device.id, device);
  for (const [i, value] of values.entries())
    feed.sampled({
      ...{ device: "ap-1", m: "radio", at: ten + i * minute, tags: { radio: "phy 0" } },
      fields: { utilisation_percent: value, clients: value },
    });
  return explainRule(made, device, feed.looks(made, "ap-1"), when);
}

describe("where a rule stands at a device", () => {
  it.each<[string, RuleText, number[], string, RegExp]>([
    ["fine", crowded, [34], "ok", /^Fine: 34 % \(limit 80 %\)\. It would have to be bad for 15 min\.$/],
    [
      "pending",
      crowded,
      [50, 91, 92, 93],
      "pending",
      /^Bad since 10:01: 93 % \(limit 80 %\)\. Counts at 10:16 if it stays so, after 17 more bad samples\.$/,
    ],
    ["firing", { ...crowded, samples: 1, for: "1m" }, [91, 92], "firing", /^Bad since 10:00: 92 % \(limit 80 %\)\.$/],
    [
      "clearing",
      { ...crowded, samples: 1, for: "1m" },
      [91, 92, 40],
      "clearing",
      /good since 10:02, over at 10:12 if it stays so\.$/,
    ],
    [
      "flapping",
      { ...crowded, samples: 1, for: "0s", clearFor: "0s", clear: undefined },
      [91, 40, 91, 40, 91],
      "firing",
      /comes and goes: held until about 10:\d\d, if it stays calm\.$/,
    ],
    [
      "without history",
      { ...crowded, usual: { weeks: 6 } },
      [91],
      "waiting",
      /not known for 6 weeks yet: it cannot fire\.$/,
    ],
    [
      "too few values",
      { ...crowded, value: { field: "radio.utilisation_percent", fn: "rate", window: "10m" } },
      [1],
      "waiting",
      /^Too few values yet .* over 10m\.$/,
    ],
    ["silent", crowded, [], "silent", /has not sent radio\.utilisation_percent/],
    ["switched off", { ...crowded, enabled: false }, [91], "off", /^Switched off\.$/],
    [
      "of another kind",
      { ...crowded, scope: { kinds: ["sensor"] } },
      [91],
      "elsewhere",
      /^It looks at sensor only; this device is access-point\.$/,
    ],
    ["of another tag", { ...crowded, scope: { tags: ["outdoor"] } }, [91], "elsewhere", /tagged outdoor only/],
    ["elsewhere", { ...crowded, scope: { sites: ["museum"] } }, [91], "elsewhere", /other sites only/],
  ])("%s", (_what, text, values, state, words) => {
    const [one, ...more] = looking(text, values);
    expect(more).toEqual([]);
    expect(one?.state).toBe(state);
    expect(one?.text).toMatch(words);
  });

  it("says until when something is usually not looked at, and looks at the series that the rule names only", () => {
    const text = { ...crowded, value: { field: "radio.clients" }, usual: { weeks: 4, atLeast: 5 } };
    expect(looking(text, [0], 2)[0]?.text).toBe("Usually 2 at this hour: looked at only from 5 on.");
    expect(looking({ ...crowded, series: { radio: "phy 0" } }, [34])[0]?.series).toBe("radio=phy 0");
    expect(looking({ ...crowded, series: { radio: "phy1" } }, [34])[0]?.state).toBe("silent");
  });

  it("what flaps is calm when its score has fallen to the limit", () => {
    expect(calmAt({ score: 4, at: 0, flapping: true })).toBe(30 * minute);
    expect(calmAt({ score: 0.5, at: 7, flapping: true })).toBe(7);
  });
});

const view: IncidentView = {
  ...{ id: "i-1", state: "open", severity: "warning", rule: "crowded", cause: null, sentence: "Demo." },
  ...{
    root: { type: "site", id: "lib", name: "Library" },
    site: "lib",
    members: [],
    includes: [],
    changed: [],
    told: [],
  },
  ...{ since: ten, openedAt: ten + 15 * minute, resolvedAt: null },
};
const row: Parameters<typeof timersOf>[1] = {
  ...{ state: "open", tellAt: null, toldAt: null, updateAt: null, recoverBy: null, cause: null },
  facts: noFacts,
};
const around: Around = {
  ...when,
  rule: rule.parse(crowded),
  hours: { open: true, changesAt: null },
  blindSince: null,
  standings: [],
};

describe("an incident", () => {
  it("has its times, those that were and those that it waits for", () => {
    const waits = { ...row, tellAt: when.now + 1_000, updateAt: when.now + minute, recoverBy: when.now + 2 * minute };
    const timers = timersOf({ ...view, ackedBy: "jo", ackedAt: ten + 16 * minute }, waits, around);
    expect(timers.map(({ name }) => name)).toEqual([
      "since",
      "for",
      "opened",
      "acknowledged",
      "tell",
      "update",
      "recover",
    ]);
    expect(timers.map(({ text }) => text).join(" ")).toMatch(/began at 10:00\. It counted from 10:15, after 15 min\./);
    const over = timersOf(
      { ...view, state: "resolved", resolvedAt: ten + 30 * minute },
      { ...row, state: "resolved" },
      around,
    );
    expect(over.at(-1)).toEqual({ name: "ended", at: ten + 30 * minute, text: "It was over at 10:30." });
  });

  it("says everything that keeps notices back, and until when", () => {
    const member = { name: "", rule: "device_down", state: "down", since: ten, backAt: null } as const;
    const site = {
      ...view,
      members: [
        { ...member, device: "ap-1", suppressedBy: "topology" },
        { ...member, device: "ap-2", suppressedBy: "topology" },
      ],
    };
    const flap = { score: 4, at: when.now, flapping: true };
    const instance = { state: "firing", since: ten, samples: 1, badSince: ten, duty: 0, flap } as const;
    const all = suppressionsOf(site, row, {
      ...around,
      hours: { open: false, changesAt: when.now + 60 * minute },
      blindSince: ten,
      standings: [{ rule: "crowded", device: "ap-1", series: "", number: 1, instance }],
    });
    expect(all.map(({ reason, devices, until }) => [reason, devices.length, until])).toEqual([
      ["topology", 2, null],
      ["flapping", 1, when.now + 30 * minute],
      ["hours", 0, when.now + 60 * minute],
      ["blind", 0, null],
    ]);
    expect(all.map(({ text }) => text).join(" ")).toMatch(/2 devices: part of the site's incident.*until 11:20\./);
    expect(
      suppressionsOf(view, { ...row, state: "closed", cause: "folded" }, around).map(({ reason }) => reason),
    ).toEqual(["folded"]);
    expect(suppressionsOf(view, row, around)).toEqual([]);
    const mutedBy = { by: "silence", id: "s-1", why: "works on the mast", until: when.now } as const;
    const muted = suppressionsOf({ ...view, mutedBy } as IncidentView, row, around);
    expect(muted).toEqual([
      {
        reason: "silence",
        devices: [],
        until: when.now,
        text: "Held back by a silence (works on the mast) until 10:20.",
      },
    ]);
    expect(whyHeld(row, muted, around, view.rule)).toMatch(/^Nobody was told\. Held back by a silence/);
  });

  it("says why nobody was told", () => {
    const hours = { ...around, hours: { open: false, changesAt: null } };
    const held = (of: Partial<typeof row>, circumstances = around, own = view.rule) => {
      const is = { ...row, ...of };
      return whyHeld(is, suppressionsOf(view, is, circumstances), circumstances, own);
    };
    expect(held({}, hours)).toMatch(/^Nobody was told\. Outside the site's service hours/);
    expect(held({ state: "resolved" })).toMatch(/over before it was to be told/);
    expect(held({ tellAt: when.now + minute })).toMatch(/due at 10:21/);
    expect(held({ tellAt: ten })).toMatch(/the devices are silent/);
    expect(held({ tellAt: ten }, around, "device_down")).toMatch(/none of its devices is down/);
    expect(held({ toldAt: ten })).toBeNull();
    const told = (...outcomes: string[]) => outcomes.map((outcome) => ({ ...notice, outcome }));
    expect(whoWasTold({ ...view, told: [] }, null)).toMatch(/no channel is set up/);
    expect(whoWasTold({ ...view, told: told("skipped", "dead") }, null)).toMatch(/no channel could be reached/);
    expect(whoWasTold({ ...view, told: told("skipped") }, null)).toMatch(/not for any of the channels/);
    expect(whoWasTold({ ...view, told: told("waiting") }, null)).toMatch(/waits at its channels/);
    expect(whoWasTold({ ...view, told: told("sent") }, "no")).toBe("Told to Duty.");
  });

  const notice: Told = {
    channel: "c",
    name: "Duty",
    kind: "opened",
    at: ten,
    outcome: "sent",
    answer: "200 OK",
    attempts: 1,
  };
  it.each<[Partial<Told>, RegExp]>([
    [{}, /^Duty, “opened”: sent at 10:00: 200 OK\.$/],
    [{ outcome: "dead", attempts: 3, answer: "404" }, /given up at 10:00 after 3 attempts: 404\.$/],
    [
      { outcome: "waiting", answer: null, waitsFor: "digest", due: when.now },
      /waits until 10:20, then with the digest\.$/,
    ],
    [{ outcome: "waiting", answer: null }, /on its way since 10:00\.$/],
    [{ outcome: "merged", answer: null }, /a later notice said it/],
    [{ outcome: "withdrawn" }, /taken back at 10:00 before it was sent/],
    [{ outcome: "skipped", answer: "P3 is not for it" }, /not for this channel: P3 is not for it\.$/],
    [{ name: null, insteadOf: "x" }, /^A channel that was removed since.*stands in for another/],
  ])("%o", (more, words) => {
    expect(explainTold({ ...notice, ...more }, when).text).toMatch(words);
  });

  it("asks for what its rule looked at around its beginning, bounded", () => {
    const members = Array.from({ length: 9 }, (_, i) => {
      return { device: `ap-${i}`, name: "", rule: "crowded", state: "down", since: ten + i, backAt: null } as const;
    });
    const long = { ...view, members, since: ten - 40 * 86_400_000 };
    const query = samplesQuery(rule.parse(crowded), long, when.now);
    expect(query?.devices).toEqual(members.slice(0, explainLimits.devices).map((one) => one.device));
    expect(query).toMatchObject({ measurement: "radio", field: "utilisation_percent", fn: "mean" });
    const points = ((query?.to ?? 0) - (query?.from ?? 0)) / (query?.everyMs ?? 1);
    expect(points).toBeGreaterThan(20);
    expect(points).toBeLessThanOrEqual(explainLimits.pointsOfSeries + 1);
    expect(samplesQuery(rule.parse(crowded), view, when.now)).toBeNull();
  });
});

it("what silence means, and whether the site serves", () => {
  const seen = { since: ten, lastSeenAt: ten, stopped: false };
  const say = (state: Parameters<typeof explainPresence>[0]["state"], deadline: number | null = null, blind = false) =>
    explainPresence({ ...seen, state }, deadline, { ...when, blind });
  expect(say("online", ten + 30_000)).toBe("Online, last heard 10:00; silent until 10:00, it is checked.");
  expect(say("suspect", ten + minute)).toMatch(/silent until 10:01, it is offline/);
  expect(say("offline", null, true)).toMatch(/^Offline since 10:00.*The controller cannot see just now/);
  expect([say("awaiting"), say("sleeping"), say("unknown"), say("maintenance")].join(" ")).toMatch(
    /Not yet seen.*Asleep.*Not known.*maintenance/,
  );
  expect(explainHours("Library", { open: false, changesAt: ten }, when)).toMatch(/does not serve now until 10:00/);
  expect(explainHours(null, { open: true, changesAt: null }, when)).toMatch(/no site/);
});
