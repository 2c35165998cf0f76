import { computed, signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
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

const pageSize = 20;
/** Older ones are found by their site. */
const overAtMost = 1_000;

/** Those that are over, newest first, as far as somebody asked for; anew whenever one changes. */
export function useOver({ state, site }: { state: "" | Incident["state"]; site: string }, asked: boolean) {
  const items = useSignal<Incident[]>([]);
  const next = useSignal<string | null>(null);
  const pages = useSignal(1);
  const done = useSignal(false);
  const { count: news } = incidentNews.value;
  const which = { ...(state === "" ? {} : { state }), ...(site === "" ? {} : { site }) };
  useEffect(() => {
    pages.value = 1;
  }, [state, site, asked]);
  useEffect(() => {
    if (!asked) {
      [items.value, next.value, done.value] = [[], null, true];
      return;
    }
    let gone = false;
    api.incidents({ ...which, limit: String(pageSize * pages.value) }).then((page) => {
      if (gone) return;
      items.value = page.items.filter((one) => one.state !== "open");
      [next.value, done.value] = [page.next, true];
    }, fail);
    return () => {
      gone = true;
    };
  }, [news, state, site, asked, pages.value]);
  const more = () => {
    pages.value++;
  };
  return {
    items: items.value,
    next: next.value !== null && pageSize * pages.value < overAtMost,
    loaded: done.value,
    more,
  };
}
