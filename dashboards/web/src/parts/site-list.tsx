import type { Device, Site } from "../api.ts";
import { follow } from "../router.ts";
import { states } from "../words.ts";
import { noteOf, worst } from "./map.tsx";
import { StateMark } from "./state.tsx";

export const uplinkWords = {
  fibre: "fibre",
  dsl: "DSL",
  cellular: "cellular",
  mesh: "mesh",
  other: "another line",
} as const;

/** Every site in a line, worst first: the map for who reads rather than looks. */
export function SiteList({ sites, devices }: { sites: readonly Site[]; devices: readonly Device[] }) {
  const rows = sites.map((site) => {
    const here = devices.filter((device) => device.site === site.id);
    const state = worst(here);
    return { site, state, note: noteOf(here, state) };
  });
  rows.sort(
    (a, b) => states.indexOf(a.state) - states.indexOf(b.state) || a.site.name.localeCompare(b.site.name, "en-GB"),
  );
  return (
    <ul class="site-list">
      {rows.map(({ site, state, note }) => (
        <li key={site.id}>
          <a href={`/devices?site=${encodeURIComponent(site.id)}`} onClick={follow}>
            <StateMark state={state} quiet />
            <strong>{site.name}</strong>
            <span>{note}</span>
            <span class="quiet">
              {[site.area, site.uplink && uplinkWords[site.uplink.kind]].filter(Boolean).join(" · ")}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
