import { useEffect } from "preact/hooks";
import { severities, severityWords } from "../incident-words.ts";
import { incidentNews } from "../incidents.ts";
import { loadRules, rules } from "../names.ts";
import { Shell } from "../parts/shell.tsx";
import { follow } from "../router.ts";
import { ruleDraftOf } from "../rule-draft.ts";
import { originOf, ruleSentence, standingWords } from "../rule-words.ts";
import { me } from "../session.ts";
import { count } from "../words.ts";

/** What is found bad, the worst first. */
export function RulesPage() {
  const { count: news } = incidentNews.value;
  useEffect(loadRules, [news]);
  const all = rules.value;
  const on = all.filter(({ rule }) => rule.enabled);
  const bad = on.filter((one) => one.bad > 0).length;
  return (
    <Shell title="Rules">
      <header class="page-head">
        <h1>Rules</h1>
        {me.value?.role !== "viewer" && (
          <a class="main-action" href="/rules/new" onClick={follow}>
            Make a rule
          </a>
        )}
      </header>
      <p class="sentence" role="status">
        {all.length === 0
          ? "Looking…"
          : `${count(on.length, "rule")} ${on.length === 1 ? "looks" : "look"} at what is measured. ${bad === 0 ? "None finds anything bad now." : `${bad} of them ${bad === 1 ? "finds" : "find"} something bad now.`}`}
      </p>
      {severities.map((severity) => {
        const own = all.filter(({ rule }) => rule.severity === severity);
        const { short, long } = severityWords[severity];
        if (own.length === 0) return null;
        return (
          <section key={severity} aria-labelledby={severity}>
            <h2 id={severity}>
              {short}, {long}
            </h2>
            <ul class="rule-list">
              {own.map((one) => (
                <li key={one.rule.id}>
                  <a href={`/rules/${one.rule.id}`} onClick={follow}>
                    <span class={`state state-${!one.rule.enabled ? "awaiting" : one.bad > 0 ? "offline" : "online"}`}>
                      <span class="mark" aria-hidden="true">
                        {!one.rule.enabled ? "○" : one.bad > 0 ? "■" : "●"}
                      </span>
                      {one.rule.enabled ? "on" : "off"}
                    </span>
                    <span class="rule-title">{one.rule.title}</span>
                    <span>{standingWords(one, one.rule.enabled)}</span>
                    <span class="quiet rule-says">{ruleSentence(ruleDraftOf(one.rule))}</span>
                    <span class="quiet rule-origin">{originOf(one)}</span>
                  </a>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      <p class="quiet">
        Beside these the controller finds by itself what is lost: a device, its agent, a whole site, and whether it can
        see and store at all.
      </p>
    </Shell>
  );
}
