import { useMemo } from "preact/hooks";
import type { Device, Site } from "../api.ts";
import { go } from "../router.ts";
import { type State, states, stateWords } from "../words.ts";

interface Place {
  id: string;
  name: string;
  x: number;
  y: number;
  state: State;
  devices: number;
  bad: number;
}

const width = 800;
const height = 460;
const edge = 70;

/** Worst state of a site's devices; a site is as well as its worst. */
const worst = (of: readonly Device[]): State => states.find((s) => of.some((d) => d.state === s)) ?? "awaiting";

/** Web Mercator, fitted to the places: north is up and shapes are true, with no tile server. */
export function project(sites: readonly Site[]): (site: Site) => { x: number; y: number } {
  const y = (lat: number) => -Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
  const xs = sites.map((s) => (s.location.lon * Math.PI) / 180);
  const ys = sites.map((s) => y(s.location.lat));
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const scale = Math.min(
    (width - 2 * edge) / (right - left || 1e-6),
    (height - 2 * edge) / (bottom - top || 1e-6),
    4e6,
  );
  const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
  return (site) => ({
    x: width / 2 + ((site.location.lon * Math.PI) / 180 - middle.x) * scale,
    y: height / 2 + (y(site.location.lat) - middle.y) * scale,
  });
}

/** Where everything is: shape and colour for state, names, keyboard, a list for readers. */
export function StreetMap({ sites, devices }: { sites: readonly Site[]; devices: readonly Device[] }) {
  const places = useMemo(() => {
    const at = project(sites);
    return sites.map((site): Place => {
      const here = devices.filter((d) => d.site === site.id);
      const bad = here.filter((d) => d.state === "offline" || d.state === "suspect").length;
      return { id: site.id, name: site.name, ...at(site), state: worst(here), devices: here.length, bad };
    });
  }, [sites, devices]);
  if (places.length === 0) return null;
  return (
    <svg class="map" viewBox={`0 0 ${width} ${height}`}>
      <title>Map of sites</title>
      {places.map((place) => (
        <SitePlace key={place.id} place={place} />
      ))}
    </svg>
  );
}

function SitePlace({ place }: { place: Place }) {
  const { mark, word } = stateWords[place.state];
  const to = `/devices?site=${encodeURIComponent(place.id)}`;
  const label =
    place.devices === 0
      ? `${place.name}: no devices`
      : `${place.name}: ${place.bad > 0 ? `${place.bad} of ${place.devices} ${word}` : `${place.devices} ${word}`}`;
  return (
    <a
      href={to}
      aria-label={label}
      onClick={(event) => {
        event.preventDefault();
        go(to);
      }}
    >
      <g class={`place state-${place.state}`} transform={`translate(${place.x} ${place.y})`}>
        <circle r="24" class="target" />
        <text class="place-mark" text-anchor="middle" dy="0.36em">
          {mark}
        </text>
        <text class="place-name" text-anchor="middle" y="34">
          {place.name}
        </text>
        {place.bad > 0 && (
          <text class="place-note" text-anchor="middle" y="50">
            {place.bad} of {place.devices}
          </text>
        )}
      </g>
    </a>
  );
}
