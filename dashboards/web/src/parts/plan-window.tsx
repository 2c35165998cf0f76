import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useAnswer } from "../answer.ts";
import { api, type Fault, faultsOf, type Maintenance } from "../api.ts";
import { chosenSentence, isNothing } from "../choices.ts";
import { now } from "../clock.ts";
import { choiceName, zoneOfChosen } from "../names.ts";
import { draftOf, newWindow, selectOf, timesOf, type WindowDraft } from "../window-draft.ts";
import { Chooser } from "./chooser.tsx";
import { Text } from "./fields.tsx";
import { MuteEffect } from "./mute-effect.tsx";
import { WhenFields } from "./when-fields.tsx";

interface Props {
  /** The one that is changed; null: a new one. */
  window: Maintenance | null;
  begin: WindowDraft["chosen"];
  /** Only why, and whether it counts: it has begun. */
  begun: boolean;
  done(said: string): void;
  leave(): void;
}

/** Makes a maintenance window, or changes one. */
export function PlanWindow({ window, begin, begun, done, leave }: Props) {
  const draft = useSignal<WindowDraft>(
    window
      ? draftOf(window, zoneOfChosen(window.scope as WindowDraft["chosen"]))
      : newWindow(now.peek(), zoneOfChosen(begin), begin),
  );
  const said = useSignal<{ text: string; faults: readonly Fault[] } | null>(null);
  const busy = useSignal(false);
  const change = (part: Partial<WindowDraft>) => {
    said.value = null;
    // The clocks of the place, as long as nobody chose others.
    const zone = zoneOfChosen(draft.value.chosen);
    const follows = part.chosen && draft.value.timeZone === zone ? { timeZone: zoneOfChosen(part.chosen) } : {};
    draft.value = { ...draft.value, ...follows, ...part };
  };
  const { chosen, sla, why, timeZone } = draft.value;
  const times = timesOf(draft.value);
  const select = selectOf(chosen);
  const ask = { ...select, ...("when" in times ? { when: times.when } : {}) };
  const answer = useAnswer(isNothing(chosen) || begun ? null : JSON.stringify(ask), () => api.previewMaintenance(ask));
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!("when" in times)) return;
    busy.value = true;
    try {
      const wish = { ...select, when: times.when, sla, why };
      if (window) await api.changeMaintenance(window, begun ? { sla, why } : wish);
      else await api.planMaintenance(wish);
      done(window ? "Changed." : "Planned.");
    } catch (error) {
      const text = `${(error as Error).message}. Nothing was saved, and nothing you typed is lost.`;
      said.value = { text, faults: faultsOf(error) };
    } finally {
      busy.value = false;
    }
  };
  return (
    <form class="config-form" aria-labelledby="plan" onSubmit={(event) => void submit(event)}>
      <h2 id="plan">{window ? "Change this maintenance" : "Plan maintenance"}</h2>
      <div>
        {begun ? (
          <p>It has begun, so what and when stay as they are. End it to make another one.</p>
        ) : (
          <>
            <fieldset>
              <legend>What</legend>
              {!isNothing(chosen) && <p>{chosenSentence(chosen, choiceName)}.</p>}
              <Chooser label="Add by name" chosen={chosen} set={(next) => change({ chosen: next })} />
            </fieldset>
            <WhenFields draft={draft.value} change={change} />
          </>
        )}
        <Sla sla={sla} set={(next) => change({ sla: next })} />
        <Text label="Why (whoever is not told will ask)" value={why} required set={(next) => change({ why: next })} />
      </div>
      <section class="effect" aria-labelledby="effect">
        <h2 id="effect">{begun ? "Save" : "What it does"}</h2>
        {!begun && (
          <MuteEffect answer={answer} timed timeZone={timeZone} onlyRules={Object.keys(select.scope).length === 0} />
        )}
        {"fault" in times && <p class="problem">{times.fault}</p>}
        {said.value && <Refused text={said.value.text} />}
        <p class="actions">
          <button
            type="submit"
            class="main-action"
            disabled={busy.value || (!begun && (answer.found === null || answer.isOld || !("when" in times)))}
          >
            {window ? "Save the change" : "Plan it"}
          </button>
          <button type="button" class="plain" onClick={leave}>
            {window ? "Leave it as it was" : "Don't plan it"}
          </button>
        </p>
      </section>
    </form>
  );
}

/** Why it was not saved; heard at once, and in view. */
export function Refused({ text }: { text: string }) {
  useEffect(() => document.getElementById("refused")?.scrollIntoView({ block: "nearest" }), [text]);
  return (
    <p id="refused" class="problem" role="alert">
      {text}
    </p>
  );
}

function Sla({ sla, set }: { sla: Maintenance["sla"]; set(sla: Maintenance["sla"]): void }) {
  const radio = (value: Maintenance["sla"], label: string) => (
    <label class="check">
      <input type="radio" name="sla" checked={sla === value} onChange={() => set(value)} />
      {label}
    </label>
  );
  return (
    <fieldset>
      <legend>In the availability report</legend>
      {radio("exclude", "its time is left out, and shown beside")}
      {radio("count", "its time counts like any other")}
    </fieldset>
  );
}
