import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Device, Site } from "../api.ts";
import { go } from "../router.ts";
import { type State, states, stateWords } from "../words.ts";
import { type Label, placeLabels } from "./labels.ts";

interface Place {
  id: string;
  name: string;
  x: number;
  y: number;
  state: State;
  note: string;
}

/** Room for names at the edge, in CSS pixels; one unit of the map is one pixel, so that names stay legible on a phone,
 *  where places need the room more than their names do. */
const edgeOf = (width: number): number => (width < narrow ? 36 : 64);
const narrow = 600;
interface Size {
  width: number;
  height: number;
}

/** Worst state of a site's devices; a site is as well as its worst. */
export const worst = (of: readonly Device[]): State => states.find((s) => of.some((d) => d.state === s)) ?? "awaiting";

/** Web Mercator, fitted to the places: north is up and shapes are true, with no tile server. */
export function project(sites: readonly Site[], { width, height }: Size): (site: Site) => { x: number; y: number } {
  const y = (lat: number) => -Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
  const xs = sites.map((s) => (s.location.lon * Math.PI) / 180);
  const ys = sites.map((s) => y(s.location.lat));
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const edge = edgeOf(width);
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
  const frame = useRef<SVGSVGElement>(null);
  const size = useSignal<Size>({ width: 800, height: 440 });
  useEffect(() => {
    const look = () => {
      const width = frame.current?.clientWidth ?? 0;
      if (width > 0 && width !== size.value.width) size.value = { width, height: width < narrow ? 320 : 440 };
    };
    look();
    const observer = new ResizeObserver(look);
    if (frame.current) observer.observe(frame.current);
    return () => observer.disconnect();
  }, [size]);
  const { width, height } = size.value;
  const places = useMemo(() => {
    const at = project(sites, { width, height });
    return sites.map((site): Place => {
      const here = devices.filter((d) => d.site === site.id);
      const state = worst(here);
      return { id: site.id, name: site.name, ...at(site), state, note: noteOf(here, state) };
    });
  }, [sites, devices, width, height]);
  // What is wrong is named first where there is little room.
  const labels = useMemo(
    () =>
      placeLabels(
        [...places].sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state)),
        { width, height },
      ),
    [places, width, height],
  );
  if (places.length === 0) return null;
  return (
    <svg ref={frame} class="map" viewBox={`0 0 ${width} ${height}`} style={{ height: `${height}px` }}>
      <title>Map of sites</title>
      {places.map((place) => (
        <SitePlace key={place.id} place={place} label={labels.get(place.id)} />
      ))}
    </svg>
  );
}

/** "9 online", or how many are not. */
export function noteOf(here: readonly Device[], state: State): string {
  const { word } = stateWords[state];
  if (here.length === 0) return "no devices";
  const bad = here.filter((d) => d.state === "offline" || d.state === "suspect").length;
  return bad > 0 ? `${bad} of ${here.length} ${word}` : `${here.length} ${word}`;
}

function SitePlace({ place, label }: { place: Place; label: Label | undefined }) {
  return (
    <a
      href={`/devices?site=${encodeURIComponent(place.id)}`}
      onClick={(event) => {
        event.preventDefault();
        go(`/devices?site=${encodeURIComponent(place.id)}`);
      }}
    >
      <g class={`place state-${place.state}`}>
        <title>{`${place.name}: ${place.note}`}</title>
        <circle r="24" cx={place.x} cy={place.y} class="target" />
        <text class="place-mark" text-anchor="middle" x={place.x} y={place.y} dy="0.36em">
          {stateWords[place.state].mark}
        </text>
        {label && (
          <>
            <text class="place-name" text-anchor="middle" x={label.x} y={label.y}>
              {label.name}
            </text>
            {label.note && (
              <text class="place-note" text-anchor="middle" x={label.x} y={label.y + 18}>
                {place.note}
              </text>
            )}
          </>
        )}
      </g>
    </a>
  );
}
