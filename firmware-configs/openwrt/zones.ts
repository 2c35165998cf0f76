import { zoneRules } from "./zones.data.ts";

const ruleOf = new Map(zoneRules.flatMap(([rule, names]) => names.split(/\s+/).map((name) => [name, rule] as const)));
const firstOf = new Map(zoneRules.map(([rule, names]) => [rule, names.split(/\s+/)[0] as string] as const));

/** The POSIX rule of a zone, which is what the C library of a small device reads. OpenWrt's own pages write "America/New
 *  York". */
export const zoneOf = (name: string): string | undefined => ruleOf.get(name.replaceAll(" ", "_"));

/** A zone that has this rule now. */
export const zoneNamed = (rule: string): string | undefined => firstOf.get(rule);
