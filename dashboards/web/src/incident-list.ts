import type { Incident } from "./api.ts";
import { type Severity, severities } from "./incident-words.ts";

/** Which incidents somebody wants to see, as the address of the page says it. Pure. */
export interface Wanted {
  /** "": open ones, and below them those that are over. */
  state: "" | Incident["state"];
  site: string;
  who: "" | "mine" | "taken" | "free";
  muted: "" | "yes" | "no";
}

const oneOf = <T extends string>(text: string, allowed: readonly T[]): T | "" =>
  allowed.find((one) => one === text) ?? "";

export function wantedOf(query: (name: string) => string): Wanted {
  return {
    state: oneOf(query("state"), ["open", "resolved", "closed"]),
    site: query("site"),
    who: oneOf(query("who"), ["mine", "taken", "free"]),
    muted: oneOf(query("muted"), ["yes", "no"]),
  };
}

export const isMine = (
  { ackedBy, assignee }: Pick<Incident, "ackedBy" | "assignee">,
  me: { id: string; name: string },
): boolean => ackedBy === me.name || assignee?.id === me.id;

/** Of the open ones. */
export function fits(
  incident: Incident,
  { state, site, who, muted }: Wanted,
  me: { id: string; name: string },
): boolean {
  if (state !== "" && incident.state !== state) return false;
  if (site !== "" && incident.site !== site) return false;
  if (who === "mine" && !isMine(incident, me)) return false;
  if (who !== "" && who !== "mine" && (incident.ackedBy !== undefined) !== (who === "taken")) return false;
  return muted === "" || (incident.mutedBy !== undefined) === (muted === "yes");
}

/** Those that are over have neither somebody who has them nor a silence: they are not asked for by that. */
export const wantsOver = ({ state, who, muted }: Wanted): boolean => state !== "open" && who === "" && muted === "";

const rank = ({ severity }: { severity: Severity }): number => severities.indexOf(severity);

/** By site, that with the worst first; in each, and without sites, worst first, then the newest. */
export function groupsOf(
  list: readonly Incident[],
  by: "severity" | "site",
  nameOf: (site: string | null) => string,
): { key: string; title: string; items: Incident[] }[] {
  const items = [...list].sort((a, b) => rank(a) - rank(b) || b.openedAt - a.openedAt);
  if (by === "severity") return [{ key: "", title: "", items }];
  const groups = new Map<string, Incident[]>();
  for (const one of items) {
    const key = one.root.type === "controller" ? "controller" : `site ${one.site}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  // Kept in the order of their first, which is their worst.
  return [...groups].map(([key, mine]) => ({
    key,
    title: key === "controller" ? "The controller itself" : nameOf(mine[0]?.site ?? null),
    items: mine,
  }));
}
