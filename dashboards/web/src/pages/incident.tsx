import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type IncidentWhole } from "../api.ts";
import { linesOf } from "../event-words.ts";
import { fail, siteName } from "../fleet.ts";
import { beginAct, loadPolicy, mayAct } from "../incident-acts.ts";
import { incidentNews } from "../incidents.ts";
import { IncidentMark, Lasting, zoneOf } from "../parts/incident.tsx";
import { ActSheet, Acts, LastDone } from "../parts/incident-acts.tsx";
import { IncidentAside } from "../parts/incident-aside.tsx";
import { DutyLines } from "../parts/incident-row.tsx";
import { isElsewhere, Keys } from "../parts/keys.tsx";
import { NoteForm } from "../parts/note-form.tsx";
import { Shell } from "../parts/shell.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { Why } from "../parts/why.tsx";
import { follow } from "../router.ts";

const keys = [
  ["a", "takes it, or keeps it longer"],
  ["s", "silences it"],
  ["n", "notes something"],
] as const;

/** One incident: the sentence, what to do, what happened in order, and what helps to put it right. */
export function IncidentPage({ id }: { id: string }) {
  const incident = useIncident(id);
  useEffect(() => {
    loadPolicy().catch(fail);
  }, []);
  useKeys(incident);
  const back = (
    <a href="/incidents" onClick={follow}>
      All incidents
    </a>
  );
  if (!incident)
    return (
      <Shell title="Incident">
        <h1>{incident === null ? "There is no such incident" : "Looking…"}</h1>
        <p>{back}</p>
      </Shell>
    );
  const { site, reference } = incident;
  return (
    <Shell title={incident.root.name}>
      <p class="page-head">
        {back}
        {mayAct() && <Keys keys={keys} />}
      </p>
      <header class={`incident incident-${incident.state} incident-top`}>
        <p class="incident-head">
          <IncidentMark incident={incident} />
          <span class="quiet">
            <Lasting incident={incident} />
            {site !== null && (
              <>
                {" · "}
                <a href={`/devices?site=${site}`} onClick={follow}>
                  {siteName(site)}
                </a>
              </>
            )}
            {reference && ` · Reference ${reference}`}
          </span>
        </p>
        <h1 class="sentence">{incident.sentence}</h1>
        <DutyLines incident={incident} />
        <Acts incident={incident} note={false} />
        <LastDone incident={incident} />
      </header>
      <div class="incident-page">
        <section aria-labelledby="history">
          <h2 id="history">What happened</h2>
          <Timeline lines={linesOf(incident.timeline, incident.told)} timeZone={zoneOf(incident)} />
          {mayAct() && <NoteForm incident={incident} />}
          <Why incident={incident} />
        </section>
        <IncidentAside incident={incident} />
      </div>
      <ActSheet incident={incident} />
    </Shell>
  );
}

function useKeys(incident: IncidentWhole | null | undefined): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!incident || !mayAct() || isElsewhere(event)) return;
      const isOpen = incident.state === "open";
      if (event.key === "a" && isOpen) beginAct("take");
      else if (event.key === "s" && isOpen) beginAct("silence");
      else if (event.key === "n") beginAct("note");
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [incident]);
}

/** undefined: not known yet; null: there is none. */
function useIncident(id: string): IncidentWhole | null | undefined {
  const incident = useSignal<IncidentWhole | null | undefined>(undefined);
  const news = incidentNews.value;
  const turn = news.id === id || news.id === "" ? news.count : 0;
  useEffect(() => {
    api.incident(id).then((found) => {
      incident.value = found;
    }, fail);
  }, [id, turn]);
  return incident.value;
}
