import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type LatestPoint, type Series } from "../api.ts";
import { now } from "../clock.ts";
import { fail } from "../fleet.ts";
import { devicesOn, hourMs, usualAt, usualDays, usualSentence } from "../usual.ts";

/** How many are on, beside what is usual for this hour of the week; nothing while that is not known. */
export function UsualLine(props: {
  device: string;
  latest: readonly LatestPoint[];
  there: boolean;
  timeZone?: string | undefined;
}) {
  const { device, latest, there, timeZone } = props;
  const radios = useSignal<Series[]>([]);
  const on = devicesOn(latest);
  const hourAt = Math.floor(now.value / hourMs) * hourMs;
  const asked = on !== null && there;
  useEffect(() => {
    if (!asked) return;
    let gone = false;
    const from = String(hourAt - usualDays * 24 * hourMs);
    const wish = { measurement: "radio", field: "clients", from, to: String(hourAt), every: String(hourMs) } as const;
    api.series(device, { ...wish, fn: "mean", by: "radio" }).then(({ series }) => {
      if (!gone) radios.value = series;
    }, fail);
    return () => {
      gone = true;
    };
  }, [device, hourAt, asked, radios]);
  const usual = usualAt(radios.value, now.value, timeZone);
  if (on === null || !there || usual === null) return null;
  return <p class="quiet">{usualSentence(now.value, on, usual, timeZone)}</p>;
}
