import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type ConfigChangeWhole, type Template } from "../api.ts";
import { now } from "../clock.ts";
import { type TemplateDraft, templateDraftOf } from "../template-draft.ts";
import { clockTime } from "../words.ts";

/** Newest changes of everything that are looked through for those of one template. */
const lookedAt = 30;

interface Props {
  template: Template;
  /** null: whoever looks may not change it. */
  take: ((draft: Partial<TemplateDraft>) => void) | null;
}

/** What it said before, and the way back: as text first, applied like any other. */
export function TemplateHistory({ template: { id, version }, take }: Props) {
  const open = useSignal(false);
  const found = useSignal<ConfigChangeWhole[] | null>(null);
  const problem = useSignal<string | null>(null);
  useEffect(() => {
    if (!open.value) return;
    api
      .configChanges(lookedAt)
      .then((rows) => Promise.all(rows.map(({ revision }) => api.configChange(revision))))
      .then(
        (all) => {
          found.value = all;
        },
        (error: Error) => {
          problem.value = error.message;
        },
      );
  }, [open.value, id, version]);
  const mine = (found.value ?? []).flatMap((change) => {
    const item = change.items.find((one) => one.kind === "template" && one.id === id);
    return item ? [{ ...change, after: item.after }] : [];
  });
  return (
    <details
      class="more"
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>History</summary>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {found.value !== null && mine.length === 0 && <p class="quiet">It is in none of the last {lookedAt} changes.</p>}
      <ol class="history">
        {mine.map(({ revision, at, by, message, after }, index) => (
          <li key={revision}>
            <p>
              <strong>{clockTime(at, now.value)}</strong> by {by.name || by.kind}
              {message && <>: {message}</>}
            </p>
            {index === 0 ? (
              <p class="quiet">As it is now.</p>
            ) : (
              after &&
              take && (
                <button type="button" onClick={() => take({ ...templateDraftOf({ body: after }), message: "" })}>
                  Put what it said then into the form
                </button>
              )
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}
