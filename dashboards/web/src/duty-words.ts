import type { EscalationPolicy, Incident } from "./api.ts";
import { clockTime, count, duration } from "./words.ts";

/** Who has an incident, what keeps it quiet and who is next, as a duty officer reads it. Pure. */
interface At {
  now: number;
  zone?: string | undefined;
}

type Having = Pick<Incident, "state" | "ackedBy" | "ackedUntil" | "assignee">;

/** "jo has it until 16:00." @param me name of who reads it */
export function haveSentence(incident: Having, me: string, { now, zone }: At): string {
  const { state, ackedBy, ackedUntil, assignee } = incident;
  if (state !== "open") return ackedBy === undefined ? "" : `${ackedBy === me ? "You" : ackedBy} had it.`;
  const whose =
    assignee && assignee.name !== ackedBy ? ` It is ${assignee.name === me ? "yours" : `${assignee.name}'s`}.` : "";
  if (ackedBy === undefined) {
    if (!assignee) return "Nobody has taken it yet.";
    return `It is ${assignee.name === me ? "yours" : `${assignee.name}'s`}, but not taken yet.`;
  }
  const until = ackedUntil === undefined ? "" : ` until ${clockTime(ackedUntil, now, zone)}`;
  return `${ackedBy === me ? "You have" : `${ackedBy} has`} it${until}.${whose}`;
}

const muteWords = { silence: "silence", maintenance: "maintenance" } as const;

/** "Quiet until 14:00 (silence by jo: works on the mast)." */
export function quietSentence(muted: Incident["mutedBy"], { now, zone }: At): string {
  if (muted === undefined) return "";
  const { by, who, why, until } = muted;
  const what = `${muteWords[by]} by ${who}: ${why}`;
  if (until > now) return `Quiet until ${clockTime(until, now, zone)} (${what}).`;
  return `Quiet for a few minutes more (${what}, over since ${clockTime(until, now, zone)}); then it is told if it still lasts.`;
}

/** " until 14:00"; for a while after that, too, so that what it made can settle. */
export const quietUntil = (until: number | undefined, { now, zone }: At): string =>
  until === undefined ? "" : until > now ? ` until ${clockTime(until, now, zone)}` : " for a few minutes more";

/** Of a device in an incident: why nobody is told of it. */
export function memberQuiet(member: Incident["members"][number], { now, zone }: At): string {
  const { suppressedBy, suppressedWhy, suppressedUntil } = member;
  if (suppressedBy === undefined) return "";
  if (suppressedBy === "topology") return "out of reach with what it is behind";
  const until = quietUntil(suppressedUntil, { now, zone });
  return `quiet${until} (${suppressedBy}${suppressedWhy ? `: ${suppressedWhy}` : ""})`;
}

type Turning = Pick<Incident, "state" | "ackedBy" | "escalation">;

/** "Next in 12 min: Duty mail (step 2 of 3)."
 *  @param policy null: not known to who reads it
 *  @param nameOf of a channel */
export function nextSentence(
  { state, escalation, ackedBy }: Turning,
  { policy, nameOf, now }: { policy: EscalationPolicy | null; nameOf(channel: string): string; now: number },
): string {
  if (state !== "open" || escalation === undefined) return "";
  if (escalation.nextAt === null) return ackedBy === undefined ? "" : "Until then nobody else is told.";
  const when = escalation.nextAt <= now ? "Next, any moment" : `Next in ${duration(escalation.nextAt - now)}`;
  const step = policy?.steps[escalation.nextStep - 1];
  const of = policy ? ` of ${policy.steps.length}` : "";
  const again = escalation.nextStep === 1 ? ", from the beginning again" : "";
  if (!step) return `${when}: step ${escalation.nextStep}${of}${again}.`;
  const names = [...(step.rota ? ["whoever is on duty"] : []), ...step.channels.map(nameOf)];
  return `${when}: ${names.join(", ")} (step ${escalation.nextStep}${of}${again}).`;
}

/** "3 of 5 devices", "1 device"; nothing of what the controller says of itself. */
export function howMany({ state, members }: Pick<Incident, "state" | "members">): string {
  const down = members.filter((one) => one.state === "down").length;
  if (members.length === 0) return "";
  return state === "open" && down < members.length
    ? `${down} of ${count(members.length, "device")}`
    : count(members.length, "device");
}

const ruleWords: Record<string, string> = {
  device_down: "that a device is offline",
  agent_down: "that an agent is silent",
  site_unreachable: "that a site is offline",
  controller_blind: "that the controller cannot see",
  cannot_store: "that nothing can be stored",
};
export const ruleWord = (rule: string): string => ruleWords[rule] ?? `what the rule “${rule}” finds`;
