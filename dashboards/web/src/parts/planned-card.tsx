import { useSignal } from "@preact/signals";
import { api } from "../api.ts";
import { type Chosen, chosenSentence } from "../choices.ts";
import { now } from "../clock.ts";
import { browserZone, choiceName } from "../names.ts";
import { type Planned, untilWords, whenSentence } from "../planned.ts";
import { follow } from "../router.ts";
import { me } from "../session.ts";
import { absolute, ago, duration } from "../words.ts";

const hourMs = 3_600_000;
export const chosenOf = ({ scope, rules }: Planned): Chosen => ({
  ...(scope as Chosen),
  ...(rules.length > 0 ? { rules } : {}),
});

interface Props {
  one: Planned;
  timeZone: string;
  changed(said: string): void;
}

/** What is held back, when, why, by whom; and what can be done about it. */
export function PlannedCard({ one, timeZone, changed }: Props) {
  const isWork = one.kind === "maintenance";
  const elsewhere = timeZone === browserZone ? "" : `, ${timeZone}`;
  return (
    <article class={one.state === "active" ? "incident planned-now" : "incident"}>
      <p class="incident-head">
        <span class={isWork ? "state state-maintenance" : "state state-suspect"}>
          <span class="mark" aria-hidden="true">
            {isWork ? "▲" : "◌"}
          </span>
          {isWork ? "maintenance" : "silence"}
        </span>
        <Standing one={one} timeZone={timeZone} />
      </p>
      <h3 class="planned-why">{one.why}</h3>
      <p>{chosenSentence(chosenOf(one), choiceName)}.</p>
      <p class="quiet">
        {whenSentence(one, timeZone)}
        {elsewhere}. By {one.madeBy.name}.
        {isWork && (one.sla === "exclude" ? " Left out of availability." : " Counts for availability.")}
      </p>
      {one.state !== "over" && me.value?.role !== "viewer" && <Actions one={one} changed={changed} />}
    </article>
  );
}

/** "until 22:30, for 40 min more", "in 2 days", "ended 3 h ago". */
function Standing({ one, timeZone }: Pick<Props, "one" | "timeZone">) {
  const { state, until, nextAt, endedAt } = one;
  const at =
    state === "active" ? until : state === "coming" ? nextAt : (endedAt ?? (one.kind === "silence" ? one.endAt : null));
  if (at === null) return <span class="quiet">{state === "over" ? "over" : "not within years"}</span>;
  const words =
    state === "active"
      ? `until ${untilWords(at, now.value, timeZone)}, ${duration(at - now.value)} more`
      : state === "coming"
        ? `in ${duration(at - now.value)}`
        : `${endedAt === null ? "over" : "ended"} ${ago(at, now.value)}`;
  return (
    <time class="quiet" dateTime={new Date(at).toISOString()} title={absolute(at, timeZone)}>
      {words}
    </time>
  );
}

function Actions({ one, changed }: Pick<Props, "one" | "changed">) {
  const asked = useSignal<"end" | "remove" | null>(null);
  const said = useSignal("");
  const busy = useSignal(false);
  const comesAgain = one.kind === "maintenance" && "rrule" in one.when;
  const hasBegun = one.state === "active" || (one.since ?? null) !== null;
  const act = async (work: () => Promise<unknown>, done: string) => {
    busy.value = true;
    try {
      await work();
      asked.value = null;
      changed(done);
    } catch (error) {
      said.value = (error as Error).message;
      asked.value = null;
    } finally {
      busy.value = false;
    }
  };
  const name = <span class="visually-hidden"> {one.why}</span>;
  const end = () => (one.kind === "silence" ? api.endSilence(one.id) : api.endMaintenance(one.id));
  if (asked.value !== null) {
    const removing = asked.value === "remove";
    const effect = removing
      ? "It is gone, as if it had never been planned."
      : comesAgain
        ? "None of its times comes any more. What is down is told after it has settled."
        : "What is down is told after it has settled.";
    return (
      <p class="actions" role="status">
        <span>{effect}</span>
        <button
          type="button"
          disabled={busy.value}
          onClick={() =>
            void act(removing ? () => api.removeMaintenance(one.id) : end, removing ? "Removed." : "Ended.")
          }
        >
          {removing ? "Remove it" : "End it now"}
          {name}
        </button>
        <button
          type="button"
          class="plain"
          onClick={() => {
            asked.value = null;
          }}
        >
          Keep it
        </button>
      </p>
    );
  }
  const ask = (what: "end" | "remove") => () => {
    asked.value = what;
  };
  return (
    <>
      <p class="actions">
        {one.kind === "silence" &&
          ([1, 4, 24] as const).map((hours) => (
            <button
              key={hours}
              type="button"
              disabled={busy.value}
              onClick={() =>
                void act(() => api.changeSilence(one, { endAt: one.endAt + hours * hourMs }), "Prolonged.")
              }
            >
              {hours === 24 ? "A day" : `${hours} h`} longer{name}
            </button>
          ))}
        {one.kind === "maintenance" && (
          <a class="button" href={`/planned?change=${one.id}`} onClick={follow}>
            Change{name}
          </a>
        )}
        <button type="button" class="plain" onClick={ask("end")}>
          {comesAgain ? "End for good" : "End"}
          {name}
        </button>
        {one.kind === "maintenance" && !hasBegun && (
          <button type="button" class="plain" onClick={ask("remove")}>
            Remove{name}
          </button>
        )}
      </p>
      {said.value !== "" && (
        <p class="problem" role="alert">
          {said.value}
        </p>
      )}
    </>
  );
}
