import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Maintenance, type Occurrence } from "../api.ts";
import { type Chosen, lists } from "../choices.ts";
import { every, now } from "../clock.ts";
import { fail } from "../fleet.ts";
import { browserZone, loadRules, zoneOfChosen } from "../names.ts";
import { PlanSilence } from "../parts/plan-silence.tsx";
import { PlanWindow } from "../parts/plan-window.tsx";
import { chosenOf, PlannedCard } from "../parts/planned-card.tsx";
import { PlannedWeek } from "../parts/planned-week.tsx";
import { Shell } from "../parts/shell.tsx";
import { byDay, onceOf, type Planned } from "../planned.ts";
import { follow, go, query } from "../router.ts";
import { me } from "../session.ts";
import { count } from "../words.ts";
import { addDays, dayOf, dayWords, instantAt, mondayOf } from "../zoned.ts";

const lookEveryMs = 30_000;
const pageSize = 10;
const zoneOf = (one: Planned): string =>
  one.kind === "maintenance" && "rrule" in one.when ? one.when.timeZone : zoneOfChosen(chosenOf(one));

/** Silences and maintenance windows: now, coming, over. */
export function PlannedPage() {
  const said = useSignal("");
  const { all, calendar, monday, load, over } = usePlanned();
  useEffect(loadRules, []);
  const changed = (text: string) => {
    said.value = text;
    load();
    if (query("new") !== "" || query("change") !== "") go("/planned");
  };
  const leave = () => go("/planned");
  const mayChange = me.value?.role !== "viewer";
  const change = query("change");
  const making = mayChange && (query("new") !== "" || change !== "");
  return (
    <Shell title="Planned work">
      <header class="page-head">
        <h1>Planned work</h1>
        {mayChange && !making && (
          <p class="actions">
            <a class="main-action" href="/planned?new=maintenance" onClick={follow}>
              Plan maintenance
            </a>
            <a class="button" href="/planned?new=silence" onClick={follow}>
              Silence something
            </a>
          </p>
        )}
      </header>
      <p role="status">{said.value}</p>
      {making ? (
        query("new") === "silence" ? (
          <PlanSilence begin={named()} done={changed} leave={leave} />
        ) : (
          <Making key={change} id={change} done={changed} leave={leave} />
        )
      ) : (
        <Lists all={all} calendar={calendar} monday={monday} over={over} changed={changed} />
      )}
    </Shell>
  );
}

/** What the address names, from a page that led here. */
const named = (): Chosen =>
  Object.fromEntries(
    lists.flatMap((list) => {
      const one = query(list.slice(0, -1));
      return one === "" ? [] : [[list, [one]]];
    }),
  );

function Making({ id, done, leave }: { id: string; done(said: string): void; leave(): void }) {
  const window = useSignal<Maintenance | null>(null);
  useEffect(() => {
    if (id === "") return;
    api.maintenanceWindow(id).then((found) => {
      window.value = found;
    }, fail);
  }, [id]);
  if (id !== "" && window.value === null) return <p class="quiet">Looking…</p>;
  const { value: one } = window;
  const hasBegun =
    one !== null && (one.state === "active" || (!("rrule" in one.when) && one.state === "over") || isPast(one));
  return <PlanWindow window={one} begin={named()} begun={hasBegun} done={done} leave={leave} />;
}

/** One that comes again was on already. */
const isPast = ({ when }: Maintenance): boolean =>
  "rrule" in when && (instantAt(when.first, when.timeZone) ?? Infinity) < now.peek();

interface ListsProps {
  all: readonly Planned[] | null;
  calendar: readonly Occurrence[];
  monday: string;
  over: { items: readonly Planned[]; more: (() => void) | null };
  changed(said: string): void;
}

