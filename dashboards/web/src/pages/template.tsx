import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiProblem, api, type Template } from "../api.ts";
import { devices, fail } from "../fleet.ts";
import { Shell } from "../parts/shell.tsx";
import { TemplateForm } from "../parts/template-form.tsx";
import { follow } from "../router.ts";
import { bodyOf, reachSentence } from "../template-words.ts";

/** One template: what it says, whom it changes, what it said before. */
export function TemplatePage({ id }: { id: string }) {
  const isNew = id === "new";
  const found = useSignal<Template | null | undefined>(isNew ? null : undefined);
  const look = () => {
    if (isNew) return;
    api.template(id).then(
      (one) => {
        found.value = one;
      },
      (error: Error) => {
        found.value = null;
        if (!(error instanceof ApiProblem && error.status === 404)) fail(error);
      },
    );
  };
  useEffect(look, [id]);
  const one = found.value;
  const title = isNew
    ? "A new template"
    : one
      ? bodyOf(one).name
      : one === null
        ? "There is no such template"
        : "Looking…";
  return (
    <Shell title={title}>
      <p>
        <a href="/templates" onClick={follow}>
          All templates
        </a>
      </p>
      <h1>{title}</h1>
      {one && <p class="quiet">{reachSentence(bodyOf(one).applies, devices.value.values())}.</p>}
      {(one || (isNew && one === null)) && <TemplateForm key={one?.id ?? ""} template={one ?? null} saved={look} />}
    </Shell>
  );
}
