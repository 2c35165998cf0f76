import { signal } from "@preact/signals";
import { api, type EscalationPolicy, type Incident } from "./api.ts";
import { putIncident } from "./incidents.ts";
import { query, setQuery } from "./router.ts";
import { me } from "./session.ts";

/** What a duty officer does with an incident; which one is under way is in the address: `do`, and `at` in a list. */
export const acts = ["take", "assign", "note", "silence"] as const;
export type Act = (typeof acts)[number];

export const actNow = (): Act | undefined => acts.find((one) => one === query("do"));
export const beginAct = (act: Act, incident?: string): void =>
  setQuery({ do: act, ...(incident === undefined ? {} : { at: incident }) });
export const endAct = (): void => setQuery({ do: "" });

export const mayAct = (): boolean => me.value?.role === "operator" || me.value?.role === "admin";

/** What was done last, beside the incident it was done with, until the next thing is done. */
export const lastDone = signal<{ incident: string; text: string; undo?: () => Promise<unknown> } | null>(null);

export async function giveBack(incident: Incident): Promise<void> {
  putIncident(await api.unackIncident(incident.id));
  lastDone.value = { incident: incident.id, text: "Given back: nobody has it now." };
}

/** Who is told of what nobody takes, and how the channels are called; null: this person may not see it. */
export const policy = signal<EscalationPolicy | null>(null);
const names = signal<ReadonlyMap<string, string>>(new Map());
export const channelName = (id: string): string => names.value.get(id) ?? "a channel that was removed";

export async function loadPolicy(): Promise<void> {
  if (!mayAct()) return;
  const [escalation, channels] = await Promise.all([api.escalation(), api.channels()]);
  policy.value = escalation.policy;
  names.value = new Map(channels.map(({ id, name }) => [id, name]));
}
