import { computed, signal } from "@preact/signals";
import { api, type Incident } from "./api.ts";
import { after } from "./clock.ts";
import { fail } from "./fleet.ts";
import { severities } from "./incident-words.ts";
import { hear } from "./live.ts";

/** Open ones and those that were open while this page lived, kept true by the stream. */
const known = signal<ReadonlyMap<string, Incident>>(new Map());
export const incidentsLoaded = signal(false);
/** Goes up whenever something about an incident changed. */
export const incidentNews = signal<{ id: string; count: number }>({ id: "", count: 0 });

/** Worst first, then the newest. */
export const openIncidents = computed(() =>
  [...known.value.values()]
    .filter(({ state }) => state === "open")
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.openedAt - a.openedAt),
);

/** The open incident that a device is down in. */
export const incidentOf = (device: string): Incident | undefined =>
  openIncidents.value.find(({ members }) => members.some((one) => one.device === device && one.state === "down"));

export const putIncident = (incident: Incident): void => {
  known.value = new Map(known.value).set(incident.id, incident);
};

export async function loadIncidents(): Promise<void> {
  try {
    known.value = new Map((await api.openIncidents()).map((incident) => [incident.id, incident]));
    incidentsLoaded.value = true;
    incidentNews.value = { id: "", count: incidentNews.value.count + 1 };
  } catch (error) {
    fail(error);
  }
}

const gatherMs = 150;
/** A burst (opened, told by each channel) is one question. */
const asked = new Map<string, () => void>();

export function followIncidents(): void {
  hear("incident", (data) => {
    const { incident: id } = data as { incident: string };
    if (asked.has(id)) return;
    const cancel = after(gatherMs, () => {
      asked.delete(id);
      refresh(id).catch(fail);
    });
    asked.set(id, cancel);
  });
}

async function refresh(id: string): Promise<void> {
  const incident = await api.incident(id);
  if (incident) putIncident(incident);
  incidentNews.value = { id, count: incidentNews.value.count + 1 };
}
