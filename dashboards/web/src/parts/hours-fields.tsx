import type { Signal } from "@preact/signals";
import { api } from "../api.ts";
import { fail } from "../fleet.ts";
import { type HoursDraft, withDates } from "../hours-draft.ts";
import { Text } from "./fields.tsx";

/** When a site serves: by the week, on holidays, and on single days. */
export function HoursFields({ draft }: { draft: Signal<HoursDraft> }) {
  const is = draft.value;
  const set = (key: keyof HoursDraft) => (value: string) => {
    draft.value = { ...draft.value, [key]: value };
  };
  const fill = () =>
    api.holidays().then(([first]) => {
      if (first)
        set("holidays")(
          withDates(
            draft.value.holidays,
            first.days.map(({ date }) => date),
          ),
        );
    }, fail);
  return (
    <fieldset>
      <legend>Service hours</legend>
      <p class="quiet">
        Outside them a device may be off: nobody is told, and the time does not count. "dusk" and "dawn" are those of
        the site's own sky. A change counts from now on; months that are over stay as they were.
      </p>
      <Text
        label="By the week"
        placeholder="always, dusk to dawn, or Mon-Fri 08:00-18:00; Sat 09:00-dusk"
        most={500}
        value={is.week}
        set={set("week")}
      />
      <label>
        Holidays, one date a line
        <textarea
          rows={3}
          placeholder="2026-12-25"
          value={is.holidays}
          onInput={(e) => set("holidays")(e.currentTarget.value)}
        />
      </label>
      <button type="button" onClick={() => void fill()}>
        Add the bank holidays of England and Wales
      </button>
      <Text
        label="On holidays"
        placeholder="closed, open, or 10:00-16:00"
        most={200}
        value={is.onHolidays}
        set={set("onHolidays")}
      />
      <label>
        Other days, one a line; they beat holidays
        <textarea
          rows={3}
          placeholder="2026-12-27 to 2026-12-31 10:00-16:00 (market)"
          value={is.exceptions}
          onInput={(e) => set("exceptions")(e.currentTarget.value)}
        />
      </label>
    </fieldset>
  );
}
