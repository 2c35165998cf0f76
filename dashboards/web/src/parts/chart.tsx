import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { now } from "../clock.ts";
import { clockTime, quantity } from "../words.ts";
import { gapsAfter } from "./gaps.ts";

export interface Line {
  label: string;
  /** One hue per meaning across all pages. */
  hue: string;
  points: readonly (readonly [number, number])[];
}

const chartHeight = 150;
/** Fewer are marked one by one. */
const fewPoints = 40;

/** Lines over one axis of time; gaps stay gaps. `everyMs` says from which distance on two points are not joined. */
export function Chart(props: {
  title: string;
  unit: string;
  lines: readonly Line[];
  from: number;
  to: number;
  everyMs: number;
  /** Halves mean nothing. */
  whole: boolean;
  timeZone?: string | undefined;
  /** Stretches of time whose values came afterwards: shaded. */
  late?: readonly { from: number; to: number }[];
}) {
  const late = useRef(props.late ?? []);
  late.current = props.late ?? [];
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const table = useSignal(false);
  const drawn = props.lines.filter((line) => line.points.length > 0);
  const shape = `${props.unit}|${drawn.length}|${drawn.map((l) => l.label).join("|")}`;

  // Made anew only when the lines are others; new values go into the chart that is there.
  useEffect(() => {
    if (!place.current || drawn.length === 0) return;
    const chart = new uPlot(
      options(place.current.clientWidth, props, drawn, () => late.current),
      align(drawn, props.everyMs),
      place.current,
    );
    plot.current = chart;
    const sized = new ResizeObserver(([entry]) => {
      if (entry) chart.setSize({ width: entry.contentRect.width, height: chartHeight });
    });
    sized.observe(place.current);
    return () => {
      sized.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [shape]);
  useEffect(() => {
    plot.current?.setData(align(drawn, props.everyMs), false);
    plot.current?.setScale("x", { min: props.from / 1000, max: props.to / 1000 });
  });

  return (
    <figure class="chart">
      <figcaption>
        <strong>{props.title}</strong>
        {drawn.length > 0 && (
          <button
            type="button"
            class="plain"
            aria-pressed={table.value}
            onClick={() => {
              table.value = !table.value;
            }}
          >
            {table.value ? "Hide table" : "As table"}
          </button>
        )}
        <span class="line-labels">
          {drawn.map((line) => (
            <span key={line.label} class="line-label">
              <i class="swatch" style={{ background: line.hue }} /> {line.label && `${line.label} `}
              <b>{last(line, props.unit)}</b>
              <span class="quiet">{about(line, props)}</span>
            </span>
          ))}
        </span>
      </figcaption>
      {drawn.length === 0 && <p class="chart-sentence">Nothing measured in this time.</p>}
      <div ref={place} class="plot" aria-hidden="true" />
      {table.value && <Table lines={drawn} unit={props.unit} timeZone={props.timeZone} />}
    </figure>
  );
}

const last = (line: Line, unit: string): string => quantity(line.points.at(-1)?.[1] ?? 0, unit);

/** The picture in words: its range, and how old the last value is when it is not of now. */
function about(line: Line, { unit, to, everyMs, timeZone }: Parameters<typeof Chart>[0]): string {
  const values = line.points.map((p) => p[1]);
  const [low, high] = [quantity(Math.min(...values), unit), quantity(Math.max(...values), unit)];
  const at = line.points.at(-1)?.[0] ?? to;
  const old = to - at > Math.max(oldMs, everyMs * 3) ? ` at ${clockTime(at, now.peek(), timeZone)}` : "";
  return `${old}${low === high ? ", steady" : `, ${low} to ${high}`}`;
}
const oldMs = 120_000;

const binarySteps = Array.from({ length: 40 }, (_, i) => 2 ** i);
const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

/** One column of times for all lines; a null where points are further apart than they should be. */
function align(lines: readonly Line[], everyMs: number): uPlot.AlignedData {
  const tables = lines.map((line): uPlot.AlignedData => {
    const xs: number[] = [];
    const ys: (number | null)[] = [];
    const gaps = gapsAfter(
      line.points.map(([at]) => at),
      everyMs,
    );
    for (const [i, [at, value]] of line.points.entries()) {
      xs.push(at / 1000);
      ys.push(value);
      const gap = gaps.get(i);
      if (gap === undefined) continue;
      xs.push(gap / 1000);
      ys.push(null);
    }
    return [xs, ys];
  });
  return tables.length === 1
    ? (tables[0] as uPlot.AlignedData)
    : uPlot.join(
        tables,
        tables.map(() => [0, 2]),
      );
}

function options(
  width: number,
  props: { unit: string; from: number; to: number; whole: boolean; timeZone?: string | undefined },
  lines: readonly Line[],
  late: () => readonly { from: number; to: number }[],
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--quiet").trim();
  const grid = { stroke: style.getPropertyValue("--rule").trim(), width: 1 };
  const zone = props.timeZone;
  return {
    width,
    height: chartHeight,
    legend: { show: false },
    hooks: { drawClear: [(plot) => shade(plot, late(), style.getPropertyValue("--late").trim())] },
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { min: props.from / 1000, max: props.to / 1000 },
      y: { range: (_u, low, high) => axis(low, high, props.unit) },
    },
    ...(zone ? { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), zone) } : {}),
    axes: [
      {
        stroke: ink,
        grid: { show: false },
        ticks: grid,
        size: 28,
        values: (_u, at) => at.map((t) => clockTime(t * 1000, now.peek(), zone)),
        // Days are named from some hours on: that takes more room.
        space: props.to - props.from > 43_200_000 ? 104 : 72,
      },
      {
        stroke: ink,
        grid,
        ticks: { show: false },
        size: 72,
        ...(props.unit === "B" ? { incrs: binarySteps } : props.whole ? { incrs: wholeSteps } : {}),
        values: (_u, values) => values.map((v) => quantity(v, props.unit)),
      },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.label,
        stroke: line.hue,
        width: 1.5,
        points: { show: line.points.length < fewPoints, size: 4, fill: line.hue },
      })),
    ],
  };
}

