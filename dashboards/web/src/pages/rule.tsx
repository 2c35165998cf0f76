import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useAnswer } from "../answer.ts";
import { type AlertRule, ApiProblem, api, type Fault, faultsOf } from "../api.ts";
import { fail } from "../fleet.ts";
import { choiceName, loadRules } from "../names.ts";
import { RuleBacktest } from "../parts/backtest.tsx";
import { Refused } from "../parts/plan-window.tsx";
import { RuleForm } from "../parts/rule-form.tsx";
import { RulePreview } from "../parts/rule-preview.tsx";
import { Shell } from "../parts/shell.tsx";
import { follow, go } from "../router.ts";
import { newRule, type RuleDraft, ruleDraftOf, ruleOf } from "../rule-draft.ts";
import { originOf, ruleScope, ruleSentence, standingWords, unitOf } from "../rule-words.ts";
import { me } from "../session.ts";

/** One rule: what it says, what it finds now, what it would have done; and another one in its place. */
export function RulePage({ id }: { id: string }) {
  const isNew = id === "new";
  const found = useSignal<AlertRule | null | undefined>(isNew ? null : undefined);
  useEffect(() => {
    if (isNew) return;
    api.alertRule(id).then(
      (one) => {
        found.value = one;
      },
      (error: Error) => {
        found.value = null;
        if (!(error instanceof ApiProblem && error.status === 404)) fail(error);
      },
    );
  }, [id]);
  const one = found.value;
  const title = isNew ? "A new rule" : (one?.rule.title ?? (one === null ? "There is no such rule" : "Looking…"));
  return (
    <Shell title={title}>
      <p>
        <a href="/rules" onClick={follow}>
          All rules
        </a>
      </p>
      <h1>{title}</h1>
      {one && (
        <p class="quiet">
          {originOf(one)} · {standingWords(one, one.rule.enabled)}
        </p>
      )}
      {(one || (isNew && one === null)) && <Editing key={one?.version ?? 0} entry={one ?? null} />}
    </Shell>
  );
}

function Editing({ entry }: { entry: AlertRule | null }) {
  const draft = useSignal<RuleDraft>(entry ? ruleDraftOf(entry.rule) : newRule);
  const said = useSignal<{ text: string; faults: readonly Fault[] } | null>(null);
  const busy = useSignal(false);
  const isViewer = me.value?.role === "viewer";
  const mayChange = !isViewer && entry?.origin !== "file";
  const wish = ruleOf(draft.value);
  const empty = draft.value.raise.trim() === "";
  // What is not named yet can be tried all the same.
  const tried = { ...wish, id: wish.id || "tried", title: wish.title || "Tried" };
  const key = isViewer || empty ? null : JSON.stringify(tried);
  const answer = useAnswer(key, () => api.previewRule(tried));
  const faults = said.value?.faults.length ? said.value.faults : faultsOf(answer.error);
  const change = (part: Partial<RuleDraft>) => {
    said.value = null;
    draft.value = { ...draft.value, ...part };
  };
  const act = async (work: () => Promise<unknown>) => {
    busy.value = true;
    try {
      await work();
      loadRules();
      go("/rules");
    } catch (error) {
      const text = `${(error as Error).message}. Nothing was saved, and nothing you typed is lost.`;
      said.value = { text, faults: faultsOf(error) };
    } finally {
      busy.value = false;
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void act(() => api.putRule(wish, entry?.version ?? 0));
  };
  return (
    <form class="config-form rule-form" aria-label="The rule" onSubmit={submit}>
      <div>
        <fieldset class="bare" disabled={!mayChange}>
          <RuleForm draft={draft.value} isNew={entry === null} faults={faults} change={change} />
        </fieldset>
        {!isViewer && !empty && <RuleBacktest wish={tried} unit={unitOf(draft.value)} take={change} />}
      </div>
      <section class="effect" aria-labelledby="effect">
        <h2 id="effect">What it says</h2>
        <p>{ruleSentence(draft.value)}</p>
        <p class="quiet">{ruleScope(draft.value, choiceName)}.</p>
        {!isViewer && !empty && (
          <>
            <h2>Right now</h2>
            <RulePreview answer={answer} />
          </>
        )}
        {said.value && <Refused text={said.value.text} />}
        {mayChange ? (
          <p class="actions">
            <button type="submit" class="main-action" disabled={busy.value || (answer.error !== null && !answer.isOld)}>
              {entry ? "Save the rule" : "Make the rule"}
            </button>
            {entry?.origin === "own" && (
              <button
                type="button"
                class="plain"
                disabled={busy.value}
                onClick={() => void act(() => api.removeRule(entry))}
              >
                {entry.replaces ? "Back to the program's own" : "Remove the rule"}
              </button>
            )}
          </p>
        ) : (
          <p class="quiet">
            {isViewer
              ? "You may look, but not change rules."
              : "It is of a file in the settings folder: change it there."}
          </p>
        )}
      </section>
    </form>
  );
}
