import { useComputed, useSignal } from "@preact/signals";
import { useAnswer } from "../answer.ts";
import { api, type Fault, faultsOf, type Template } from "../api.ts";
import { devices } from "../fleet.ts";
import { go } from "../router.ts";
import { me } from "../session.ts";
import {
  fieldFaults,
  idOfName,
  lineFaults,
  newTemplate,
  readTemplate,
  type TemplateDraft,
  templateDraftOf,
} from "../template-draft.ts";
import { count } from "../words.ts";
import { ConfigEffect } from "./config-effect.tsx";
import { DocumentEditor } from "./document-editor.tsx";
import { Text } from "./fields.tsx";
import { Refused } from "./plan-window.tsx";
import { TemplateFields } from "./template-fields.tsx";
import { TemplateHistory } from "./template-history.tsx";

const distinct = (all: readonly (string | null)[]): string[] => [...new Set(all.filter((one) => one !== null))].sort();

/** What it says as text, and what applying that does. What is typed stays, whatever the answer. */
export function TemplateForm({ template, saved }: { template: Template | null; saved(): void }) {
  const draft = useSignal<TemplateDraft>(template ? templateDraftOf(template) : newTemplate);
  const removing = useSignal(false);
  const said = useSignal<{ text: string; good: boolean; faults: readonly Fault[] } | null>(null);
  const busy = useSignal(false);
  const turn = useSignal(0);
  const known = useComputed(() => {
    const all = [...devices.value.values()];
    return { profile: distinct(all.map(({ profile }) => profile)), tag: distinct(all.flatMap(({ tags }) => tags)) };
  });
  const may = me.value?.role !== "viewer";
  const read = readTemplate(draft.value);
  const { body } = read;
  const id = template?.id ?? idOfName(draft.value.name);
  const asked = removing.value ? null : body && { ...body, name: body.name || "tried" };
  const key = !may || (body === null && !removing.value) ? null : JSON.stringify([asked, template?.version]);
  // What is not named yet can be tried all the same.
  const answer = useAnswer(key, () => api.previewTemplate(id || "tried", asked));
  const refusals = said.value?.faults.length ? said.value.faults : faultsOf(answer.error);
  const problems = removing.value ? [] : [...refusals, ...(answer.found?.problems ?? [])];
  const faults = [...read.faults, ...lineFaults(problems, read)];
  const change = (part: Partial<TemplateDraft>) => {
    said.value = null;
    removing.value = false;
    draft.value = { ...draft.value, ...part };
  };
  const take = (part: Partial<TemplateDraft>) => {
    change(part);
    turn.value++;
  };
  const act = async (work: () => Promise<string>) => {
    busy.value = true;
    try {
      said.value = { text: await work(), good: true, faults: [] };
    } catch (error) {
      const text = `${(error as Error).message}. Nothing was changed, and nothing you typed is lost.`;
      said.value = { text, good: false, faults: faultsOf(error) };
    } finally {
      busy.value = false;
    }
  };
  const apply = async (): Promise<string> => {
    if (!body) throw new Error("The text is not readable yet");
    const message = draft.value.message.trim();
    const { applied } = await api.putTemplate(id, { ...body, ...(message ? { message } : {}) }, template?.version ?? 0);
    draft.value = { ...draft.value, message: "" };
    if (template) saved();
    else go(`/templates/${id}`, "replace");
    const many = applied.devices.length + applied.due;
    return many === 0 ? "Saved. No device changes." : `Saved. ${count(many, "device")} got new settings to try.`;
  };
  const remove = async (): Promise<string> => {
    if (template) await api.removeTemplate(template);
    go("/templates");
    return "Removed.";
  };
  const ready = answer.found !== null && !answer.isOld && answer.found.problems.length === 0 && id !== "";
  return (
    <>
      <form
        class="config-form template-form"
        aria-label="The template"
        onSubmit={(event) => {
          event.preventDefault();
          void act(removing.value ? remove : apply);
        }}
      >
        <div>
          <fieldset class="bare" disabled={!may}>
            <TemplateFields draft={draft.value} known={known.value} change={change} />
          </fieldset>
          <h2>What it says</h2>
          <p class="hint" id="how">
            YAML, below <code>document:</code> the settings, below <code>variables:</code> what texts may refer to.
            Ctrl+Space suggests. Comments are not kept.
          </p>
          <DocumentEditor
            label="What the template says, as YAML"
            text={draft.value.text}
            turn={turn.value}
            readOnly={!may}
            faults={faults}
            change={(text) => {
              if (text !== draft.value.text) change({ text });
            }}
          />
        </div>
        <section class="effect" aria-labelledby="effect">
          <h2 id="effect">{removing.value ? "What removing it does" : "What applying does"}</h2>
          {fieldFaults(problems).map((text) => (
            <p key={text} class="problem">
              {text}
            </p>
          ))}
          {answer.error && <p class="problem">{answer.error.message}</p>}
          {read.faults.length > 0 && !removing.value && <p class="problem">The text can't be read yet.</p>}
          {answer.found ? (
            <ConfigEffect preview={answer.found} isOld={answer.isOld} />
          ) : (
            may && !answer.error && read.faults.length === 0 && <p class="quiet">Looking…</p>
          )}
          {said.value && !said.value.good && <Refused text={said.value.text} />}
          {may ? (
            <>
              {!removing.value && (
                <Text
                  label="Why (kept in the history)"
                  value={draft.value.message}
                  most={500}
                  set={(message) => {
                    draft.value = { ...draft.value, message };
                  }}
                />
              )}
              <p class="actions">
                <button type="submit" class="main-action" disabled={busy.value || !ready}>
                  {buttonWords(removing.value, template === null, answer.found?.changing ?? 0)}
                </button>
                {template && (
                  <button
                    type="button"
                    class="plain"
                    onClick={() => {
                      removing.value = !removing.value;
                    }}
                  >
                    {removing.value ? "Keep it" : "Remove the template…"}
                  </button>
                )}
              </p>
            </>
          ) : (
            <p class="quiet">You may look, but not change templates.</p>
          )}
          <p role="status">{said.value?.good && said.value.text}</p>
        </section>
      </form>
      {template && <TemplateHistory template={template} take={may ? take : null} />}
    </>
  );
}

function buttonWords(removing: boolean, isNew: boolean, changing: number): string {
  const whom = changing === 0 ? "" : ` and change ${count(changing, "device")}`;
  return removing ? `Remove it${whom}` : `${isNew ? "Make it" : "Save it"}${whom}`;
}
