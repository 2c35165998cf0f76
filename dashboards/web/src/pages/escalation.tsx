import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Channel, type Escalation, type Fault, faultsOf } from "../api.ts";
import { lasting, msOf } from "../duration-text.ts";
import { type EscalationDraft, escalationDraftOf, newStep, policyOf } from "../escalation-draft.ts";
import { fail } from "../fleet.ts";
import { severities, severityWords } from "../incident-words.ts";
import { EscalationSteps, faultOf } from "../parts/escalation-steps.tsx";
import { Lasting } from "../parts/lasting-field.tsx";
import { Refused } from "../parts/plan-window.tsx";
import { RotaFields, Turns } from "../parts/rota-fields.tsx";
import { Check, Wrong } from "../parts/rule-fields.tsx";
import { Shell } from "../parts/shell.tsx";
import { follow } from "../router.ts";
import { me } from "../session.ts";
import { count } from "../words.ts";

/** Who is asked next when nobody takes an incident. */
export function EscalationPage() {
  const found = useSignal<{ view: Escalation; channels: Channel[] } | null>(null);
  useEffect(() => {
    if (me.value?.role === "viewer") return;
    Promise.all([api.escalation(), api.channels()]).then(([view, channels]) => {
      found.value = { view, channels };
    }, fail);
  }, []);
  const is = found.value;
  return (
    <Shell title="Escalation">
      <h1>Who is asked next</h1>
      {me.value?.role === "viewer" ? (
        <p>You may not see who is told. Ask somebody who may.</p>
      ) : is === null ? (
        <p class="quiet">Looking…</p>
      ) : is.channels.length === 0 ? (
        <section class="empty">
          <p>There is no channel yet. First choose who can be told, then who is told when nobody takes it.</p>
          <p>
            <a class="main-action" href="/channels" onClick={follow}>
              Choose who is told
            </a>
          </p>
        </section>
      ) : (
        <Policy
          key={is.view.version}
          view={is.view}
          channels={is.channels}
          saved={(view) => {
            found.value = { ...is, view };
          }}
        />
      )}
    </Shell>
  );
}

function sentence({ policy, onDuty, missing }: Escalation): string {
  if (policy.steps.length === 0) return "Everybody hears everything at once; nobody is asked a second time.";
  const who = onDuty ? ` It is the week of ${onDuty.who}.` : "";
  const gone =
    missing.length === 0
      ? ""
      : ` ${count(missing.length, "channel")} that it names ${missing.length === 1 ? "is" : "are"} no longer there.`;
  return `${count(policy.steps.length, "step")}, as long as nobody takes it.${who}${gone}`;
}

interface PolicyProps {
  view: Escalation;
  channels: readonly Channel[];
  saved(view: Escalation): void;
}

function Policy({ view, channels, saved }: PolicyProps) {
  const draft = useSignal<EscalationDraft>(escalationDraftOf(view.policy));
  const said = useSignal<{ text: string; faults: readonly Fault[] } | null>(null);
  const busy = useSignal(false);
  const mayChange = me.value?.role === "admin";
  const change = (part: Partial<EscalationDraft>) => {
    said.value = null;
    draft.value = { ...draft.value, ...part };
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    busy.value = true;
    try {
      saved(await api.putEscalation(policyOf(draft.value), view.version));
    } catch (error) {
      const text = `${(error as Error).message}. Nothing was saved, and nothing you typed is lost.`;
      said.value = { text, faults: faultsOf(error) };
    } finally {
      busy.value = false;
    }
  };
  const { steps, rota, severities: chosen, againAfter } = draft.value;
  const faults = said.value?.faults ?? [];
  const props = { draft: draft.value, channels, faults, change };
  return (
    <>
      <p class="sentence" role="status">
        {sentence(view)}
      </p>
      <form class="config-form" aria-label="Escalation" onSubmit={(event) => void submit(event)}>
        <fieldset class="bare" disabled={!mayChange}>
          {steps.length === 0 ? (
            <section class="empty">
              <p>
                With steps the first is told at once, and each next one only while nobody has taken the incident. The
                last step is a group, never one person. Other severities are told to everybody at once, as before.
              </p>
              <button type="button" onClick={() => change({ steps: [newStep(undefined)] })}>
                Begin with a first step
              </button>
            </section>
          ) : (
            <>
              <fieldset>
                <legend>Of which incidents</legend>
                <p class="choices">
                  {severities.map((one) => (
                    <Check
                      key={one}
                      label={`${severityWords[one].short}, ${severityWords[one].long}`}
                      value={chosen.includes(one)}
                      set={(on) =>
                        change({ severities: severities.filter((s) => (s === one ? on : chosen.includes(s))) })
                      }
                    />
                  ))}
                </p>
                <Wrong>{faultOf(faults, "severities")}</Wrong>
              </fieldset>
              <RotaFields {...props} />
              <EscalationSteps {...props} />
              <Lasting
                label="From the last step until all begins anew"
                value={againAfter}
                problem={faultOf(faults, "againAfterMs")}
                set={(value) => change({ againAfter: value })}
              />
            </>
          )}
        </fieldset>
        <section class="effect" aria-labelledby="effect">
          <h2 id="effect">How it goes</h2>
          <Course draft={draft.value} channels={channels} />
          {rota && (
            <>
              <h3>Whose week it is</h3>
              <Turns rota={rota} />
            </>
          )}
          {said.value && <Refused text={said.value.text} />}
          {mayChange ? (
            <p class="actions">
              <button type="submit" class="main-action" disabled={busy.value}>
                Save who is asked next
              </button>
            </p>
          ) : (
            <p class="quiet">Only an admin can change it.</p>
          )}
        </section>
      </form>
    </>
  );
}

/** Step by step, in words. */
function Course({ draft: { steps, againAfter }, channels }: { draft: EscalationDraft; channels: readonly Channel[] }) {
  if (steps.length === 0) return <p>Every channel hears of an incident at once.</p>;
  const name = (id: string) => channels.find((one) => one.id === id)?.name ?? "a removed channel";
  return (
    <ol class="times">
      {steps.map((one, i) => (
        <li key={`${i} ${one.after}`}>
          {i === 0 ? "At once" : `After ${lasting(msOf(one.after)) || "…"}`}:{" "}
          {[...(one.rota ? ["whose week it is"] : []), ...one.channels.map(name)].join(", ") || "nobody yet"}
          {one.repeat !== "" && `, again every ${lasting(msOf(one.repeat)) || "…"}`}
        </li>
      ))}
      <li>After {lasting(msOf(againAfter)) || "…"} more it begins anew, until somebody takes it.</li>
    </ol>
  );
}
