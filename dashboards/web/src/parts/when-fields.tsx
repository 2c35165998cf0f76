import { sites } from "../fleet.ts";
import { browserZone } from "../names.ts";
import type { Again, Day } from "../recurrence.ts";
import type { WindowDraft } from "../window-draft.ts";
import { dayNames, days } from "../zoned.ts";
import { Pick, Text } from "./fields.tsx";
import { Lasting } from "./lasting-field.tsx";

interface Props {
  draft: WindowDraft;
  change(part: Partial<WindowDraft>): void;
}

const local = (label: string, value: string, set: (value: string) => void) => (
  <label>
    {label}
    <input type="datetime-local" required value={value} onInput={(e) => set(e.currentTarget.value)} />
  </label>
);

/** Once from when to when, or again and again. */
export function WhenFields({ draft, change }: Props) {
  const { repeats, from, to, lasts, timeZone } = draft;
  return (
    <fieldset>
      <legend>When</legend>
      <p class="choices">
        <button type="button" aria-pressed={!repeats} onClick={() => change({ repeats: false })}>
          Once
        </button>
        <button type="button" aria-pressed={repeats} onClick={() => change({ repeats: true })}>
          Again and again
        </button>
      </p>
      {repeats && <AgainFields draft={draft} change={change} />}
      <div class="pairs roomy">
        {local(repeats ? "The first begins" : "From", from, (value) => change({ from: value }))}
        {repeats ? (
          <Lasting label="Lasts" value={lasts} set={(value) => change({ lasts: value })} />
        ) : (
          local("To", to, (value) => change({ to: value }))
        )}
        <Pick
          label="By the clocks of"
          value={timeZone}
          options={zones(timeZone).map((zone) => [zone, zone] as const)}
          set={(zone) => change({ timeZone: zone })}
        />
      </div>
    </fieldset>
  );
}

/** Those of the sites first. */
const zones = (chosen: string): string[] => [
  ...new Set([
    chosen,
    ...[...sites.value.values()].map(({ timeZone }) => timeZone),
    browserZone,
    "UTC",
    ...Intl.supportedValuesOf("timeZone"),
  ]),
];

const rhythms: readonly (readonly [Again["every"], string])[] = [
  ["day", "Every day"],
  ["week", "Every week, on days"],
  ["weekday", "Every month, on a weekday"],
  ["date", "Every month, on a date"],
  ["rule", "By a rule of calendars (RRULE)"],
];
const nths = [
  ["1", "first"],
  ["2", "second"],
  ["3", "third"],
  ["4", "fourth"],
  ["-1", "last"],
] as const;
const units = { day: "days", week: "weeks", weekday: "months", date: "months", rule: "" };
const dates = [
  ...Array.from({ length: 31 }, (_, i) => [String(i + 1), String(i + 1)] as const),
  ["-1", "last"] as const,
];

function AgainFields({ draft: { again }, change }: Props) {
  const set = (part: Partial<Again>) => change({ again: { ...again, ...part } });
  const names = days.map((day, i) => [day, dayNames[i] ?? ""] as const);
  return (
    <>
      <div class="pairs roomy">
        <Pick
          label="How often"
          value={again.every}
          options={rhythms}
          set={(v) => set({ every: v as Again["every"] })}
        />
        {again.every === "weekday" && (
          <>
            <Pick label="Which of the month" value={again.nth} options={nths} set={(nth) => set({ nth })} />
            <Pick label="Weekday" value={again.weekday} options={names} set={(v) => set({ weekday: v as Day })} />
          </>
        )}
        {again.every === "date" && (
          <Pick label="Day of the month" value={again.date} options={dates} set={(date) => set({ date })} />
        )}
        {again.every !== "rule" && (
          <Text
            label={`Each so many ${units[again.every]}`}
            value={again.interval}
            number={{ min: 1, max: 26 }}
            set={(interval) => set({ interval })}
          />
        )}
      </div>
      {again.every === "week" && <Weekdays chosen={again.days} set={(chosen) => set({ days: chosen })} />}
      {again.every === "rule" ? (
        <Text label="RRULE, as RFC 5545 has it" value={again.rule} required set={(rule) => set({ rule })} />
      ) : (
        <div class="pairs roomy">
          <Pick
            label="Until"
            value={again.ends}
            options={[
              ["never", "somebody ends it"],
              ["count", "it was so many times"],
              ["until", "a day"],
            ]}
            set={(v) => set({ ends: v as Again["ends"] })}
          />
          {again.ends === "count" && (
            <Text label="Times" value={again.count} number={{ min: 1, max: 9_999 }} set={(n) => set({ count: n })} />
          )}
          {again.ends === "until" && (
            <label>
              Its last day
              <input type="date" required value={again.until} onInput={(e) => set({ until: e.currentTarget.value })} />
            </label>
          )}
        </div>
      )}
    </>
  );
}

function Weekdays({ chosen, set }: { chosen: readonly Day[]; set(days: Day[]): void }) {
  return (
    <fieldset class="days">
      <legend class="visually-hidden">On which days</legend>
      {days.map((day, i) => (
        <label key={day} class="check">
          <input
            type="checkbox"
            checked={chosen.includes(day)}
            onChange={(e) => {
              const others = chosen.filter((one) => one !== day);
              set(e.currentTarget.checked ? [...others, day] : others);
            }}
          />
          {dayNames[i]?.slice(0, 3)}
        </label>
      ))}
    </fieldset>
  );
}
