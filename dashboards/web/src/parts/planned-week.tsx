import { now } from "../clock.ts";
import { browserZone } from "../names.ts";
import { type Planned, weekOf } from "../planned.ts";
import { setQuery } from "../router.ts";
import { addDays, dayOf, mondayOf, shortDay } from "../zoned.ts";

interface Props {
  monday: string;
  /** With the spans in which each of them holds. */
  spans: readonly { from: number; to: number; one: Planned }[];
}

/** A week as a calendar has it; on a phone the list below says the same. */
export function PlannedWeek({ monday, spans }: Props) {
  const today = dayOf(now.value, browserZone);
  const to = (day: string) => setQuery({ week: day === mondayOf(today) ? "" : day });
  return (
    <section class="week" aria-labelledby="week">
      <header class="page-head">
        <h2 id="week">
          {monday === mondayOf(today) ? "This week" : `${shortDay(monday)} – ${shortDay(addDays(monday, 6))}`}
        </h2>
        <p class="actions">
          <button type="button" onClick={() => to(addDays(monday, -7))}>
            ‹ The week before
          </button>
          <button type="button" onClick={() => to(addDays(monday, 7))}>
            The week after ›
          </button>
        </p>
      </header>
      <ol>
        {weekOf(monday, spans, browserZone).map(({ day, items }) => (
          <li key={day} class={day === today ? "today" : day < today ? "past" : ""}>
            <h3>
              {shortDay(day)}
              {day === today && <span class="visually-hidden">, today</span>}
            </h3>
            {items.length === 0 && <span class="visually-hidden">nothing</span>}
            {items.map(({ span, text }) => (
              <a
                key={`${span.one.id} ${span.from}`}
                class={span.one.kind === "maintenance" ? "slot" : "slot slot-silence"}
                href={`#${span.one.id}`}
                title={span.one.why}
                onClick={(event) => toCard(event, span.one)}
              >
                <span class="slot-time">
                  <span aria-hidden="true">{span.one.kind === "maintenance" ? "▲ " : "◌ "}</span>
                  <span class="visually-hidden">{span.one.kind} </span>
                  {text}
                </span>
                <span class="slot-why">{span.one.why}</span>
              </a>
            ))}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The card below, if it is there. */
function toCard(event: MouseEvent, { id }: Planned): void {
  const card = document.getElementById(id);
  event.preventDefault();
  if (!card) return;
  card.closest("details")?.setAttribute("open", "");
  card.scrollIntoView({ block: "center" });
  card.focus({ preventScroll: true });
}
