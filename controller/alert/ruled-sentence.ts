import type { RuleFacts } from "./incident.ts";
import type { Told } from "./sentence.ts";
import { clockTime, duration } from "./times.ts";

/** What a rule found, in its own words: what, where, how much, since when. Pure. */
export function ruledSentence({ state, cause, facts, since, resolvedAt }: Told, rule: RuleFacts, now: number): string {
  const { title, said, worst, flapping } = rule;
  // Of the controller itself the title says who.
  const of = facts.place === null ? facts.name : `${facts.name} at ${facts.place}`;
  const parts = (...some: string[]) => some.filter((part) => part !== "").join(", ");
  if (state === "resolved") {
    const at = resolvedAt ?? since;
    return `${title}: ${parts(`over since ${clockTime(at, at, facts.timeZone)} after ${duration(at - since)}`, of)}.`;
  }
  if (state === "closed") {
    const why = cause === "removed" ? "the rule or the device is no longer there" : "set aside";
    return `${title}: ${parts(of, `since ${clockTime(since, now, facts.timeZone)}`)}. Closed: ${why}.`;
  }
  const from = `since ${clockTime(since, now, facts.timeZone)}`;
  const where =
    facts.down > 1
      ? `${facts.down} of ${facts.of} devices at ${of} ${from}${said === "" ? "" : `; ${worst}: ${said}`}`
      : parts(of, said, from);
  return `${title}: ${where}.${flapping ? " It comes and goes: told again when it has calmed down." : ""}`;
}
