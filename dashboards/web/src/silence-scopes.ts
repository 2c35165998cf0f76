import type { Incident, MuteMatches, MuteScope } from "./api.ts";
import { ruleWord } from "./duty-words.ts";
import { count } from "./words.ts";

export interface ScopeChoice {
  key: string;
  label: string;
  select: MuteScope;
}

/** More than that are better named by their site. */
const devicesNamed = 50;

/** What an incident may be silenced by, the nearest first. Pure.
 *  @param site name of its site */
export function scopesOf(incident: Pick<Incident, "root" | "rule" | "site" | "members">, site: string): ScopeChoice[] {
  const { root, rule } = incident;
  const devices = incident.members.filter(({ state }) => state === "down").map(({ device }) => device);
  const choices: ScopeChoice[] = [];
  if (root.type === "device")
    choices.push({ key: "device", label: `${root.name}, whatever it has`, select: { scope: { devices: [root.id] } } });
  if (incident.site !== null && root.type !== "controller")
    choices.push({ key: "site", label: `All of ${site}`, select: { scope: { sites: [incident.site] } } });
  if (root.type !== "device" && devices.length > 0 && devices.length <= devicesNamed)
    choices.push({
      key: "members",
      label: `Only the ${count(devices.length, "device")} in it`,
      select: { scope: { devices } },
    });
  if (incident.site !== null && root.type !== "controller")
    choices.push({
      key: "rule-here",
      label: `Only ${ruleWord(rule)}, at ${site}`,
      select: { scope: { sites: [incident.site] }, rules: [rule] },
    });
  choices.push({ key: "rule", label: `Only ${ruleWord(rule)}, everywhere`, select: { scope: {}, rules: [rule] } });
  return choices;
}

/** "Quiets 5 devices, and 2 open incidents, 1 of them in part." */
export function matchSentence({ devices, incidents }: MuteMatches): string {
  const what = devices === 0 ? "Quiets this wherever it is found" : `Quiets ${count(devices, "device")}`;
  if (incidents.length === 0) return `${what}, and no open incident.`;
  const part = incidents.filter(({ whole }) => !whole).length;
  const inPart = part === 0 ? "" : incidents.length === 1 ? ", in part" : `, ${part} of them in part`;
  return `${what}, and ${count(incidents.length, "open incident")}${inPart}.`;
}
