import { now } from "../clock.ts";
import { PhaseBar, RolloutMark } from "../parts/rollout-bar.tsx";
import { Shell } from "../parts/shell.tsx";
import { rolloutSentence, rolloutTimes } from "../rollout-words.ts";
import { rollouts } from "../rollouts.ts";
import { follow } from "../router.ts";

/** Changes that go out in waves, newest first. */
export function RolloutsPage() {
  const all = rollouts.value;
  return (
    <Shell title="Rollouts">
      <h1>Rollouts</h1>
      {all === null ? (
        <p class="quiet">Looking…</p>
      ) : all.length === 0 ? (
        <section class="empty">
          <p>
            Nothing has gone out in waves yet. A rollout changes one device first, then a tenth, then half, then all,
            and stops by itself when what it touched gets worse.
          </p>
          <p>
            <a class="main-action" href="/configuration" onClick={follow}>
              Choose what to change
            </a>
          </p>
        </section>
      ) : (
        <ul class="rollouts">
          {all.map((rollout) => (
            <li key={rollout.id}>
              <p class="rollout-head">
                <RolloutMark status={rollout.status} />
                <a href={`/rollouts/${rollout.id}`} onClick={follow}>
                  {rollout.title}
                </a>
                <span class="quiet">
                  {rolloutTimes(rollout, now.value)} · {rollout.by.name}
                </span>
              </p>
              <PhaseBar counts={rollout.counts} />
              <p>{rolloutSentence(rollout)}</p>
            </li>
          ))}
        </ul>
      )}
    </Shell>
  );
}
