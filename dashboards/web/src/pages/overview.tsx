import { counts, devices, inOrder, loaded, siteName, sites } from "../fleet.ts";
import { incidentOf, openIncidents } from "../incidents.ts";
import { IncidentCard } from "../parts/incident.tsx";
import { StreetMap } from "../parts/map.tsx";
import { Shell } from "../parts/shell.tsx";
import { SiteList } from "../parts/site-list.tsx";
import { Ago, StateMark } from "../parts/state.tsx";
import { follow } from "../router.ts";
import { overviewSentence, states } from "../words.ts";

const attention = 8;

export function Overview() {
  const all = inOrder.value;
  const count = counts(all);
  const open = openIncidents.value;
  // What an incident speaks of needs no card of its own.
  // While the controller itself cannot see, no device is accused.
  const blind = open.some(({ rule }) => rule === "controller_blind");
  const wrong = all.filter(
    (d) => (d.state === "offline" || d.state === "suspect" || (d.state === "unknown" && !blind)) && !incidentOf(d.id),
  );
  return (
    <Shell title="Overview">
      <h1 class="sentence" aria-live="polite">
        {loaded.value ? overviewSentence(all, siteName, open) : "Looking…"}
      </h1>
      {loaded.value && all.length === 0 ? <First /> : null}
      {open.length > 0 && (
        <section aria-labelledby="open">
          <h2 id="open">Open incidents</h2>
          <ul class="incidents beside">
            {open.slice(0, attention).map((incident) => (
              <li key={incident.id}>
                <IncidentCard incident={incident} />
              </li>
            ))}
          </ul>
          {open.length > attention && (
            <p>
              <a href="/incidents" onClick={follow}>
                All {open.length}
              </a>
            </p>
          )}
        </section>
      )}
      <ul class="tallies" aria-label="Devices by state">
        {states
          .filter((state) => count[state] > 0)
          .map((state) => (
            <li key={state}>
              <a href={`/devices?state=${state}`} onClick={follow}>
                <b>{count[state].toLocaleString("en-GB")}</b> <StateMark state={state} />
              </a>
            </li>
          ))}
      </ul>
      {wrong.length > 0 && (
        <section aria-labelledby="wrong">
          <h2 id="wrong">Needs a look</h2>
          <ul class="cards">
            {wrong.slice(0, attention).map((device) => (
              <li key={device.id}>
                <a class="card" href={`/devices/${device.id}`} onClick={follow}>
                  <StateMark state={device.state} />
                  <strong>{device.name}</strong>
                  <span class="quiet">{siteName(device.site)}</span>
                  <span class="quiet">
                    last heard <Ago at={device.lastSeenAt} />
                  </span>
                </a>
              </li>
            ))}
          </ul>
          {wrong.length > attention && (
            <p>
              <a href="/devices" onClick={follow}>
                All {wrong.length}
              </a>
            </p>
          )}
        </section>
      )}
      {sites.value.size > 0 && (
        <section aria-labelledby="where">
          <h2 id="where">Where</h2>
          <StreetMap sites={[...sites.value.values()]} devices={[...devices.value.values()]} />
          <SiteList sites={[...sites.value.values()]} devices={[...devices.value.values()]} />
        </section>
      )}
    </Shell>
  );
}

function First() {
  return (
    <section class="empty">
      <p>Add the first one: it takes one line on the device, and it appears here by itself.</p>
      <p>
        <a class="main-action" href="/add" onClick={follow}>
          Add a device
        </a>
      </p>
    </section>
  );
}
