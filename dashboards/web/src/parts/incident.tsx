import { useSignal } from "@preact/signals";
import { api, type Incident } from "../api.ts";
import { now } from "../clock.ts";
import { haveSentence, howMany, memberQuiet, quietSentence } from "../duty-words.ts";
import { sites } from "../fleet.ts";
import { opensNext } from "../hours.ts";
import { incidentStates, isLoss, memberStates, severityWords } from "../incident-words.ts";
import { putIncident } from "../incidents.ts";
import { follow } from "../router.ts";
import { me } from "../session.ts";
import { absolute, duration } from "../words.ts";
import { Ago } from "./state.tsx";

export const zoneOf = (incident: Incident): string | undefined =>
  incident.site === null ? undefined : sites.value.get(incident.site)?.timeZone;

/** Shape, colour and word. */
export function Mark({ mark, word, look }: { mark: string; word: string; look: string }) {
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

/** One incident among other things: its sentence, who has it, and the one thing to do. */
export function IncidentCard({ incident }: { incident: Incident }) {
  const at = { now: now.value, zone: zoneOf(incident) };
  const quiet = quietSentence(incident.mutedBy, at);
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
      {incident.ackedBy && <p class="quiet">{haveSentence(incident, me.value?.name ?? "", at)}</p>}
      {quiet && <p class="incident-quiet">{quiet}</p>}
      <Ack incident={incident} />
    </article>
  );
}

/** Those in it, and why one of them is kept quiet. */
export function Members({ incident, open = false }: { incident: Incident; open?: boolean }) {
  const at = { now: now.value, zone: zoneOf(incident) };
  return (
    <details class="more" open={open}>
      <summary>{howMany(incident)}</summary>
      <ul class="incident-members">
        {incident.members.map((member) => {
          const why = memberQuiet(member, at);
          return (
            <li key={member.device}>
              <a href={`/devices/${member.device}`} onClick={follow}>
                {member.name}
              </a>{" "}
              <Mark {...memberMark(member, incident.rule)} />
              {why && <span class="quiet">: {why}</span>}
            </li>
          );
        })}
      </ul>
    </details>
  );
}

/** Of a rule a device is bad rather than offline. */
function memberMark({ state }: Incident["members"][number], rule: string) {
  const mark = memberStates[state];
  return state === "down" && !isLoss(rule) ? { ...mark, word: "not right" } : mark;
}

/** "I have it": others see it. */
export function Ack({ incident }: { incident: Incident }) {
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
      <button type="button" onClick={() => void take()}>
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