/** Behind the lines; as wide as a hairline at least. */
function shade(plot: uPlot, stretches: readonly { from: number; to: number }[], colour: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = colour;
  for (const { from, to } of stretches) {
    const left = Math.max(bbox.left, plot.valToPos(from / 1000, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to / 1000, "x", true));
    if (right >= bbox.left && left <= bbox.left + bbox.width)
      ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height);
  }
  ctx.restore();
}

/** From zero where that means something, so that small noise doesn't look like a storm. */
function axis(low: number, high: number, unit: string): [number, number] {
  if (unit === "%") return [Math.min(0, low), Math.max(100, high)];
  // Quiet air is at about -95: from zero down, a jammed channel would look like a good one.
  if (unit === "dBm") return [Math.min(-100, low), Math.max(-60, high)];
  const top = high > 0 ? high * 1.08 : 1;
  return unit === "°C" ? [Math.floor(low - 2), Math.ceil(high + 2)] : [Math.min(0, low), top];
}

const tableRows = 200;
function Table({ lines, unit, timeZone }: { lines: readonly Line[]; unit: string; timeZone?: string | undefined }) {
  const times = [...new Set(lines.flatMap((l) => l.points.map((p) => p[0])))].sort((a, b) => b - a).slice(0, tableRows);
  const values = lines.map((l) => new Map(l.points));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="table-scroll" tabIndex={0} aria-label="Values as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {lines.map((l) => (
              <th scope="col" key={l.label} class="number">
                {l.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((at) => (
            <tr key={at}>
              <th scope="row">{clockTime(at, now.peek(), timeZone, true)}</th>
              {values.map((v, i) => (
                <td key={lines[i]?.label} class="number">
                  {v.has(at) ? quantity(v.get(at) as number, unit) : "–"}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
