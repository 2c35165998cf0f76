/** Which devices something means, chosen by name. Pure. */
export const lists = ["sites", "devices", "tags", "profiles", "kinds", "rules"] as const;
export type List = (typeof lists)[number];
/** Ids, by list: a device has to fit every list that has any. */
export type Chosen = Readonly<Partial<Record<List, readonly string[]>>>;

export interface Choice {
  list: List;
  id: string;
  name: string;
}
export const listWords: Record<List, string> = {
  sites: "site",
  devices: "device",
  tags: "tag",
  profiles: "profile",
  kinds: "kind",
  rules: "rule",
};
const plurals: Record<string, string> = {
  "access-point": "access points",
  sensor: "sensors",
  gateway: "gateways",
  switch: "switches",
  controller: "the controller itself",
};
export const kindsWord = (kind: string): string => plurals[kind] ?? kind;

const begun = 5;

/** Those that a few letters of a name find, those that begin with them first; without letters, where to begin. */
export function fitting(all: readonly Choice[], text: string, chosen: Chosen, most: number): Choice[] {
  const wanted = text.trim().toLowerCase();
  const free = all.filter(({ list, id }) => !chosen[list]?.includes(id));
  if (wanted === "")
    return isNothing(chosen) ? free.filter(({ list }) => list === "sites" || list === "kinds").slice(0, begun) : [];
  const place = ({ name }: Choice) => name.toLowerCase().indexOf(wanted);
  return free
    .filter((one) => place(one) >= 0)
    .sort((a, b) => Math.min(1, place(a)) - Math.min(1, place(b)))
    .slice(0, most);
}

export const withChoice = (chosen: Chosen, { list, id }: Pick<Choice, "list" | "id">): Chosen => ({
  ...chosen,
  [list]: [...(chosen[list] ?? []), id],
});
export function withoutChoice(chosen: Chosen, { list, id }: Pick<Choice, "list" | "id">): Chosen {
  const left = (chosen[list] ?? []).filter((one) => one !== id);
  const { [list]: _, ...rest } = chosen;
  return left.length === 0 ? rest : { ...rest, [list]: left };
}
export const isNothing = (chosen: Chosen): boolean => lists.every((list) => (chosen[list] ?? []).length === 0);

const named = 3;
function listed(names: readonly string[], word: "and" | "or"): string {
  if (names.length > named) return `${names.slice(0, named).join(", ")} ${word} ${names.length - named} more`;
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;
}

/** "Access points at Library or Market, tagged outdoor": what it means, in one line. */
export function chosenSentence(chosen: Chosen, nameOf: (choice: Pick<Choice, "list" | "id">) => string): string {
  const names = (list: List) => (chosen[list] ?? []).map((id) => nameOf({ list, id }));
  const [devices, kinds, sites] = [names("devices"), (chosen.kinds ?? []).map(kindsWord), names("sites")];
  const [tags, profiles, rules] = [names("tags"), names("profiles"), names("rules")];
  const what = devices.length > 0 ? listed(devices, "and") : kinds.length > 0 ? listed(kinds, "and") : "all devices";
  const isAll = [devices, kinds, sites, tags, profiles].every((list) => list.length === 0);
  const parts = [
    isAll ? "everything" : what,
    sites.length > 0 ? ` at ${listed(sites, "and")}` : "",
    profiles.length > 0 ? `, of the profile ${listed(profiles, "or")}` : "",
    tags.length > 0 ? `, tagged ${listed(tags, "or")}` : "",
    rules.length > 0
      ? `: only what ${listed(
          rules.map((name) => `“${name}”`),
          "or",
        )} finds`
      : "",
  ].join("");
  return `${parts[0]?.toUpperCase() ?? ""}${parts.slice(1)}`;
}
