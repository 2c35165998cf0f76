import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Incident } from "../api.ts";
import { devices, fail, siteName, sites } from "../fleet.ts";
import { endAct, loadPolicy, mayAct } from "../incident-acts.ts";
import { fits, groupsOf, isMine, type Wanted, wantedOf, wantsOver } from "../incident-list.ts";
import { incidentsLoaded, openIncidents, useOver } from "../incidents.ts";
import { Pick } from "../parts/fields.tsx";
import { ActSheet } from "../parts/incident-acts.tsx";
import { useIncidentKeys } from "../parts/incident-keys.ts";
import { IncidentRow } from "../parts/incident-row.tsx";
import { Keys } from "../parts/keys.tsx";
import { Shell } from "../parts/shell.tsx";
import { follow, query, setQuery } from "../router.ts";
import { me } from "../session.ts";
import { count } from "../words.ts";

const nobody = { id: "", name: "" };
const keys = [
  ["j, k", "the next one, the one before"],
  ["Enter", "opens it"],
  ["a", "takes it"],
  ["s", "silences it"],
  ["n", "notes something"],
] as const;

export function Incidents() {
  useEffect(() => {
    loadPolicy().catch(fail);
  }, []);
  const wanted = wantedOf(query);
  const open = openIncidents.value;
  const shown = open.filter((one) => fits(one, wanted, me.value ?? nobody));
  const groups = groupsOf(shown, query("by") === "site" ? "site" : "severity", siteName);
  const over = useOver(wanted, wantsOver(wanted));
  const list = [...groups.flatMap(({ items }) => items), ...over.items];
  const at = list.find(({ id }) => id === query("at"));
  useIncidentKeys(list);
  const row = (incident: Incident) => (
    <li key={incident.id}>
      <IncidentRow incident={incident} chosen={incident.id === at?.id} />
    </li>
  );
  return (
    <Shell title="Incidents">
      <header class="page-head">
        <h1 class="sentence" aria-live="polite">
          {incidentsLoaded.value ? headline(open) : "Looking…"}
        </h1>
        <span class="actions">
          <Keys keys={keys} />
          <a href="/channels" onClick={follow}>
            Who is told
          </a>
        </span>
      </header>
      <Filters wanted={wanted} />
      {groups.map(({ key, title, items }) => (
        <section key={key} aria-label={title || "Open"}>
          {title && <h2>{title}</h2>}
          <ul class="incidents inbox">{items.map(row)}</ul>
        </section>
      ))}
      {incidentsLoaded.value && list.length === 0 && over.loaded && <Nothing open={open.length} wanted={wanted} />}
      {(over.items.length > 0 || over.next) && (
        <section aria-labelledby="over">
          <h2 id="over">Over</h2>
          <ul class="incidents inbox">{over.items.map(row)}</ul>
          {over.next && (
            <button type="button" onClick={over.more}>
              Older ones
            </button>
          )}
        </section>
      )}
      {at && mayAct() && <ActSheet key={at.id} incident={at} />}
      {query("do") !== "" && !at && incidentsLoaded.value && <Gone />}
    </Shell>
  );
}

function headline(open: readonly Incident[]): string {
  if (open.length === 0)
    return `No incident is open. ${count(devices.value.size, "device")} ${devices.value.size === 1 ? "is" : "are"} watched.`;
  const mine = open.filter((one) => isMine(one, me.value ?? nobody)).length;
  const free = open.filter(({ ackedBy, mutedBy }) => ackedBy === undefined && mutedBy === undefined).length;
  const parts = [mine > 0 ? `${mine} yours` : "", free > 0 ? `${free} not taken` : ""].filter(Boolean);
  return `${count(open.length, "incident")} ${open.length === 1 ? "is" : "are"} open${parts.length > 0 ? `: ${parts.join(", ")}` : ""}.`;
}

/** On a phone they are folded away. */
function Filters({ wanted }: { wanted: Wanted }) {
  const open = useSignal(false);
  const choice = (name: string, label: string, options: readonly (readonly [string, string])[]) => (
    <Pick label={label} value={query(name)} options={options} set={(value) => setQuery({ [name]: value, at: "" })} />
  );
  const isOpenOnly = wanted.state === "" || wanted.state === "open";
  const places = [...sites.value.values()].sort((a, b) => a.name.localeCompare(b.name, "en-GB"));
  return (
    <>
      <button
        type="button"
        class="plain filters-toggle"
        aria-expanded={open.value}
        aria-controls="incident-filters"
        onClick={() => {
          open.value = !open.value;
        }}
      >
        Filters{active(wanted) > 0 && ` (${active(wanted)})`}
      </button>
      <search id="incident-filters" class={open.value ? "filters" : "filters folded"}>
        {choice("state", "State", [
          ["", "open, then over"],
          ["open", "open"],
          ["resolved", "resolved"],
          ["closed", "closed"],
        ])}
        {choice("site", "Site", [["", "all sites"], ...places.map(({ id, name }) => [id, name] as const)])}
        {isOpenOnly &&
          choice("who", "Who has it", [
            ["", "anybody or nobody"],
            ["mine", "mine"],
            ["free", "not taken"],
            ["taken", "taken"],
          ])}
        {isOpenOnly &&
          choice("muted", "Quiet", [
            ["", "quiet or not"],
            ["no", "not quiet"],
            ["yes", "quiet"],
          ])}
        {choice("by", "Order", [
          ["", "worst first"],
          ["site", "by site"],
        ])}
      </search>
    </>
  );
}
const active = ({ state, site, who, muted }: Wanted): number => [state, site, who, muted].filter(Boolean).length;

function Nothing({ open, wanted }: { open: number; wanted: Wanted }) {
  if (active(wanted) > 0)
    return (
      <section class="empty">
        <p>
          {open > 0
            ? `None of the ${count(open, "open incident")} fits these filters.`
            : "No incident fits these filters."}
        </p>
        <button type="button" onClick={() => setQuery({ state: "", site: "", who: "", muted: "", at: "" })}>
          Show all
        </button>
      </section>
    );
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

/** The address asks for something that is not in the list any more. */
function Gone() {
  useEffect(endAct, []);
  return null;
}
