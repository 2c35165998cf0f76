import type { Answer } from "../answer.ts";
import type { MuteMatches } from "../api.ts";
import { now } from "../clock.ts";
import { follow } from "../router.ts";
import { count } from "../words.ts";
import { dayOf, dayWords, spanWords } from "../zoned.ts";

interface Props {
  answer: Answer<MuteMatches>;
  timeZone: string;
  /** It has times to show. */
  timed: boolean;
  onlyRules: boolean;
}

/** Before saving: what it holds back, and when. */
export function MuteEffect({ answer: { found, isOld, error }, timeZone, timed, onlyRules }: Props) {
  if (error)
    return (
      <p class="problem" role="alert">
        {error.message}
      </p>
    );
  if (!found) return <p class="quiet">Nothing yet: choose what it is for, and the effect is shown here.</p>;
  const today = dayOf(now.value, timeZone);
  return (
    <div class={isOld ? "quiet" : ""} aria-busy={isOld}>
      <p class="standing" role="status">
        {onlyRules
          ? "Whatever the named rules find is told to nobody meanwhile."
          : `${count(found.devices, "device")} ${found.devices === 1 ? "is" : "are"} meant, with what is behind. Nobody is told of ${found.devices === 1 ? "it" : "them"} meanwhile.`}
      </p>
      {!onlyRules && found.devices === 0 && <p class="problem">No device fits all of that.</p>}
      {found.incidents.length === 0 ? (
        <p>No open incident is touched.</p>
      ) : (
        <>
          <p>{count(found.incidents.length, "open incident")} would be held back:</p>
          <ul class="plain-list">
            {found.incidents.map(({ id, sentence, whole }) => (
              <li key={id}>
                <a href={`/incidents/${id}`} onClick={follow}>
                  {sentence}
                </a>
                {!whole && <span class="quiet"> Only some of its devices.</span>}
              </li>
            ))}
          </ul>
        </>
      )}
      {timed && (
        <>
          <h3>{found.next.length === 1 ? "When" : "The next times"}</h3>
          <ol class="times">
            {found.next.map((span) => (
              <li key={span.from}>
                {dayWords(dayOf(span.from, timeZone), today)}, {spanWords(span, timeZone)}
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}
