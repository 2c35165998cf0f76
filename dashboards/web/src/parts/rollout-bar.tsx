import type { Rollout } from "../api.ts";
import { phaseParts, rolloutMarks } from "../rollout-words.ts";

export function RolloutMark({ status }: { status: Rollout["status"] }) {
  const { mark, word, hue } = rolloutMarks[status];
  return (
    <span class={`state state-${hue}`}>
      <span class="mark" aria-hidden="true">
        {mark}
      </span>
      {word}
    </span>
  );
}

/** Of all devices, or of a wave: how many are where. What is drawn is said beside it. */
export function PhaseBar({ counts, words = false }: { counts: Rollout["counts"]; words?: boolean }) {
  const parts = phaseParts.map((part) => ({ ...part, many: counts[part.key] })).filter(({ many }) => many > 0);
  return (
    <>
      <span class="share-bar phase-bar" aria-hidden="true">
        {parts.map(({ key, many }) => (
          <span key={key} class={`share phase-${key}`} style={{ flexGrow: many }} />
        ))}
      </span>
      {words && (
        <span class="phase-words">
          {parts.map(({ key, mark, word, many }) => (
            <span key={key}>
              <span aria-hidden="true">{mark}</span> {many} {word}
            </span>
          ))}
        </span>
      )}
    </>
  );
}
