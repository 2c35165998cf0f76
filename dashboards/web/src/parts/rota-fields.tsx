import { now } from "../clock.ts";
import { type RotaDraft, turnsOf } from "../escalation-draft.ts";
import { browserZone } from "../names.ts";
import { dayOf, mondayOf, shortDay } from "../zoned.ts";
import { ChannelChecks, type EscalationProps, faultOf } from "./escalation-steps.tsx";
import { Pick, Text } from "./fields.tsx";
import { Check, Wrong } from "./rule-fields.tsx";

const newRota = (): RotaDraft => ({
  timeZone: browserZone,
  from: `${mondayOf(dayOf(now.peek(), browserZone))}T09:00`,
  weeks: [{ who: "", channels: [] }],
});

/** Whose week it is, one after the other. */
export function RotaFields({ draft: { rota }, channels, faults, change }: EscalationProps) {
  const set = (part: Partial<RotaDraft>) => rota && change({ rota: { ...rota, ...part } });
  const zones = [
    ...new Set([rota?.timeZone ?? browserZone, browserZone, "UTC", ...Intl.supportedValuesOf("timeZone")]),
  ];
  const week = (i: number, part: Partial<RotaDraft["weeks"][number]>) =>
    set({ weeks: (rota?.weeks ?? []).map((one, at) => (at === i ? { ...one, ...part } : one)) });
  return (
    <fieldset>
      <legend>A rota</legend>
      <Check
        label="People take turns, a week each"
        value={rota !== null}
        set={(on) => change({ rota: on ? newRota() : null })}
      />
      {rota && (
        <>
          <div class="pairs roomy">
            <label>
              The first week begins
              <input
                type="datetime-local"
                required
                value={rota.from}
                onInput={(e) => set({ from: e.currentTarget.value })}
              />
            </label>
            <Pick
              label="By the clocks of"
              value={rota.timeZone}
              options={zones.map((zone) => [zone, zone] as const)}
              set={(timeZone) => set({ timeZone })}
            />
          </div>
          <Wrong>{faultOf(faults, "rota.from")}</Wrong>
          {rota.weeks.map((one, i) => (
            <fieldset key={i}>
              <legend>Week {i + 1}</legend>
              <Text label="Who" value={one.who} required set={(who) => week(i, { who })} />
              <ChannelChecks chosen={one.channels} channels={channels} set={(next) => week(i, { channels: next })} />
              <Wrong>{faultOf(faults, `rota.weeks.${i}`)}</Wrong>
              {rota.weeks.length > 1 && (
                <button
                  type="button"
                  class="plain"
                  onClick={() => set({ weeks: rota.weeks.filter((_, at) => at !== i) })}
                >
                  Take this week out
                </button>
              )}
            </fieldset>
          ))}
          <p class="actions">
            <button type="button" onClick={() => set({ weeks: [...rota.weeks, { who: "", channels: [] }] })}>
              Add a week
            </button>
          </p>
        </>
      )}
    </fieldset>
  );
}

/** Who it is now, and the weeks after. */
export function Turns({ rota }: { rota: RotaDraft }) {
  const turns = turnsOf(rota, now.value, 4);
  if (turns.length === 0) return <p class="quiet">Say when the first week begins.</p>;
  return (
    <ol class="times">
      {turns.map(({ who, from, to }, i) => (
        <li key={from}>
          {i === 0 ? "Now: " : i === 1 ? "Next week: " : ""}
          <b>{who || "nobody yet"}</b>{" "}
          <span class="quiet">
            {i === 0
              ? `until ${shortDay(dayOf(to, rota.timeZone))}, ${rota.from.slice(11)}`
              : `from ${shortDay(dayOf(from, rota.timeZone))}`}
          </span>
        </li>
      ))}
    </ol>
  );
}
