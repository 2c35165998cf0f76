import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { measurementOf } from "#wire";
import { api, type Explained, type IncidentWhole } from "../api.ts";
import { devices } from "../fleet.ts";
import { incidentNews } from "../incidents.ts";
import { hueCycle, hues } from "../measurements.ts";
import { count } from "../words.ts";
import { Chart } from "./chart.tsx";
import { colour } from "./charts.tsx";
import { zoneOf } from "./incident.tsx";

/** Why somebody was told, or was not: every time that it waited for, what kept it quiet, each attempt, and what its rule
 *  looked at. */
export function Why({ incident }: { incident: IncidentWhole }) {
  const open = useSignal(false);
  const found = useSignal<Explained | string | null>(null);
  const news = incidentNews.value;
  const turn = news.id === incident.id || news.id === "" ? news.count : 0;
  useEffect(() => {
    if (!open.value) return;
    api.explainIncident(incident.id).then(
      (is) => {
        found.value = is;
      },
      (error: Error) => {
        found.value = error.message;
      },
    );
  }, [open.value, incident.id, turn]);
  const is = found.value;
  return (
    <details
      class="more"
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>Why was somebody told, or not?</summary>
      {is === null ? (
        <p class="quiet">Looking…</p>
      ) : typeof is === "string" ? (
        <p class="problem">{is}</p>
      ) : (
        <Because is={is} incident={incident} />
      )}
    </details>
  );
}

function Because({ is, incident }: { is: Explained; incident: IncidentWhole }) {
  const lists = [
    { title: "Its times", items: is.timers.map(({ text }) => text) },
    { title: "What kept it quiet", items: is.suppressions.map(({ text }) => text) },
    { title: "Each attempt", items: is.told.map(({ text }) => text) },
  ].filter(({ items }) => items.length > 0);
  return (
    <>
      <p>{is.who}</p>
      {is.samples && <Samples samples={is.samples} timeZone={zoneOf(incident)} />}
      {lists.map(({ title, items }) => (
        <section key={title} aria-label={title}>
          <h3>{title}</h3>
          <ul class="plain-list">
            {items.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function Samples({ samples, timeZone }: { samples: NonNullable<Explained["samples"]>; timeZone: string | undefined }) {
  const [measurement = "", field = ""] = samples.field.split(".");
  const unit = measurementOf(measurement)?.fields[field]?.unit ?? "";
  const times = [...new Set(samples.series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const [from, to] = [times[0], times.at(-1)];
  if (from === undefined || to === undefined) return null;
  const limit = samples.comparable ? (samples.raise.above ?? samples.raise.below) : undefined;
  const lines = samples.series.map(({ device, series, points }, i) => ({
    label: [devices.value.get(device)?.name ?? device, series].filter(Boolean).join(", "),
    hue: colour(`var(${hueCycle[i % hueCycle.length]})`),
    points,
  }));
  const bound =
    limit === undefined
      ? []
      : [{ label: "limit", hue: colour(hues.bad), points: times.map((at) => [at, limit] as const) }];
  return (
    <>
      <Chart
        title={`What its rule looked at: ${field.replaceAll("_", " ")}`}
        unit={samples.fn === "rate" ? `${unit}/s` : unit}
        lines={[...lines, ...bound]}
        from={from}
        to={to}
        everyMs={samples.everyMs}
        whole={false}
        timeZone={timeZone}
      />
      {samples.left > 0 && <p class="quiet">and {count(samples.left, "more device")} that are not drawn.</p>}
    </>
  );
}
