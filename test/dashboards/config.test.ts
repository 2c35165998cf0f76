import { describe, expect, it } from "vitest";
import { draftOf, isEmpty, newCheck, patchOf, untouched } from "../../dashboards/web/src/config-draft.ts";
import {
  configBrief,
  configSentence,
  effectSentences,
  problemName,
  type Standing,
  settingName,
  settingValue,
  tally,
} from "../../dashboards/web/src/config-words.ts";

const at = Date.UTC(2026, 5, 5, 9, 42);
const now = at + 19_000;
const zone = "Europe/London";
const standing = (more: Partial<Standing>): Standing => ({
  status: "none",
  at,
  since: at + 60_000,
  revertsAt: null,
  nextAt: null,
  attempt: 1,
  mostAttempts: 3,
  why: null,
  ...more,
});

it.each<[Partial<Standing>, string | null]>([
  [{ status: "none" }, null],
  [{ status: "applied" }, null],
  [{ status: "waiting" }, "new settings are on their way."],
  [
    { status: "trying", revertsAt: now + 41_000 },
    "tries new settings, and goes back by itself in 41 s if it cannot confirm.",
  ],
  [{ status: "trying", revertsAt: now }, "tries new settings."],
  [{ status: "reverted", why: "it could not reach x" }, "went back to the settings from before: it could not reach x."],
  [{ status: "rejected" }, "refused by the device."],
])("at the top of its page: %j", (more, words) => expect(configBrief(standing(more), now)).toBe(words));

describe("the configuration of a device in a sentence", () => {
  it.each<[Partial<Standing>, boolean, string]>([
    [{ status: "none" }, true, "Nothing was sent from here yet: it works by its own settings."],
    [{ status: "waiting" }, false, "Waiting: it gets the settings of 10:42 when it comes back."],
    [{ status: "waiting" }, true, "The settings of 10:42 are on their way."],
    [
      { status: "trying", revertsAt: now + 41_000 },
      true,
      "Trying the settings of 10:42: goes back by itself in 41 s if it cannot confirm.",
    ],
    [
      { status: "trying", revertsAt: now },
      true,
      "Trying the settings of 10:42: goes back by itself if it could not confirm; it says so any moment.",
    ],
    [{ status: "applied" }, true, "Applied 10:43."],
    [
      { status: "reverted", why: "it could not reach wss://x/mqtt within 60 s", nextAt: now + 600_000 },
      true,
      "Went back to the settings from before, 10:43: it could not reach wss://x/mqtt within 60 s. It is tried again in 10 min (2 of 3).",
    ],
    [
      { status: "reverted", why: "the device restarted" },
      true,
      "Went back to the settings from before, 10:43: the device restarted. It is not tried again by itself.",
    ],
    [
      { status: "rejected", why: "agent.colour: there is no such setting" },
      true,
      "Refused by the device, 10:43: agent.colour: there is no such setting. It works by the settings from before.",
    ],
  ])("%j, here: %s", (more, isHere, words) => {
    expect(configSentence(standing(more), isHere, now, zone)).toBe(words);
  });
});

describe("the effect of sending", () => {
  const effect = { radiosRestarted: 0, moves: 0, revertsAfterMs: 60_000, away: 0, foreign: 0 };
  it("says who changes, who drops clients, and how it undoes itself", () => {
    expect(effectSentences(24, 24, effect).join(" ")).toBe(
      "24 devices change. No client is dropped. Each connects anew once; one that cannot confirm within 60 s goes back by itself.",
    );
    expect(effectSentences(1, 3, { ...effect, away: 1, moves: 1 }).join(" ")).toBe(
      "1 device changes, 2 have these settings already. No client is dropped. It talks to another address from then on. It connects anew once; if it cannot confirm within 60 s it goes back by itself. 1 device is not there now and gets it when back.",
    );
    expect(effectSentences(0, 2, effect)).toEqual(["All of them have these settings already."]);
  });

  it("counts in people's words, good news first", () => {
    expect(tally(["trying", "applied", "reverted", "applied", "none"])).toBe(
      "2 applied, 1 trying, 1 went back, 1 by their own settings",
    );
  });

  it("names settings and values as people do", () => {
    expect(settingName("agent.intervalMs")).toBe("Measures every");
    expect(settingName("agent.collectors.radio.enabled")).toBe("Radio");
    expect(settingName("agent.collectors.probe.probes.gate")).toBe("Check gate");
    expect(problemName("agent.collectors.probe.probes.0.host")).toBe("Check 1, host");
    expect(problemName("agent.intervalMs")).toBe("Measures every");
    expect(settingName("interfaces.0.mtu")).toBe("interfaces.0.mtu");
    expect(settingValue("agent.intervalMs", 30_000)).toBe("30 s");
    expect(settingValue("agent.intervalMs", null)).toBe("the device's own");
    expect(settingValue("agent.collectors.radio.enabled", false)).toBe("off");
    const check = { name: "gate", kind: "tcp", host: "10.0.0.1", port: 443 };
    expect(settingValue("agent.collectors.probe.probes.gate", check)).toBe("connect to 10.0.0.1 port 443");
    expect(settingValue("agent.collectors.probe.probes.gate", null)).toBe("none");
  });
});

describe("what is typed", () => {
  it("leaves alone what was not touched, of many", () => {
    expect(isEmpty(patchOf(untouched, false))).toBe(true);
    const draft = { ...untouched, interval: "30", collectors: { ...untouched.collectors, radio: "off" as const } };
    expect(patchOf(draft, false)).toEqual({
      agent: { intervalMs: 30_000, collectors: { radio: { enabled: false } } },
    });
  });

  it("of one device is its document, there and back", () => {
    const probes = [
      { name: "gate", kind: "tcp", host: "10.0.0.1", port: 443 },
      { name: "names", kind: "dns", lookup: "lamps.example" },
    ];
    const document = {
      agent: {
        intervalMs: 30_000,
        controller: "wss://lamps.example/mqtt",
        collectors: { radio: { enabled: false }, probe: { enabled: true, intervalMs: 5_000, probes } },
      },
    };
    const patch = patchOf(draftOf(document), true);
    expect(patch).toMatchObject(document);
    expect(patch["agent"]).toMatchObject({ collectors: { system: { enabled: null } } });
  });

  it("of one device means its own where it is empty", () => {
    const patch = patchOf({ ...draftOf({ agent: { intervalMs: 30_000 } }), interval: "" }, true);
    expect(patch).toMatchObject({ agent: { intervalMs: null, controller: null } });
  });

  it("becomes a check with numbers as numbers", () => {
    const row = { ...newCheck("http", " page "), fields: { url: "http://lamps.example/", expectStatus: "204" } };
    const patch = patchOf({ ...untouched, checks: "these", rows: [row] }, false);
    expect(patch["agent"]).toEqual({
      collectors: {
        probe: { probes: [{ name: "page", kind: "http", url: "http://lamps.example/", expectStatus: 204 }] },
      },
    });
  });
});
