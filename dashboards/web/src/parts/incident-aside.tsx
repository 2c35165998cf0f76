import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Channel, type IncidentWhole } from "../api.ts";
import { callLines, causeSentence } from "../cause-words.ts";
import { now } from "../clock.ts";
import { fail, siteName, sites } from "../fleet.ts";
import { mayAct } from "../incident-acts.ts";
import { follow } from "../router.ts";
import { standingsOf, standingWords } from "../told-words.ts";
import { absolute, clockTime } from "../words.ts";
import { Mark, Members, zoneOf } from "./incident.tsx";

/** What helps to put it right: the likely cause, what changed, whom to call, the devices, and who knows of it. */
export function IncidentAside({ incident }: { incident: IncidentWhole }) {
  const cause = causeSentence(incident);
  return (
    <aside class="incident-aside" aria-label="What helps">
      {cause && (
        <section aria-labelledby="cause">
          <h2 id="cause">Likely cause</h2>
          <p>{cause}</p>
        </section>
      )}
      <Changed incident={incident} />
      <Call site={incident.site} />
      {incident.members.length > 0 && (
        <section aria-labelledby="devices">
          <h2 id="devices">Devices</h2>
          <Members incident={incident} open={incident.members.length <= 12} />
        </section>
      )}
      <WhoKnows incident={incident} />
    </aside>
  );
}

function Changed({ incident }: { incident: IncidentWhole }) {
  const zone = zoneOf(incident);
  if (incident.root.type === "controller") return null;
  return (
    <section aria-labelledby="changed">
      <h2 id="changed">Changed in the hour before</h2>
      {incident.changed.length === 0 && (
        <p class="quiet">Nothing that is known of: no settings, restarts or firmware.</p>
      )}
      <ul class="plain-list">
        {incident.changed.map(({ at, text, device }) => (
          <li key={`${at} ${text}`}>
            <time class="quiet" dateTime={new Date(at).toISOString()} title={absolute(at, zone)}>
              {clockTime(at, now.value, zone)}
            </time>{" "}
            {device === undefined ? (
              text
            ) : (
              <a href={`/devices/${device}`} onClick={follow}>
                {text}
              </a>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Call({ site }: { site: string | null }) {
  const place = site === null ? undefined : sites.value.get(site);
  if (!place) return null;
  const lines = callLines(place.contact);
  return (
    <section aria-labelledby="call">
      <h2 id="call">Whom to call</h2>
      {lines.length === 0 && (
        <p class="quiet">
          Nobody is written down for {siteName(site)}.{" "}
          {mayAct() && (
            <a href={`/devices?site=${place.id}`} onClick={follow}>
              Write it down
            </a>
          )}
        </p>
      )}
      <dl class="call">
        {lines.map(({ label, text, href }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{href ? <a href={href}>{text}</a> : text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Channels are not a viewer's to see: then only those that were told something. */
function WhoKnows({ incident }: { incident: IncidentWhole }) {
  const channels = useSignal<Channel[]>([]);
  useEffect(() => {
    if (!mayAct()) return;
    api.channels().then((all) => {
      channels.value = all;
    }, fail);
  }, [channels]);
  const standings = standingsOf(incident, channels.value, { now: now.value, zone: zoneOf(incident) });
  return (
    <section aria-labelledby="told">
      <h2 id="told">Who was told, and who was not</h2>
      {standings.length === 0 && <p class="quiet">Nobody: no channel is there to tell.</p>}
      <ul class="plain-list">
        {standings.map(({ channel, name, is, text }) => (
          <li key={channel}>
            <Mark {...standingWords[is]} /> <strong>{name}</strong>
            <span class="quiet">: {text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
