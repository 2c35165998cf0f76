import type { Incident } from "../api.ts";
import { now } from "../clock.ts";
import { haveSentence, howMany, nextSentence, quietSentence } from "../duty-words.ts";
import { siteName } from "../fleet.ts";
import { channelName, policy } from "../incident-acts.ts";
import { toldSentence } from "../incident-words.ts";
import { follow } from "../router.ts";
import { me } from "../session.ts";
import { IncidentMark, Lasting, OutsideHours, zoneOf } from "./incident.tsx";
import { Acts, LastDone } from "./incident-acts.tsx";

/** Who has it, who is next, and why it is quiet. */
export function DutyLines({ incident }: { incident: Incident }) {
  const at = { now: now.value, zone: zoneOf(incident) };
  const have = haveSentence(incident, me.value?.name ?? "", at);
  const next = nextSentence(incident, { policy: policy.value, nameOf: channelName, now: now.value });
  const quiet = incident.state === "open" ? quietSentence(incident.mutedBy, at) : "";
  return (
    <>
      {have && (
        <p>
          <span class={incident.state === "open" ? "have" : "quiet"}>{have}</span> <span class="quiet">{next}</span>
        </p>
      )}
      {quiet && <p class="incident-quiet">{quiet}</p>}
      <OutsideHours incident={incident} />
    </>
  );
}

/** One incident in the list of a duty officer, and all that can be done with it there. */
export function IncidentRow({ incident, chosen }: { incident: Incident; chosen: boolean }) {
  const told = toldSentence(incident.told);
  const facts = [
    incident.site === null ? "" : siteName(incident.site),
    howMany(incident),
    incident.reference ? `Reference ${incident.reference}` : "",
  ].filter(Boolean);
  return (
    <article class={`incident incident-${incident.state} incident-row${chosen ? " chosen" : ""}`}>
      <div class="incident-what">
        <p class="incident-head">
          <IncidentMark incident={incident} />
          <span class="quiet">
            <Lasting incident={incident} />
            {facts.map((fact) => ` · ${fact}`)}
          </span>
        </p>
        <p class="incident-sentence">
          <a id={`incident-${incident.id}`} href={`/incidents/${incident.id}`} onClick={follow}>
            {incident.sentence}
          </a>
        </p>
        <DutyLines incident={incident} />
        <p class={told.good ? "quiet" : "problem"}>{told.text}</p>
        <LastDone incident={incident} />
      </div>
      <Acts incident={incident} list />
    </article>
  );
}
