import { now } from "../clock.ts";
import { clockTime, duration, quantity } from "../words.ts";
import type { Line } from "./chart.tsx";
import { type Segment, segmentsOf, shareGood } from "./segments.ts";

const looks: Record<Segment["state"], { top: number; height: number; look: string }> = {
  // Told apart by height too, not by colour alone.
  good: { top: 6, height: 4, look: "online" },
  partly: { top: 3, height: 10, look: "suspect" },
  bad: { top: 0, height: 16, look: "offline" },
};
const named = 5;

/** What works or doesn't, over time: a line a thing, thin where all is well and thick where it is not. */
export function Strip(props: {
  title: string;
  lines: readonly Line[];
  from: number;
  to: number;
  everyMs: number;
  words: { good: string; bad: string };
  timeZone?: string | undefined;
  late?: readonly { from: number; to: number }[];
}) {
  const { title, from, to, everyMs, words, timeZone, late = [] } = props;
  const lines = props.lines.filter(({ points }) => points.length > 0);
  const clock = (at: number) => clockTime(at, now.peek(), timeZone);
  const x = (at: number) => (Math.max(0, Math.min(1, (at - from) / (to - from))) * 1000).toFixed(1);
  const bar = (a: number, b: number) => ({ x: x(a), width: Math.max(2, Number(x(b)) - Number(x(a))) });
  return (
    <figure class="chart strip">
      <figcaption>
        <strong>{title}</strong>
      </figcaption>
      {lines.length === 0 && <p class="chart-sentence">Nothing measured in this time.</p>}
      {lines.map((line) => {
        const segments = segmentsOf(line.points, everyMs, to);
        return (
          <div key={line.label} class="strip-line">
            <p class="line-label">
              <b>{line.label}</b> <Words line={line} segments={segments} words={words} clock={clock} />
            </p>
            <svg viewBox="0 0 1000 16" preserveAspectRatio="none" aria-hidden="true">
              {late.map((one) => (
                <rect key={one.from} class="strip-late" y={0} height={16} {...bar(one.from, one.to)} />
              ))}
              {segments.map(({ from: a, to: b, state }) => {
                const { top, height, look } = looks[state];
                return <rect key={a} class={`state-${look}`} y={top} height={height} {...bar(a, b)} />;
              })}
            </svg>
          </div>
        );
      })}
      {lines.length > 0 && (
        <p class="strip-ends quiet" aria-hidden="true">
          <span>{clock(from)}</span>
          <span>{clock(to)}</span>
        </p>
      )}
    </figure>
  );
}

/** "works · 98 % of this time; fails 23:51 to 23:53" */
function Words(props: {
  line: Line;
  segments: readonly Segment[];
  words: { good: string; bad: string };
  clock: (at: number) => string;
}) {
  const { line, segments, words, clock } = props;
  const last = segments.at(-1);
  const share = shareGood(line.points) ?? 0;
  const bad = segments.filter(({ state }) => state !== "good");
  const newest = bad.slice(-named).map(({ from: a, to: b }) => `${clock(a)} (${duration(b - a)})`);
  const state = last?.state === "bad" ? words.bad : last?.state === "partly" ? `partly ${words.good}` : words.good;
  return (
    <span>
      <span class={last?.state === "good" ? "" : "problem"}>{state}</span>
      <span class="quiet">
        {bad.length === 0
          ? " all the time"
          : ` · ${words.good} ${quantity(share, "%")} of the time; ${words.bad} ${newest.join(", ")}`}
        {bad.length > named && ` and ${bad.length - named} earlier`}
      </span>
    </span>
  );
}
