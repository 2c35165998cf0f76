import { useSignal } from "@preact/signals";
import { api, type Delivery, type Refused } from "../api.ts";
import { now } from "../clock.ts";
import { dayTime, deliverySentence, lossSentence, refusedWords, tailWords } from "../delivery-words.ts";
import { fail } from "../fleet.ts";
import { count } from "../words.ts";

interface Shown {
  device: string;
  delivery: Delivery;
  timeZone: string | undefined;
}

/** One line, and behind it the numbers, what was lost, and what was refused. */
export function DeliveryLine(props: Omit<Shown, "delivery"> & { delivery: Delivery | null }) {
  const { device, delivery, timeZone } = props;
  const open = useSignal(false);
  if (!delivery) return <p class="quiet">Counting what was measured…</p>;
  const { good, text } = deliverySentence(delivery, now.value, timeZone);
  return (
    <details class={good ? "delivery" : "delivery bad"} onToggle={(e) => (open.value = e.currentTarget.open)}>
      <summary>
        <span>{text}</span>
      </summary>
      {open.value && <Behind device={device} delivery={delivery} timeZone={timeZone} />}
    </details>
  );
}

function Behind({ device, delivery, timeZone }: Shown) {
  return (
    <>
      <dl class="numbers">
        <Figure name="measured" value={delivery.made} />
        <Figure name="stored" value={delivery.stored} />
        <Figure name="still on the device" value={delivery.onDevice} />
        <Figure name="refused" value={delivery.quarantined} />
        <Figure name="given up by the device" value={delivery.dropped} />
        <Figure name="missing" value={delivery.missing} />
        <Figure name="came twice" value={delivery.duplicates} />
      </dl>
      <Losses delivery={delivery} timeZone={timeZone} />
      {delivery.quarantined > 0 && <Refusals device={device} timeZone={timeZone} />}
      <Runs delivery={delivery} timeZone={timeZone} />
    </>
  );
}

const lossesShown = 20;

function Losses({ delivery, timeZone }: Omit<Shown, "device">) {
  const said = delivery.boots.flatMap((boot) => [
    ...[...boot.gaps]
      .reverse()
      .map((gap) =>
        lossSentence(
          { ...gap, fromAt: gap.fromAt ?? boot.firstAt, toAt: gap.toAt ?? boot.lastAt, kind: "missing" },
          now.value,
          timeZone,
        ),
      ),
    ...boot.drops.map((drop) =>
      lossSentence({ ...drop, fromAt: boot.firstAt, toAt: boot.lastAt, kind: "dropped" }, now.value, timeZone),
    ),
  ]);
  if (said.length === 0) return null;
  const left = said.length - lossesShown + delivery.boots.reduce((n, boot) => n + boot.gapsLeft, 0);
  return (
    <>
      <h3>What is not there</h3>
      <ul>
        {said.slice(0, lossesShown).map((sentence, i) => (
          <li key={`${i} ${sentence}`}>{sentence}</li>
        ))}
        {left > 0 && <li class="quiet">{count(left, "older one")}.</li>}
      </ul>
    </>
  );
}

/** Asked for when somebody wants to see them. */
function Refusals({ device, timeZone }: Omit<Shown, "delivery">) {
  const refused = useSignal<Refused[] | null>(null);
  const ask = () => {
    if (refused.value) return;
    api.quarantine(device).then((items) => {
      refused.value = items;
    }, fail);
  };
  const byWhy = new Map<string, Refused[]>();
  for (const row of refused.value ?? []) byWhy.set(row.why, [...(byWhy.get(row.why) ?? []), row]);
  return (
    <details class="more" onToggle={ask}>
      <summary>What was refused, and why</summary>
      {refused.value === null && <p class="quiet">Looking…</p>}
      <ul>
        {[...byWhy].map(([why, rows]) => {
          const [first] = rows;
          if (!first) return null;
          const words = refusedWords(why, first.problem);
          const points = rows.reduce((n, row) => n + row.points, 0);
          return (
            <li key={why}>
              {points > 0 ? count(points, "value") : count(rows.length, "message")}, the last{" "}
              {dayTime(first.receivedAt, now.value, timeZone)}: {words}.
              <p class="quiet">
                {words === first.problem ? "" : `${first.problem}. `}For example:{" "}
                <code class="sample">{first.raw.slice(0, 300)}</code>
              </p>
            </li>
          );
        })}
      </ul>
    </details>
  );
}

/** Every run of its agent, the newest first. */
function Runs({ delivery, timeZone }: Omit<Shown, "device">) {
  return (
    <details class="more">
      <summary>
        {count(delivery.boots.length, "run")} of its agent
        {delivery.folded > 0 && `, and ${delivery.folded.toLocaleString("en-GB")} older ones in the sums`}
      </summary>
      <div class="wide-table">
        <table class="runs">
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Measured</th>
              <th scope="col">Stored</th>
              <th scope="col">Given up</th>
              <th scope="col">Missing</th>
            </tr>
          </thead>
          <tbody>
            {delivery.boots.map((boot) => (
              <tr key={boot.boot}>
                <th scope="row">
                  {boot.firstAt === null ? "not known" : dayTime(boot.firstAt, now.value, timeZone)}
                  {boot.current && " (now)"}
                  {boot.tailLost && <span class="quiet"> {tailWords(boot.tailLost.atMostMs)}</span>}
                </th>
                <td data-column="Measured">{boot.made.toLocaleString("en-GB")}</td>
                <td data-column="Stored">{boot.stored.toLocaleString("en-GB")}</td>
                <td data-column="Given up">{boot.dropped.toLocaleString("en-GB")}</td>
                <td data-column="Missing">{boot.missing.toLocaleString("en-GB")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Figure({ name, value }: { name: string; value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="number">{value.toLocaleString("en-GB")}</dd>
    </div>
  );
}
