import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Late } from "../api.ts";
import { currentTime, now } from "../clock.ts";
import { fail } from "../fleet.ts";
import { hear } from "../live.ts";
import { clockTime, count } from "../words.ts";

const refreshMs = 5_000;

/** Stretches of the chosen time whose values came afterwards; they move as more comes. */
export function useLate(device: string, rangeMs: number): ReadonlySignal<Late[]> {
  const late = useSignal<Late[]>([]);
  useEffect(() => {
    let gone = false;
    let asked = 0;
    const ask = () => {
      asked = currentTime();
      api.late(device, asked - rangeMs, asked).then((items) => {
        if (!gone) late.value = items;
      }, fail);
    };
    ask();
    const end = hear("latest", () => {
      if (currentTime() - asked > refreshMs) ask();
    });
    return () => {
      gone = true;
      end();
    };
  }, [device, rangeMs, late]);
  return late;
}

const mostNamed = 3;

/** What the shading in the charts means. */
export function LateLine({ late, timeZone }: { late: readonly Late[]; timeZone?: string | undefined }) {
  if (late.length === 0) return null;
  const newest = late.slice(-mostNamed).reverse();
  const at = (time: number) => clockTime(time, now.value, timeZone, true);
  return (
    <p class="late" role="note">
      <i class="swatch" /> Shaded: it could not deliver, kept what it measured, and sent it afterwards:{" "}
      {newest
        .map(
          ({ from, to, points, arrivedAt }) =>
            `${at(from)} to ${at(to)} (${count(points, "value")}, here by ${at(arrivedAt)})`,
        )
        .join("; ")}
      {late.length > newest.length && `; and ${late.length - newest.length} earlier`}.
    </p>
  );
}
