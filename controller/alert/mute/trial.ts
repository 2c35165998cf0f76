import type { Clock } from "../../base/clock.ts";
import type { Incident } from "../incident.ts";
import { sentenceOf } from "../sentence.ts";
import { type Mute, muteOf, muteOfMember } from "./hold.ts";
import { muteLimits } from "./limits.ts";
import { devicesOf, type Fleet } from "./now.ts";
import type { Span } from "./recurrence.ts";
import type { Selector } from "./schema.ts";
import { spansOf, type When } from "./standing.ts";

/** What something would hold back, before it is made. */
export interface Matches {
  /** How many it means; 0 where only rules are named: then it is whatever they look at. */
  devices: number;
  /** Open ones that it touches; `whole`: nobody would be told of them. */
  incidents: { id: string; sentence: string; whole: boolean }[];
  /** When it would hold. */
  next: Span[];
}

export interface Trial {
  clock: Clock;
  fleet: Fleet;
  incidents(): Iterable<Incident>;
}

export function createTrial({ clock, fleet, incidents }: Trial) {
  return (wish: Selector & { when?: When | undefined }): Matches => {
    const now = clock.now();
    const devices = devicesOf(wish, fleet);
    const rules = wish.rules.length === 0 ? null : new Set(wish.rules);
    const mute: Mute = { id: "", by: "silence", who: "", why: "", until: Number.POSITIVE_INFINITY, devices, rules };
    const at = { now, settleMs: 0 };
    const touched: Matches["incidents"] = [];
    for (const incident of incidents()) {
      if (touched.length >= muteLimits.incidents) break;
      const whole = muteOf([mute], incident, at) !== null;
      const down = [...incident.members.values()].filter(({ state }) => state === "down");
      if (!whole && !down.some((member) => muteOfMember([mute], incident, member, at) !== null)) continue;
      touched.push({ id: incident.id, sentence: sentenceOf({ ...incident, left: 0 }, now), whole });
    }
    const next = wish.when ? spansOf({ when: wish.when, endedAt: null }, now, muteLimits.shown) : [];
    return { devices: devices?.size ?? 0, incidents: touched, next };
  };
}
