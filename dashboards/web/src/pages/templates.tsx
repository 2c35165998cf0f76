import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Template } from "../api.ts";
import { devices, fail } from "../fleet.ts";
import { ConfigHistory } from "../parts/config-history.tsx";
import { Shell } from "../parts/shell.tsx";
import { follow } from "../router.ts";
import { me } from "../session.ts";
import { bodyOf, kindOf, namesOf, reach, type TemplateKind, templateKinds } from "../template-words.ts";
import { count } from "../words.ts";

const headings: Record<TemplateKind, string> = {
  default: "For all, unless a group, site or device leaves it out",
  required: "For all, always",
  profile: "By hardware model",
  tag: "By tag",
};

/** Settings that are written once for many devices; the weakest first, as they are laid on each other. */
export function TemplatesPage() {
  const known = useSignal<Template[] | null>(null);
  const look = () =>
    void api.templates().then((all) => {
      known.value = all;
    }, fail);
  useEffect(look, []);
  const all = known.value ?? [];
  const everything = [...devices.value.values()];
  const may = me.value?.role !== "viewer";
  return (
    <Shell title="Templates">
      <header class="page-head">
        <h1>Templates</h1>
        {may && (
          <a class="main-action" href="/templates/new" onClick={follow}>
            Make a template
          </a>
        )}
      </header>
      <p class="sentence" role="status">
        {known.value === null
          ? "Looking…"
          : all.length === 0
            ? "There is no template yet. A template says once what many devices should do."
            : `${count(all.length, "template")}. What stands further down holds where two say different things; a group, a site and the device itself are stronger still.`}
      </p>
      {templateKinds.map((kind) => {
        const own = all
          .filter((one) => kindOf(bodyOf(one).applies) === kind)
          .sort((a, b) => bodyOf(a).order - bodyOf(b).order);
        if (own.length === 0) return null;
        return (
          <section key={kind} aria-labelledby={kind}>
            <h2 id={kind}>{headings[kind]}</h2>
            <ul class="template-list">
              {own.map((one) => (
                <Row key={one.id} template={one} devices={everything} />
              ))}
            </ul>
          </section>
        );
      })}
      <ConfigHistory may={may} done={look} />
    </Shell>
  );
}

function Row({ template, devices: all }: { template: Template; devices: Parameters<typeof reach>[1] }) {
  const { name, applies, document } = bodyOf(template);
  const sections = Object.keys(document).join(", ");
  return (
    <li>
      <a href={`/templates/${template.id}`} onClick={follow}>
        <span class="rule-title">{name}</span>
        <span>{count(reach(applies, all), "device")}</span>
        <span class="quiet small">{sections === "" ? "says nothing yet" : `about ${sections}`}</span>
        <span class="quiet small">{namesOf(applies).join(", ")}</span>
      </a>
    </li>
  );
}
