import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type IncidentWhole } from "../api.ts";
import { now } from "../clock.ts";
import { fail, siteName } from "../fleet.ts";
import { eventSentence, noticeSentence } from "../incident-words.ts";
import { incidentNews, putIncident } from "../incidents.ts";
import { Ack, IncidentMark, Lasting, Members, OutsideHours, zoneOf } from "../parts/incident.tsx";
import { Shell } from "../parts/shell.tsx";
import { follow } from "../router.ts";
import { me } from "../session.ts";
import { absolute, clockTime } from "../words.ts";

export function IncidentPage({ id }: { id: string }) {
  const incident = useIncident(id);
  if (!incident)
    return (
      <Shell title="Incident">
        <h1>{incident === null ? "There is no such incident" : "Looking…"}</h1>
        <p>
          <a href="/incidents" onClick={follow}>
            All incidents
          </a>
        </p>
      </Shell>
    );
  const zone = zoneOf(incident);
  return (
    <Shell title={incident.root.name}>
      <p>
        <a href="/incidents" onClick={follow}>
          All incidents
        </a>
      </p>
      <p class="incident-head">
        <IncidentMark incident={incident} />
        <span class="quiet">
          <Lasting incident={incident} />
          {incident.site !== null && (
            <>
              {" · "}
              <a href={`/devices?site=${incident.site}`} onClick={follow}>
                {siteName(incident.site)}
              </a>
            </>
          )}
        </span>
      </p>
      <h1 class="sentence">{incident.sentence}</h1>
      <p>
        {incident.ackedBy ? `${incident.ackedBy} has it.` : incident.state === "open" ? "Nobody has taken it yet." : ""}
        {incident.reference && ` Reference: ${incident.reference}.`}
      </p>
      <OutsideHours incident={incident} />
      <Ack incident={incident} main />
      {incident.members.length > 0 && <Members incident={incident} open={incident.members.length <= 12} />}
      <section aria-labelledby="told">
        <h2 id="told">Who was told</h2>
        {incident.told.length === 0 && <p class="quiet">Nobody: it was over soon, or no channel was there to tell.</p>}
        <ul class="timeline">
          {incident.told.map((one) => {
            const { good, text } = noticeSentence(one);
            return (
              <li key={`${one.channel} ${one.kind} ${one.at}`}>
                <At at={one.at} zone={zone} />
                <span class={good ? "" : "problem"}>
                  {text}
                  {one.link && (
                    <>
                      {" "}
                      <a href={one.link} rel="noreferrer" target="_blank">
                        {one.reference ?? "The ticket"}
                      </a>
                    </>
                  )}
                </span>
              </li>
            );
          })}
        </ul>
      </section>
      <section aria-labelledby="history">
        <h2 id="history">What happened</h2>
        <ol class="timeline">
          {incident.timeline.map((event) => (
            <li key={event.id}>
              <At at={event.at} zone={zone} />
              <span>{eventSentence(event)}</span>
            </li>
          ))}
        </ol>
        {me.value?.role !== "viewer" && <Note incident={incident} />}
      </section>
    </Shell>
  );
}

function At({ at, zone }: { at: number; zone: string | undefined }) {
  return (
    <time class="quiet" dateTime={new Date(at).toISOString()} title={absolute(at, zone)}>
      {clockTime(at, now.value, zone, true)}
    </time>
  );
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

function Note({ incident }: { incident: IncidentWhole }) {
  const text = useSignal("");
  const reference = useSignal(incident.reference ?? "");
  const said = useSignal<string | null>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const words = text.value.trim();
    const changed = reference.value.trim() !== (incident.reference ?? "");
    if (!words && !changed) return;
    try {
      const wish = { ...(words ? { text: words } : {}), ...(changed ? { reference: reference.value.trim() } : {}) };
      putIncident(await api.noteIncident(incident.id, wish));
      text.value = "";
      said.value = null;
    } catch (error) {
      said.value = (error as Error).message;
    }
  };
  return (
    <form class="wish" onSubmit={(event) => void submit(event)}>
      <label>
        Note
        <input
          maxLength={2000}
          value={text.value}
          onInput={(e) => {
            text.value = e.currentTarget.value;
          }}
        />
      </label>
      <label>
        Reference of a ticket or a supplier
        <input
          maxLength={200}
          value={reference.value}
          onInput={(e) => {
            reference.value = e.currentTarget.value;
          }}
        />
      </label>
      {said.value && (
        <p class="problem" role="alert">
          {said.value}
        </p>
      )}
      <button type="submit">Add the note</button>
    </form>
  );
}
