import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { api, type Late, type LatestPoint, type Series } from "../api.ts";
import { currentTime } from "../clock.ts";
import { hear } from "../live.ts";
import { type ChartPlan, chartsOf, hueCycle, radioNames } from "../measurements.ts";
import { query, setQuery } from "../router.ts";
import { count, levelWords } from "../words.ts";
import { Chart, type Line } from "./chart.tsx";
import { LateLine, useLate } from "./late.tsx";
import { Strip } from "./strip.tsx";

const minute = 60_000;
const ranges = [
  { key: "15m", label: "15 min", ms: 15 * minute, everyMs: 5_000 },
  { key: "1h", label: "1 hour", ms: 60 * minute, everyMs: 10_000 },
  { key: "6h", label: "6 hours", ms: 360 * minute, everyMs: minute },
  { key: "24h", label: "24 hours", ms: 1440 * minute, everyMs: 5 * minute },
  { key: "7d", label: "7 days", ms: 7 * 1440 * minute, everyMs: 30 * minute },
  { key: "30d", label: "30 days", ms: 30 * 1440 * minute, everyMs: 120 * minute },
] as const;
type Range = (typeof ranges)[number];

/** Every measurement of the device over the chosen time; they move as values come. */
export function Charts({
  device,
  latest,
  timeZone,
}: {
  device: string;
  latest: readonly LatestPoint[];
  timeZone?: string | undefined;
}) {
  const range = ranges.find((r) => r.key === query("range")) ?? ranges[0];
  const shape = chartsOf(latest)
    .map((p) => `${p.key}:${p.lines.length}`)
    .join();
  // The plans change only with what is measured, not with every value.
  const plans = useMemo(() => chartsOf(latest), [shape]);
  const names = radioNames(latest);
  const more = plans.filter((plan) => plan.more);
  const open = useSignal(false);
  const late = useLate(device, range.ms);
  const level = useSignal("raw");
  const grid = (some: readonly ChartPlan[]) => (
    <div class="charts">
      {some.map((plan) => (
        <LiveChart
          key={plan.key}
          device={device}
          plan={plan}
          range={range}
          names={names}
          late={late.value}
          timeZone={timeZone}
          levelIs={(found) => (level.value = found)}
        />
      ))}
    </div>
  );
  return (
    <section aria-labelledby="measured">
      <header class="page-head">
        <h2 id="measured">Measured</h2>
        <fieldset class="ranges">
          <legend class="visually-hidden">Time range</legend>
          {ranges.map((r) => (
            <button
              key={r.key}
              type="button"
              aria-pressed={r.key === range.key}
              onClick={() => setQuery({ range: r.key === ranges[0].key ? "" : r.key })}
            >
              {r.label}
            </button>
          ))}
        </fieldset>
      </header>
      <LateLine late={late.value} timeZone={timeZone} />
      {plans.length > 0 && level.value !== "raw" && <p class="chart-sentence">{levelWords(level.value)}</p>}
      {plans.length === 0 && (
        <p class="quiet">Nothing measured yet. The first values come within a minute of its first call.</p>
      )}
      {grid(plans.filter((plan) => !plan.more))}
      {more.length > 0 && (
        <details class="more" open={open.value} onToggle={(e) => (open.value = e.currentTarget.open)}>
          <summary>
            {open.value ? "Less" : "More"}: {count(more.length, "further chart")}
          </summary>
          {open.value && grid(more)}
        </details>
      )}
    </section>
  );
}

const refreshMs = 5_000;

function LiveChart({
  device,
  plan,
  range,
  names,
  late,
  timeZone,
  levelIs,
}: {
  device: string;
  plan: ChartPlan;
  range: Range;
  /** What people call a radio. */
  names: ReadonlyMap<string, string>;
  late: readonly Late[];
  timeZone?: string | undefined;
  /** How fine the values are that came. */
  levelIs(level: string): void;
}) {
  const shown = useSignal<{ lines: Line[] | null; to: number; problem: string | null }>({
    lines: null,
    to: currentTime(),
    problem: null,
  });
  useEffect(() => {
    let gone = false;
    let asked = 0;
    const ask = async () => {
      asked = currentTime();
      const to = asked;
      try {
        const { lines, level } = await fetchLines(device, plan, range, to);
        if (gone) return;
        shown.value = { lines, to, problem: null };
        levelIs(level);
      } catch (error) {
        if (!gone) shown.value = { ...shown.value, problem: (error as Error).message };
      }
    };
    void ask();
    const end = hear("latest", (data) => {
      const news = data as { device: string; points: { m: string }[] };
      const due = currentTime() - asked > Math.max(refreshMs, range.everyMs / 4);
      if (news.device === device && due && news.points.some((p) => p.m === plan.measurement)) void ask();
    });
    return () => {
      gone = true;
      end();
    };
  }, [device, plan, range, shown]);
  const { to, problem, lines: found } = shown.value;
  const { title } = plan;
  // Nothing known yet is not "nothing measured".
  if (found === null) return <Awaited title={title} problem={problem} />;
  const lines =
    plan.by === "radio" ? found.map((line) => ({ ...line, label: names.get(line.label) ?? line.label })) : found;
  const shared = { title, lines, from: to - range.ms, to, everyMs: range.everyMs, late, timeZone };
  return (
    <div class="chart-place">
      {plan.strip ? (
        <Strip words={plan.strip} {...shared} />
      ) : (
        <Chart unit={plan.unit} whole={plan.whole === true} {...shared} />
      )}
      {problem && <p class="problem">{problem}</p>}
    </div>
  );
}

const Awaited = ({ title, problem }: { title: string; problem: string | null }) => (
  <figure class="chart">
    <figcaption>
      <strong>{title}</strong>
    </figcaption>
    <p class={problem ? "problem" : "chart-sentence"}>{problem ?? "Looking…"}</p>
  </figure>
);

async function fetchLines(device: string, plan: ChartPlan, range: Range, to: number) {
  const answers = await Promise.all(
    plan.lines.map(({ field }) =>
      api.series(device, {
        measurement: plan.measurement,
        field,
        from: String(to - range.ms),
        to: String(to),
        every: String(range.everyMs),
        fn: plan.fn,
        ...(plan.by ? { by: plan.by } : {}),
      }),
    ),
  );
  const lines = answers.flatMap(({ series }, i): Line[] => {
    const { label, hue } = plan.lines[i] as ChartPlan["lines"][number];
    return plan.by
      ? series.map((s, n) => lineOf(s, s.tags[plan.by ?? ""] ?? label, colour(hueCycle[n % hueCycle.length] as string)))
      : series.map((s) => lineOf(s, label, colour(hue)));
  });
  return { lines, level: answers[0]?.resolution ?? "raw" };
}

/** A canvas doesn't know CSS variables. */
export const colour = (hue: string): string => {
  const name = hue.replace(/^var\(|\)$/g, "");
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
};

const lineOf = (series: Series, label: string, hue: string): Line => ({
  label,
  hue,
  points: series.points.filter((p): p is [number, number] => typeof p[1] === "number"),
});
