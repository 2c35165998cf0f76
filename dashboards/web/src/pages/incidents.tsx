import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Incident } from "../api.ts";
import { devices, fail } from "../fleet.ts";
import { incidentNews, incidentsLoaded, openIncidents } from "../incidents.ts";
import { IncidentCard } from "../parts/incident.tsx";
import { Shell } from "../parts/shell.tsx";
import { follow } from "../router.ts";
import { count } from "../words.ts";

const pageSize = 20;

export function Incidents() {
  const open = openIncidents.value;
  const over = useOver();
  return (
    <Shell title="Incidents">
      <header class="page-head">
        <h1 class="sentence" aria-live="polite">
          {!incidentsLoaded.value
            ? "Looking…"
            : open.length === 0
              ? `No incident is open. ${count(devices.value.size, "device")} ${devices.value.size === 1 ? "is" : "are"} watched.`
              : `${count(open.length, "incident")} ${open.length === 1 ? "is" : "are"} open.`}
        </h1>
        <a href="/channels" onClick={follow}>
          Who is told
        </a>
      </header>
      <ul class="incidents">
        {open.map((incident) => (
          <li key={incident.id}>
            <IncidentCard incident={incident} />
          </li>
        ))}
      </ul>
      {incidentsLoaded.value && open.length === 0 && over.items.length === 0 && <Teach />}
      {over.items.length > 0 && (
        <section aria-labelledby="over">
          <h2 id="over">Over</h2>
          <ul class="incidents">
            {over.items.map((incident) => (
              <li key={incident.id}>
                <IncidentCard incident={incident} />
              </li>
            ))}
          </ul>
          {over.next !== null && (
            <button type="button" onClick={over.more}>
              Older ones
            </button>
          )}
        </section>
      )}
    </Shell>
  );
}

/** Those that are over, newest first; anew whenever one changes. */
function useOver() {
  const items = useSignal<Incident[]>([]);
  const next = useSignal<string | null>(null);
  const { count: news } = incidentNews.value;
  const load = (cursor?: string) =>
    api.incidents({ limit: String(pageSize), ...(cursor ? { cursor } : {}) }).then((page) => {
      const fresh = page.items.filter(({ state }) => state !== "open");
      items.value = cursor ? [...items.value, ...fresh] : fresh;
      next.value = page.next;
    }, fail);
  useEffect(() => {
    void load();
  }, [news]);
  return { items: items.value, next: next.value, more: () => void load(next.value ?? undefined) };
}

function Teach() {
  return (
    <section class="empty">
      <p>
        When a device stays silent past its time, one incident opens here with one sentence: what, where, since when,
        and what is fine. Devices of a site that fail together are one incident, told once.
      </p>
      <p>
        <a class="main-action" href="/channels" onClick={follow}>
          Choose who is told
        </a>
      </p>
    </section>
  );
}
