import type { Signal } from "@preact/signals";
import type { Channel } from "../api.ts";
import { momentWords } from "../channel-words.ts";
import { Pick, Text } from "./fields.tsx";

export type Delivery = Channel["delivery"];
type Severity = keyof Delivery["when"];
type Moment = Delivery["when"][Severity];

const severities: readonly (readonly [Severity, string])[] = [
  ["critical", "P1, critical"],
  ["major", "P2, major"],
  ["warning", "P3, warning"],
  ["info", "P4, info"],
];
const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const dayWords = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** What is told when; who hears it when this channel can't be reached.
 *  @param people whether they read it: then there are digests and working hours
 *  @param others channels that may stand in */
export function DeliveryFields(props: {
  delivery: Signal<Delivery>;
  people: boolean;
  others: readonly Pick<Channel, "id" | "name">[];
}) {
  const { delivery, people, others } = props;
  const { when, hours, digestAt, timeZone, perMinute, fallback } = delivery.value;
  const set = (change: Partial<Delivery>) => {
    delivery.value = { ...delivery.value, ...change };
  };
  const moments = (Object.keys(momentWords) as Moment[]).filter((one) => people || one === "now" || one === "never");
  const used = Object.values(when);
  return (
    <fieldset class="delivery">
      <legend>What it is told</legend>
      {severities.map(([severity, label]) => (
        <Pick
          key={severity}
          label={label}
          value={when[severity]}
          options={moments.map((moment) => [moment, momentWords[moment]] as const)}
          set={(moment) => set({ when: { ...when, [severity]: moment as Moment } })}
        />
      ))}
      {used.includes("hours") && (
        <fieldset>
          <legend>Working hours</legend>
          <p class="days">
            {days.map((day, i) => (
              <label key={day} class="check">
                <input
                  type="checkbox"
                  checked={hours.days.includes(day)}
                  onChange={(e) => {
                    const others = hours.days.filter((one) => one !== day);
                    set({ hours: { ...hours, days: e.currentTarget.checked ? [...others, day] : others } });
                  }}
                />
                {dayWords[i]}
              </label>
            ))}
          </p>
          <div class="pair">
            <Text label="From" value={hours.from} set={(from) => set({ hours: { ...hours, from } })} />
            <Text label="To" value={hours.to} set={(to) => set({ hours: { ...hours, to } })} />
          </div>
        </fieldset>
      )}
      {(used.includes("hours") || used.includes("digest")) && (
        <div class="pair">
          <Text label="Digest at" value={digestAt} set={(at) => set({ digestAt: at })} />
          <Text label="Time zone" value={timeZone} set={(zone) => set({ timeZone: zone })} />
        </div>
      )}
      <Text
        label={people ? "Messages a minute at most; more come in one" : "Messages a minute at most"}
        value={String(perMinute)}
        number={{ min: 1, max: 600 }}
        set={(n) => set({ perMinute: Number(n), burst: Number(n) })}
      />
      <Pick
        label="When it can't be reached, tell instead (P1 after a minute)"
        value={fallback ?? ""}
        options={[["", "nobody"] as const, ...others.map(({ id, name }) => [id, name] as const)]}
        set={(id) => set({ fallback: id === "" ? null : id })}
      />
    </fieldset>
  );
}
