import type { Subject } from "../rules/compile.ts";
import { millisecondsOf } from "../rules/duration.ts";
import { type Flap, flapLimits } from "../rules/instance.ts";
import type { Looked } from "../rules/look.ts";
import type { Rule, Scope, Threshold } from "../rules/schema.ts";
import { figure, unitOf } from "../rules/words.ts";
import { clockTime, duration } from "../times.ts";

/** Where a rule stands at one series of a device. */
export interface RuleExplained {
  rule: string;
  title: string;
  severity: string;
  /** off: switched off · elsewhere: not for this device · silent: it does not measure that · waiting: something is not
   *  known yet · then as the instance is. */
  state: "off" | "elsewhere" | "silent" | "waiting" | "ok" | "pending" | "firing" | "clearing";
  series: string;
  since: number | null;
  number: number | null;
  limit: number;
  /** When the state moves on, if it stays so. */
  dueAt: number | null;
  text: string;
}

const of = ({ above, below }: Threshold): number => above ?? below ?? 0;

/** Every way in which the rule looks at the device, or the one reason why it doesn't. Pure. */
export function explainRule(
  rule: Rule,
  device: Subject,
  looks: readonly Looked[],
  when: { now: number; timeZone: string },
): RuleExplained[] {
  const { id, title, severity } = rule;
  const usual = {
    rule: id,
    title,
    severity,
    series: "",
    since: null,
    number: null,
    limit: of(rule.raise),
    dueAt: null,
  };
  if (!rule.enabled) return [{ ...usual, state: "off", text: "Switched off." }];
  const elsewhere = whyElsewhere(rule.scope, device);
  if (elsewhere !== null) return [{ ...usual, state: "elsewhere", text: elsewhere }];
  if (looks.length === 0)
    return [{ ...usual, state: "silent", text: `It has not sent ${rule.value.field} since the controller started.` }];
  return looks.map((look) => ({ ...usual, series: look.series, ...standingOf(rule, look, when) }));
}

/** null: the rule is for this device. */
export function whyElsewhere({ sites, devices, kinds, profiles, tags }: Scope, device: Subject): string | null {
  const misses = (list: readonly string[] | undefined, own: readonly string[]): boolean =>
    list !== undefined && list.length > 0 && !own.some((one) => list.includes(one));
  const profile = device.profile === null ? [] : [device.profile];
  if (misses(kinds, [device.kind])) return `It looks at ${kinds?.join(", ")} only; this device is ${device.kind}.`;
  if (misses(sites, [device.site])) return "It looks at other sites only.";
  if (misses(devices, [device.id])) return "It looks at other devices only.";
  if (misses(profiles, profile)) return `It looks at hardware ${profiles?.join(", ")} only.`;
  if (misses(tags, device.tags)) return `It looks at devices tagged ${tags?.join(" or ")} only.`;
  return null;
}

type Said = Pick<RuleExplained, "state" | "since" | "number" | "dueAt" | "text">;

function standingOf(rule: Rule, look: Looked, { now, timeZone }: { now: number; timeZone: string }): Said {
  const { number, standing, usual } = look;
  const instance = standing?.instance;
  const unit = unitOf(rule);
  const time = (at: number): string => clockTime(at, now, timeZone);
  const value = number === null ? "" : figure(number, unit);
  const limit = `limit ${figure(of(rule.raise), unit)}`;
  const state = instance?.state ?? "ok";
  const flaps = instance?.flap.flapping
    ? ` It comes and goes: held until about ${time(calmAt(instance.flap))}, if it stays calm.`
    : "";
  const base = { state, since: state === "ok" ? null : (instance?.since ?? null), number, dueAt: null };
  if (instance?.state === "pending") {
    const dueAt = instance.since + millisecondsOf(rule.for);
    const left = Math.max(0, rule.samples - instance.samples);
    const more = left === 0 ? "" : `, after ${left} more bad ${left === 1 ? "sample" : "samples"}`;
    const text = `Bad since ${time(instance.since)}: ${value} (${limit}). Counts at ${time(dueAt)} if it stays so${more}.${flaps}`;
    return { ...base, dueAt, text };
  }
  if (instance?.state === "firing")
    return { ...base, text: `Bad since ${time(instance.badSince ?? instance.since)}: ${value} (${limit}).${flaps}` };
  if (instance?.state === "clearing") {
    const dueAt = instance.since + millisecondsOf(rule.clearFor);
    const text = `Bad since ${time(instance.badSince ?? instance.since)}; good since ${time(instance.since)}, over at ${time(dueAt)} if it stays so.${flaps}`;
    return { ...base, dueAt, text };
  }
  if (rule.usual && usual === null) {
    const text = `What is usual at this hour of the week is not known for ${rule.usual.weeks} weeks yet: it cannot fire.`;
    return { ...base, state: "waiting", text };
  }
  if (number === null) {
    const window = rule.value.window === undefined ? "" : ` over ${rule.value.window}`;
    return { ...base, state: "waiting", text: `Too few values yet to tell ${rule.value.field}${window}.` };
  }
  const { atLeast } = rule.usual ?? {};
  if (atLeast !== undefined && typeof usual === "number" && usual < atLeast)
    return {
      ...base,
      text: `Usually ${figure(usual, "")} at this hour: looked at only from ${figure(atLeast, "")} on.`,
    };
  const held = millisecondsOf(rule.for);
  const lasting = held === 0 ? "" : ` It would have to be bad for ${duration(held)}.`;
  return { ...base, text: `Fine: ${value} (${limit}).${flaps === "" ? lasting : flaps}` };
}

/** When the score of what comes and goes is low enough, if nothing more happens. */
export const calmAt = ({ score, at }: Flap): number =>
  at + flapLimits.halfLifeMs * Math.max(0, Math.log2(score / flapLimits.leave));