function Lists({ all, calendar, monday, over, changed }: ListsProps) {
  if (all === null) return <p class="quiet">Looking…</p>;
  const active = all.filter(({ state }) => state === "active");
  const coming = byDay(
    all.filter(({ state }) => state === "coming"),
    zoneOf,
  );
  const [today, many] = [dayOf(now.value, browserZone), coming.reduce((sum, { items }) => sum + items.length, 0)];
  const windows = new Map(all.map((one) => [one.id, one]));
  const spans = [
    ...calendar.flatMap(({ id, from, to }) => {
      const one = windows.get(id);
      return one ? [{ from, to, one }] : [];
    }),
    ...[...all.filter(({ kind }) => kind === "silence"), ...over.items].flatMap((one) => {
      const span = onceOf(one);
      return span ? [{ from: span.from, to: Math.min(span.to, one.endedAt ?? span.to), one }] : [];
    }),
  ].filter(({ from, to }) => from < to);
  const list = (items: readonly Planned[]) => (
    <ul class="incidents beside">
      {items.map((one) => (
        <li key={one.id} id={one.id} tabIndex={-1}>
          <PlannedCard one={one} timeZone={zoneOf(one)} changed={changed} />
        </li>
      ))}
    </ul>
  );
  if (all.length === 0 && over.items.length === 0) return <Teach />;
  return (
    <>
      <p class="sentence">
        {active.length === 0 ? "Nothing is held back now" : `${count(active.length, "thing")} held back now`}
        {many === 0 ? ", and nothing is planned." : `, ${many} to come.`}
      </p>
      {active.length > 0 && (
        <section aria-labelledby="now">
          <h2 id="now">Now</h2>
          {list(active)}
        </section>
      )}
      <PlannedWeek monday={monday} spans={spans} />
      {coming.map(({ day, items }) => (
        <section key={day} aria-label={day === "" ? "Later" : dayWords(day, today)}>
          <h2>{day === "" ? "Not within years" : dayWords(day, today)}</h2>
          {list(items)}
        </section>
      ))}
      {over.items.length > 0 && (
        <details class="more">
          <summary>
            <h2>Over</h2>
          </summary>
          {list(over.items)}
          {over.more && (
            <button type="button" onClick={over.more}>
              Older ones
            </button>
          )}
        </details>
      )}
    </>
  );
}

function Teach() {
  return (
    <section class="empty">
      <p>
        Nothing is planned, and nothing is held back. Before somebody works on a site, plan it here: nobody is woken by
        what was meant to happen, the map shows ▲ instead of ■, and the availability report leaves the time out.
      </p>
      <p>
        A silence is for right now: something is known to be bad, and more notices of it would help nobody. It always
        has an end.
      </p>
    </section>
  );
}

/** Both kinds, again and again: they begin and end by themselves. */
function usePlanned() {
  const all = useSignal<Planned[] | null>(null);
  const over = useSignal<Planned[]>([]);
  const shown = useSignal(pageSize);
  const more = useSignal(false);
  const calendar = useSignal<Occurrence[]>([]);
  const week = query("week");
  const monday = mondayOf(/^\d{4}-\d\d-\d\d$/.test(week) ? week : dayOf(now.peek(), browserZone));
  const look = async () => {
    const both = async (state: Planned["state"], limit: number): Promise<Planned[]> => {
      const [windows, silences] = await Promise.all([
        api.maintenanceWindows({ state, limit: String(limit) }),
        api.silences({ state, limit: String(limit) }),
      ]);
      return [
        ...windows.items.map((one) => ({ ...one, kind: "maintenance" as const })),
        ...silences.items.map((one) => ({ ...one, kind: "silence" as const })),
      ];
    };
    const [active, coming, ended, occurrences] = await Promise.all([
      both("active", 200),
      both("coming", 200),
      both("over", shown.value + 1),
      api.maintenanceCalendar(
        instantAt(`${monday}T00:00`, browserZone) ?? 0,
        instantAt(`${addDays(monday, 7)}T00:00`, browserZone) ?? 1,
      ),
    ]);
    all.value = [...active.sort((a, b) => (a.until ?? 0) - (b.until ?? 0)), ...coming];
    const sorted = ended.sort((a, b) => b.createdAt - a.createdAt);
    over.value = sorted.slice(0, shown.value);
    more.value = sorted.length > shown.value && shown.value < 200;
    calendar.value = occurrences;
  };
  const load = () => void look().catch(fail);
  useEffect(() => {
    load();
    return every(lookEveryMs, load);
  }, [monday, shown.value]);
  const older = () => {
    shown.value += pageSize;
  };
  return {
    all: all.value,
    calendar: calendar.value,
    monday,
    load,
    over: { items: over.value, more: more.value ? older : null },
  };
}
