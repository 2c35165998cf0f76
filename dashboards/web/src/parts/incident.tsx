import { useSignal } from "@preact/signals";
import { api, type Incident } from "../api.ts";
import { now } from "../clock.ts";
import { sites } from "../fleet.ts";
import { opensNext } from "../hours.ts";
import { incidentStates, memberStates, severityWords, toldSentence } from "../incident-words.ts";
import { putIncident } from "../incidents.ts";
import { follow } from "../router.ts";
import { me } from "../session.ts";
import { absolute, count, duration } from "../words.ts";
import { Ago } from "./state.tsx";

export const zoneOf = (incident: Incident): string | undefined =>
  incident.site === null ? undefined : sites.value.get(incident.site)?.timeZone;

/** Shape, colour and word. */
function Mark({ mark, word, look }: { mark: string; word: string; look: string }) {
  return (
    <span class={`state state-${look}`}>
      <span class="mark" aria-hidden="true">
        {mark}
      </span>
      {word}
    </span>
  );
}

/** P1-P4 and whether it is over. */
export function IncidentMark({ incident }: { incident: Incident }) {
  const { short, long } = severityWords[incident.severity];
  return (
    <span class="incident-mark">
      <Mark {...incidentStates[incident.state]} />
      <abbr class={`severity severity-${incident.severity}`} title={long}>
        {short}
      </abbr>
    </span>
  );
}

/** How long it lasted, or since when it lasts. */
export function Lasting({ incident }: { incident: Incident }) {
  const zone = zoneOf(incident);
  const { since, resolvedAt } = incident;
  if (resolvedAt === null)
    return (
      <time dateTime={new Date(since).toISOString()} title={absolute(since, zone)}>
        for {duration(now.value - since)}
      </time>
    );
  return (
    <span>
      <Ago at={resolvedAt} timeZone={zone} />, after {duration(Math.max(0, resolvedAt - since))}
    </span>
  );
}

/** Nobody is woken for a place that is closed. */
export function OutsideHours({ incident }: { incident: Incident }) {
  const site = incident.site === null ? undefined : sites.value.get(incident.site);
  const opens = site && incident.state === "open" ? opensNext(site, now.value) : null;
  if (opens === null) return null;
  return <p class="quiet">Outside the site's service hours until {opens}: no further notices until then.</p>;
}

/** One incident in a list: its sentence, who was told, and the one thing to do. */
export function IncidentCard({ incident, brief = false }: { incident: Incident; brief?: boolean }) {
  const told = toldSentence(incident.told);
  return (
    <article class={`incident incident-${incident.state}`}>
      <p class="incident-head">
        <IncidentMark incident={incident} />
        <span class="quiet">
          <Lasting incident={incident} />
        </span>
      </p>
      <p class="incident-sentence">
        <a href={`/incidents/${incident.id}`} onClick={follow}>
          {incident.sentence}
        </a>
      </p>
      <OutsideHours incident={incident} />
      {brief && incident.ackedBy && <p class="quiet">{incident.ackedBy} has it.</p>}
      {!brief && (
        <>
          {incident.members.length > 1 && <Members incident={incident} />}
          <p class={told.good ? "quiet" : "problem"}>
            {told.text}
            {incident.ackedBy && ` ${incident.ackedBy} has it.`}
            {incident.reference && ` Reference: ${incident.reference}.`}
          </p>
        </>
      )}
      <Ack incident={incident} />
    </article>
  );
}

export function Members({ incident, open = false }: { incident: Incident; open?: boolean }) {
  const down = incident.members.filter(({ state }) => state === "down").length;
  const all = incident.members.length;
  const summary =
    incident.state === "open" && down < all ? `${down} of ${count(all, "device")} offline` : count(all, "device");
  return (
    <details class="more" open={open}>
      <summary>{summary}</summary>
      <ul class="incident-members">
        {incident.members.map((member) => (
          <li key={member.device}>
            <a href={`/devices/${member.device}`} onClick={follow}>
              {member.name}
            </a>{" "}
            <Mark {...memberStates[member.state]} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** "I have it": others see it. */
export function Ack({ incident, main = false }: { incident: Incident; main?: boolean }) {
  const said = useSignal<string | null>(null);
  if (incident.state !== "open" || incident.ackedBy || me.value?.role === "viewer") return null;
  const take = () =>
    api.ackIncident(incident.id).then(
      (now) => putIncident(now),
      (error: Error) => {
        said.value = error.message;
      },
    );
  return (
    <p class="actions">
      <button type="button" class={main ? "main-action" : ""} onClick={() => void take()}>
        I have it
        <span class="visually-hidden">: {incident.root.name}</span>
      </button>
      {said.value && (
        <span class="problem" role="alert">
          {said.value}
        </span>
      )}
    </p>
  );
}
