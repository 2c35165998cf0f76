import type { Delivery } from "../api.ts";
import { now } from "../clock.ts";
import { clockTime, count, deliverySentence, duration } from "../words.ts";

/** One line, and the numbers behind it. */
export function DeliveryLine({ delivery }: { delivery: Delivery | null }) {
  if (!delivery) return <p class="quiet">Counting what was measured…</p>;
  const { good, text } = deliverySentence(delivery);
  const worth = delivery.boots.filter((b) => b.missing > 0 || b.dropped > 0 || b.quarantined > 0 || b.tailLost);
  return (
    <details class={good ? "delivery" : "delivery bad"}>
      <summary>{text}</summary>
      <dl class="numbers">
        <Figure name="measured" value={delivery.made} />
        <Figure name="stored" value={delivery.stored} />
        <Figure name="still on the device" value={delivery.onDevice} />
        <Figure name="refused" value={delivery.quarantined} />
        <Figure name="given up by the device" value={delivery.dropped} />
        <Figure name="missing" value={delivery.missing} />
        <Figure name="came twice" value={delivery.duplicates} />
      </dl>
      {worth.length > 0 && (
        <ul>
          {worth.map((boot) => (
            <li key={boot.boot}>
              {boot.firstAt !== null && boot.lastAt !== null && (
                <>
                  From {clockTime(boot.firstAt, now.value)} to {clockTime(boot.lastAt, now.value)}:{" "}
                </>
              )}
              {boot.gaps.map((gap) => (
                <span key={gap.from}>
                  {gap.points === null ? "an unknown number of values" : count(gap.points, "value")} missing (batches{" "}
                  {gap.from} to {gap.to}).{" "}
                </span>
              ))}
              {boot.tailLost && <span>At most {duration(boot.tailLost.atMostMs)} before the power cut.</span>}
            </li>
          ))}
        </ul>
      )}
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
