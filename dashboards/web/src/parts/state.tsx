import { now } from "../clock.ts";
import { absolute, ago, type State, stateWords } from "../words.ts";

/** Shape, colour and word together. */
export function StateMark({ state, quiet = false }: { state: State; quiet?: boolean }) {
  const { mark, word } = stateWords[state];
  return (
    <span class={`state state-${state}`}>
      <span class="mark" aria-hidden="true">
        {mark}
      </span>
      <span class={quiet ? "visually-hidden" : ""}>{word}</span>
    </span>
  );
}

/** "3 min ago", the exact time on hover and for readers. */
export function Ago({ at, timeZone }: { at: number | null; timeZone?: string | undefined }) {
  if (at === null) return <span class="quiet">never</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={absolute(at, timeZone)}>
      {ago(at, now.value)}
    </time>
  );
}
