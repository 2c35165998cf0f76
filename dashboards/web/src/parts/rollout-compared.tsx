import type { Rollout } from "../api.ts";
import { amount, changeWords } from "../rollout-words.ts";

type Comparison = NonNullable<Rollout["compared"]>;
type Compared = Comparison["metrics"][number];

const words: Record<Compared["verdict"], string> = {
  worse: "■ worse",
  "not worse": "● no worse",
  "too few": "◇ too few to tell",
};

/** Touched devices against untouched ones: the numbers by which it goes on or stops. */
export function RolloutCompared({ compared }: { compared: Comparison }) {
  return (
    <section aria-labelledby="compared">
      <h2 id="compared">Touched and untouched devices</h2>
      <p>
        Each device is compared with itself before, and the touched ones with those that were not: {compared.sentence}.
        {compared.verdict === "accepted" && " Somebody let it go on all the same."}
      </p>
      <div class="compared">
        {compared.metrics.map((one) => (
          <article key={one.metric}>
            <h3>{one.metric}</h3>
            <p class={one.verdict === "worse" ? "problem" : ""}>
              {words[one.verdict]}
              {one.difference !== null && (
                <span class="quiet">
                  {" "}
                  ({one.difference > 0 ? "+" : ""}
                  {amount(one.difference, one.unit)} beyond the others)
                </span>
              )}
            </p>
            <Changes one={one} />
            <dl class="facts">
              <div>
                <dt>touched</dt>
                <dd>{changeWords(one.touched, one.unit)}</dd>
              </div>
              <div>
                <dt>untouched</dt>
                <dd>{changeWords(one.untouched, one.unit)}</dd>
              </div>
            </dl>
          </article>
        ))}
      </div>
    </section>
  );
}

const width = 240;
const rowHeight = 18;

/** How much each group changed: the median, and as far as most of them lie around it. */
function Changes({ one: { touched, untouched, metric } }: { one: Compared }) {
  const groups = [touched, untouched];
  if (groups.some(({ change }) => change === null)) return null;
  const reach = Math.max(...groups.map(({ change, spread }) => Math.abs(change ?? 0) + (spread ?? 0)), 1e-9);
  const x = (value: number): number => width / 2 + (value / reach) * (width / 2 - 8);
  return (
    <svg
      class="changes-chart"
      viewBox={`0 0 ${width} ${2 * rowHeight}`}
      role="img"
      aria-label={`${metric}: as said below`}
    >
      <line class="zero" x1={x(0)} x2={x(0)} y1={0} y2={2 * rowHeight} />
      {groups.map(({ change, spread }, i) => {
        const [middle, y] = [change ?? 0, (i + 0.5) * rowHeight];
        return (
          <g key={i === 0 ? "touched" : "untouched"} class={i === 0 ? "touched" : "untouched"}>
            <line x1={x(middle - (spread ?? 0))} x2={x(middle + (spread ?? 0))} y1={y} y2={y} />
            <circle cx={x(middle)} cy={y} r={4.5} />
          </g>
        );
      })}
    </svg>
  );
}
