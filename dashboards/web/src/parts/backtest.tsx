import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Backtest, type RuleWish } from "../api.ts";
import { after, now } from "../clock.ts";
import { lasting, msOf } from "../duration-text.ts";
import { devices, siteName } from "../fleet.ts";
import { browserZone } from "../names.ts";
import { follow } from "../router.ts";
import type { RuleDraft } from "../rule-draft.ts";
import { times } from "../rule-words.ts";
import { absolute, clockTime, duration } from "../words.ts";
import { dayOf, shortDay } from "../zoned.ts";

const lookMs = 700;
const listed = 20;
type Result = NonNullable<Backtest["result"]>;

interface Props {
  wish: RuleWish;
  unit: string;
  /** Puts another setting into the form. */
  take(part: Partial<RuleDraft>): void;
}

/** What the rule would have done in the last 30 days. */
export function RuleBacktest({ wish, unit, take }: Props) {
  const job = useSignal<{ of: string; view: Backtest } | null>(null);
  const said = useSignal("");
  const text = JSON.stringify(wish);
  const state = job.value?.view.state;
  const id = job.value?.view.id;
  const runs = state === "waiting" || state === "running";
  const look = useSignal(0);
  useEffect(() => {
    if (!runs || id === undefined) return;
    return after(lookMs, () => {
      api.backtest(id).then(
        (view) => {
          if (job.value?.view.id === id) job.value = { ...job.value, view };
          look.value++;
        },
        (error: Error) => {
          said.value = error.message;
          job.value = null;
        },
      );
    });
  }, [id, runs, look.value]);
  const begin = async () => {
    said.value = "";
    try {
      job.value = { of: text, view: await api.beginBacktest({ rule: wish }) };
    } catch (error) {
      said.value = (error as Error).message;
    }
  };
  const cancel = () => {
    job.value = null;
    if (id !== undefined) api.cancelBacktest(id).catch(() => undefined);
  };
  const { progress, why, result } = job.value?.view ?? {};
  return (
    <section class="backtest" aria-labelledby="backtest">
      <h2 id="backtest">What it would have done</h2>
      <p class="actions">
        <button type="button" disabled={runs} onClick={() => void begin()}>
          Try it on the last 30 days
        </button>
        {runs && (
          <>
            <progress
              aria-label="Devices that were looked at"
              max={Math.max(1, progress?.of ?? 0)}
              value={progress?.devices ?? 0}
            />
            <span class="quiet">
              {state === "waiting" ? "waits for its turn" : `${progress?.devices} of ${progress?.of} devices`}
            </span>
            <button type="button" class="plain" onClick={cancel}>
              Cancel
            </button>
          </>
        )}
      </p>
      <p role="alert" class="problem">
        {said.value || why}
      </p>
      {result && <Found result={result} isOld={job.value?.of !== text} unit={unit} take={take} />}
    </section>
  );
}

function Found({ result, isOld, unit, take }: { result: Result; isOld: boolean } & Pick<Props, "unit" | "take">) {
  const { sentence, basis, counts, list } = result;
  return (
    <>
      <p class="sentence" role="status">
        {sentence}
      </p>
      {isOld && <p class="refusal">The rule was changed since: this is of how it was.</p>}
      <p class="quiet">
        {counts.withData === counts.looked ? "All" : counts.withData} of {counts.looked} devices had what it looks at.{" "}
        {basis}
      </p>
      {list.length > 0 && <Strip result={result} />}
      <Others result={result} unit={unit} take={take} />
    </>
  );
}

/** When it would have fired, and how long that lasted. */
function Strip({ result: { from, to, list } }: { result: Result }) {
  const place = (at: number) => `${(100 * (at - from)) / (to - from)}%`;
  const days = [from, (from + to) / 2, to].map((at) => shortDay(dayOf(at, browserZone)));
  return (
    <figure class="fired">
      <div class="fired-strip" aria-hidden="true">
        {list.map((one) => (
          <span
            key={`${one.device} ${one.firedAt} ${one.said}`}
            class={one.night ? "at-night" : ""}
            title={`${one.name}, ${absolute(one.firedAt)}`}
            style={{ left: place(one.firedAt), width: place(from + Math.max(0, (one.to ?? to) - one.firedAt)) }}
          />
        ))}
      </div>
      <p class="fired-days quiet" aria-hidden="true">
        {days.map((day) => (
          <span key={day}>{day}</span>
        ))}
      </p>
      <details class="more">
        <summary>Each time, the newest first</summary>
        <ul class="plain-list">
          {list.slice(0, listed).map((one) => (
            <li key={`${one.device} ${one.firedAt} ${one.said}`}>
              <time dateTime={new Date(one.firedAt).toISOString()} title={absolute(one.firedAt)}>
                {clockTime(one.firedAt, now.value)}
              </time>
              {one.night ? " ☾ at night" : ""}:{" "}
              {devices.value.has(one.device) ? (
                <a href={`/devices/${one.device}`} onClick={follow}>
                  {one.name}
                </a>
              ) : (
                one.name
              )}{" "}
              <span class="quiet">({siteName(one.site)})</span>, {one.said},{" "}
              {one.to === null ? "still so" : `for ${duration(one.to - one.firedAt)}`}
            </li>
          ))}
        </ul>
        {list.length > listed && <p class="quiet">And {list.length - listed} more.</p>}
      </details>
    </figure>
  );
}

type Counts = Result["others"][number];

/** The same rule with one setting other than it; pressed, it is in the form. */
function Others({ result: { counts, others }, unit, take }: { result: Result } & Pick<Props, "unit" | "take">) {
  const limit = ({ raise }: Counts) => raise.above ?? raise.below ?? 0;
  const long = (one: Counts) => lasting(msOf(one.for)) || "at once";
  const byTime = [counts, ...others.filter((one) => one.for !== counts.for)].sort((a, b) => msOf(a.for) - msOf(b.for));
  const byLimit = [counts, ...others.filter((one) => one.for === counts.for)].sort((a, b) => limit(a) - limit(b));
  const cell = (one: Counts, name: string, part: Partial<RuleDraft>) => (
    <td key={name}>
      <button type="button" aria-pressed={one === counts} onClick={() => take(part)}>
        <span>{name}</span>
        <b>{times(one.fired)}</b>
        <span class="small">
          {one.night} at night, {one.under10min} under 10 min
        </span>
      </button>
    </td>
  );
  return (
    <div class="wide-table others">
      <table>
        <caption>Other settings would have given; press one to put it into the form</caption>
        <tbody>
          <tr>
            <th scope="row">Bad for</th>
            {byTime.map((one) => cell(one, long(one), { for: one.for }))}
          </tr>
          {byLimit.length > 1 && (
            <tr>
              <th scope="row">Limit</th>
              {byLimit.map((one) => cell(one, `${limit(one)} ${unit}`.trim(), { raise: String(limit(one)) }))}
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
