import { computed, signal } from "@preact/signals";
import { type AlertRule, api } from "./api.ts";
import type { Choice, Chosen } from "./choices.ts";
import { kindsWord } from "./choices.ts";
import { devices, fail, sites } from "./fleet.ts";

/** Rules by id: what planned work may be narrowed to. */
export const rules = signal<readonly AlertRule[]>([]);
export const loadRules = (): void =>
  void api.alertRules().then((all) => {
    rules.value = all;
  }, fail);

const collator = new Intl.Collator("en-GB", { numeric: true });

/** Everything that can be chosen by its name. */
export const choices = computed<readonly Choice[]>(() => {
  const all = [...devices.value.values()];
  const distinct = (values: (string | null)[]) => [...new Set(values.filter((one) => one !== null))].sort();
  const byName = (list: Choice["list"], of: Iterable<{ id: string; name: string }>): Choice[] =>
    [...of].map(({ id, name }) => ({ list, id, name })).sort((a, b) => collator.compare(a.name, b.name));
  return [
    ...byName("sites", sites.value.values()),
    ...distinct(all.map(({ kind }) => kind)).map((id): Choice => ({ list: "kinds", id, name: kindsWord(id) })),
    ...distinct(all.flatMap(({ tags }) => tags)).map((id): Choice => ({ list: "tags", id, name: id })),
    ...distinct(all.map(({ profile }) => profile)).map((id): Choice => ({ list: "profiles", id, name: id })),
    ...byName("devices", all),
    ...byName(
      "rules",
      rules.value.map(({ rule }) => ({ id: rule.id, name: rule.title })),
    ),
  ];
});

export function choiceName({ list, id }: Pick<Choice, "list" | "id">): string {
  if (list === "sites") return sites.value.get(id)?.name ?? "a site that was removed";
  if (list === "devices") return devices.value.get(id)?.name ?? "a device that was removed";
  if (list === "rules") return rules.value.find(({ rule }) => rule.id === id)?.rule.title ?? id;
  return list === "kinds" ? kindsWord(id) : id;
}

export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** The clocks that people at what is meant go by: those of its first site. */
export function zoneOfChosen(chosen: Chosen): string {
  const [device] = chosen.devices ?? [];
  const site = chosen.sites?.[0] ?? (device === undefined ? undefined : devices.value.get(device)?.site) ?? "";
  return sites.value.get(site)?.timeZone ?? browserZone;
}
