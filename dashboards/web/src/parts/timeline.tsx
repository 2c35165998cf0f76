import { now } from "../clock.ts";
import type { Doer, Line } from "../event-words.ts";
import { absolute, clockTime } from "../words.ts";

const doers: Record<Doer, { mark: string; word: string }> = {
  it: { mark: "■", word: "What happened" },
  people: { mark: "◆", word: "Somebody" },
  notices: { mark: "→", word: "Notices" },
};

/** What happened, oldest first: when, whose doing, and what. */
export function Timeline({ lines, timeZone }: { lines: readonly Line[]; timeZone: string | undefined }) {
  return (
    <ol class="timeline">
      {lines.map(({ key, at, doer, text, good, link }) => (
        <li key={key} class={`line-${doer}`}>
          <time class="quiet" dateTime={new Date(at).toISOString()} title={absolute(at, timeZone)}>
            {clockTime(at, now.value, timeZone, true)}
          </time>
          <span class="line-mark" aria-hidden="true" title={doers[doer].word}>
            {doers[doer].mark}
          </span>
          <span class={good ? "" : "problem"}>
            {text}
            {link && (
              <>
                {" "}
                <a href={link.to} rel="noreferrer" target="_blank">
                  {link.text}
                </a>
              </>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
