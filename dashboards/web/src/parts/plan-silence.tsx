import { useSignal } from "@preact/signals";
import { useAnswer } from "../answer.ts";
import { api } from "../api.ts";
import { type Chosen, chosenSentence, isNothing } from "../choices.ts";
import { now } from "../clock.ts";
import { msOf } from "../duration-text.ts";
import { choiceName, zoneOfChosen } from "../names.ts";
import { untilWords } from "../planned.ts";
import { selectOf } from "../window-draft.ts";
import { Chooser } from "./chooser.tsx";
import { Text } from "./fields.tsx";
import { Lasting } from "./lasting-field.tsx";
import { MuteEffect } from "./mute-effect.tsx";
import { Refused } from "./plan-window.tsx";

const often = ["1h", "4h", "1d", "7d"] as const;
const words: Record<(typeof often)[number], string> = {
  "1h": "1 hour",
  "4h": "4 hours",
  "1d": "a day",
  "7d": "a week",
};

/** Holds notices back from now on, for a while that has an end. */
export function PlanSilence({ begin, done, leave }: { begin: Chosen; done(said: string): void; leave(): void }) {
  const chosen = useSignal<Chosen>(begin);
  const lasts = useSignal("1h");
  const why = useSignal("");
  const said = useSignal<string | null>(null);
  const busy = useSignal(false);
  const select = selectOf(chosen.value);
  const key = isNothing(chosen.value) ? null : JSON.stringify(select);
  const answer = useAnswer(key, () => api.silenceMatches(select));
  const ms = msOf(lasts.value);
  const zone = zoneOfChosen(chosen.value);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    busy.value = true;
    try {
      await api.silence({ ...select, endAt: now.value + ms, why: why.value });
      done("Silenced.");
    } catch (error) {
      said.value = `${(error as Error).message}. Nothing was saved, and nothing you typed is lost.`;
    } finally {
      busy.value = false;
    }
  };
  return (
    <form class="config-form" aria-labelledby="plan" onSubmit={(event) => void submit(event)}>
      <h2 id="plan">Silence something</h2>
      <div>
        <fieldset>
          <legend>What</legend>
          {!isNothing(chosen.value) && <p>{chosenSentence(chosen.value, choiceName)}.</p>}
          <Chooser
            label="Add by name"
            chosen={chosen.value}
            set={(next) => {
              chosen.value = next;
            }}
          />
        </fieldset>
        <fieldset>
          <legend>For how long</legend>
          <p class="choices">
            {often.map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={lasts.value === one}
                onClick={() => {
                  lasts.value = one;
                }}
              >
                {words[one]}
              </button>
            ))}
          </p>
          <Lasting
            label="Or exactly"
            value={lasts.value}
            set={(next) => {
              lasts.value = next;
            }}
          />
          <p class="hint">
            {ms > 0 ? `Until ${untilWords(now.value + ms, now.value, zone)}. ` : ""}It ends by itself, at most 30 days
            ahead; what still lasts then is told.
          </p>
        </fieldset>
        <Text
          label="Why (whoever is not told will ask)"
          value={why.value}
          required
          set={(next) => {
            why.value = next;
          }}
        />
      </div>
      <section class="effect" aria-labelledby="effect">
        <h2 id="effect">What it does</h2>
        <MuteEffect answer={answer} timed={false} timeZone={zone} onlyRules={Object.keys(select.scope).length === 0} />
        {said.value && <Refused text={said.value} />}
        <p class="actions">
          <button
            type="submit"
            class="main-action"
            disabled={busy.value || answer.found === null || answer.isOld || !(ms > 0)}
          >
            Silence it
          </button>
          <button type="button" class="plain" onClick={leave}>
            Don't silence it
          </button>
        </p>
      </section>
    </form>
  );
}
