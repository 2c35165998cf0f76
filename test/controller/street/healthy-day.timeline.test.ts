import { describe, expect, test } from "vitest";
import { decide as decideAlerts } from "../../../controller/alert/decide.ts";
import { alertLimits } from "../../../controller/alert/limits.ts";
import { type AlertEvent, nothing, type Watched } from "../../../controller/alert/state.ts";
import {
  awaiting,
  decide,
  type PresenceState,
  patienceMsOf,
  presenceLimits,
} from "../../../controller/registry/presence/decide.ts";
import { createServiceHours } from "../../../controller/registry/service-hours.ts";
import { isLineUp, runsBetween } from "../../../controller/street/rhythm/power.ts";
import { devices, type TownDevice } from "../../../controller/street/town/devices.ts";
import { sites } from "../../../controller/street/town/sites.ts";

const seed = 1;
const dayMs = 86_400_000;
const stepMs = 10_000;
const intervalMs = 10_000;
/** After a line is back an agent dials again within its back-off. */
const dialMs = 5_000;
const birth = { agent: "0", firmware: "0", hardware: { model: "m", serial: "s" }, intervalMs } as const;

type Cut = (device: TownDevice, at: number) => boolean;

const never: Cut = () => false;

/** Whether a device is heard, second by second: by its power, its restarts, its site's line, and what is cut. */
function heard(device: TownDevice, from: number, to: number, isCut: Cut): Uint8Array {
  const seconds = Math.ceil((to - from) / 1_000);
  const on = new Uint8Array(seconds);
  for (const [begins, ends] of runsBetween({ seed, key: device.key, site: device.site }, from, to))
    on.fill(1, Math.floor((begins + dialMs - from) / 1_000), Math.ceil((ends - from) / 1_000));
  // Only these lines are ever lost by themselves.
  if (isCut === never && device.site.uplink !== "cellular") return on;
  for (let s = 0; s < seconds; s++) {
    const at = from + s * 1_000;
    if (isLineUp(seed, device.site, at) && !isCut(device, at)) continue;
    on.fill(0, s, Math.min(seconds, s + 1 + dialMs / 1_000));
  }
  return on;
}

/** The street's day, through presence and alerts as they decide. @returns every notice */
function live(from: number, to: number, isCut: Cut = never): { at: number; text: string }[] {
  const ears = devices.map((device) => ({ device, on: heard(device, from, to, isCut) }));
  const states = new Map<string, PresenceState>();
  const notices: { at: number; text: string }[] = [];
  let alerts = nothing;
  let ids = 0;
  const turn = (events: AlertEvent[], now: number) => {
    const decided = decideAlerts(alerts, events, now, alertLimits, () => `incident-${++ids}`);
    alerts = decided.state;
    for (const { tell, incident } of decided.steps)
      if (tell) notices.push({ at: now, text: `${tell} ${incident.rule} ${incident.root.id}` });
  };
  const watched = (device: TownDevice, is: PresenceState): Watched => ({
    id: device.key,
    name: device.name,
    site: device.site.key,
    state:
      ({ online: "up", suspect: "checking", offline: "down", sleeping: "asleep" } as const)[is.state as "online"] ??
      "unseen",
    since: is.since ?? 0,
    lastSeenAt: is.lastSeenAt ?? 0,
    stopped: false,
    boot: is.boot,
    parents: [],
    intervalMs,
  });
  const bySite = new Map(sites.map((site) => [site.key, { ...site, timeZone: "Europe/London", version: 1 }]));
  const hours = createServiceHours((key) => bySite.get(key));
  const open = new Map<string, boolean>();
  for (let now = from; now < to; now += stepMs) {
    const events: AlertEvent[] = [];
    for (const { key, name } of sites) {
      const { open: isOpen } = hours(key, now);
      if (open.get(key) === isOpen) continue;
      open.set(key, isOpen);
      events.push({ kind: "place", id: key, is: { id: key, name, timeZone: "Europe/London", open: isOpen } });
    }
    const second = (now - from) / 1_000;
    for (const { device, on } of ears) {
      const was = states.get(device.key) ?? awaiting;
      const isOn = on[second] === 1;
      // Heard long before its deadline: another word would change nothing but the deadline.
      if (isOn && was.state === "online" && (was.deadline ?? 0) - now > 2 * stepMs) continue;
      let is = was;
      if (isOn) {
        const said = { ...birth, boot: "b", session: 1, config: {}, clock: "synced", spool: {} } as never;
        is = decide(is, { kind: was.boot ? "contact" : "birth", birth: said } as never, now, presenceLimits);
      } else if (on[second - stepMs / 1_000] === 1) is = decide(is, { kind: "disconnected" }, now, presenceLimits);
      const circumstances = {
        open: open.get(device.site.key) ?? true,
        blind: false,
        tryingUntil: null,
        patienceMs: patienceMsOf[device.site.uplink],
      };
      is = decide(is, { kind: "tick" }, now, presenceLimits, circumstances);
      states.set(device.key, is);
      if (is.state !== was.state) events.push({ kind: "device", id: device.key, is: watched(device, is) });
    }
    turn(events, now);
  }
  return notices;
}

/** A Friday: market day in Grays, flaps in Purfleet, columns off by day, a restart of every device. */
const friday = Date.UTC(2026, 10, 20);

describe("a simulated day", () => {
  test("that is healthy tells nobody anything", () => {
    expect(live(friday, friday + dayMs)).toEqual([]);
  });

  test("with a cut line tells once, and once that it is over", () => {
    const noon = friday + dayMs / 2;
    const isCut: Cut = ({ site }, at) => site.key === "lakeside" && at >= noon && at < noon + 600_000;
    const notices = live(noon - 600_000, noon + 1_800_000, isCut);
    expect(notices.map(({ text }) => text)).toEqual([
      "opened site_unreachable lakeside",
      "resolved site_unreachable lakeside",
    ]);
    expect(notices[0]?.at).toBeLessThan(noon + 90_000);
  });

  test("with columns that stay dark after dusk tells of the columns", () => {
    const dusk = friday + 17 * 3_600_000;
    const isCut: Cut = ({ site }, at) => site.key === "chadwell" && at > dusk - 7_200_000;
    const notices = live(friday + 7 * 3_600_000, dusk + 3_600_000, isCut);
    expect(notices.map(({ text }) => text)).toEqual(["opened site_unreachable chadwell"]);
    expect(notices[0]?.at).toBeGreaterThan(dusk);
  });
});
