import type { Channel, Fault } from "../api.ts";
import { type EscalationDraft, newStep, type StepDraft } from "../escalation-draft.ts";
import { Lasting } from "./lasting-field.tsx";
import { Check, Wrong } from "./rule-fields.tsx";

export interface EscalationProps {
  draft: EscalationDraft;
  channels: readonly Channel[];
  faults: readonly Fault[];
  change(part: Partial<EscalationDraft>): void;
}
export const faultOf = (faults: readonly Fault[], at: string): string | undefined =>
  faults.find(({ path }) => path === at || path.startsWith(`${at}.`))?.message;

/** Who is told, one after the other, as long as nobody takes it. */
export function EscalationSteps({ draft, channels, faults, change }: EscalationProps) {
  const { steps, rota } = draft;
  const set = (i: number, part: Partial<StepDraft>) =>
    change({ steps: steps.map((one, at) => (at === i ? { ...one, ...part } : one)) });
  return (
    <>
      {steps.map((one, i) => (
        <fieldset key={i}>
          <legend>{i === 0 ? "At once" : `Step ${i + 1}`}</legend>
          <div class="pairs roomy">
            {i > 0 && (
              <Lasting
                label="After"
                value={one.after}
                problem={faultOf(faults, `steps.${i}.afterMs`)}
                set={(after) => set(i, { after })}
              />
            )}
          </div>
          <ChannelChecks chosen={one.channels} channels={channels} set={(next) => set(i, { channels: next })} />
          <Wrong>
            {faultOf(faults, `steps.${i}.channels`) ?? faults.find(({ path }) => path === `steps.${i}`)?.message}
          </Wrong>
          {rota !== null && (
            <Check label="And whose week it is" value={one.rota} set={(next) => set(i, { rota: next })} />
          )}
          <Wrong>{faultOf(faults, `steps.${i}.rota`)}</Wrong>
          <Check
            label="Again and again until the next step"
            value={one.repeat !== ""}
            set={(on) => set(i, { repeat: on ? "15m" : "" })}
          />
          {one.repeat !== "" && (
            <Lasting
              label="Every"
              value={one.repeat}
              problem={faultOf(faults, `steps.${i}.repeatEveryMs`)}
              set={(repeat) => set(i, { repeat })}
            />
          )}
          <button type="button" class="plain" onClick={() => change({ steps: steps.filter((_, at) => at !== i) })}>
            Take this step out
          </button>
        </fieldset>
      ))}
      <p class="actions">
        <button type="button" onClick={() => change({ steps: [...steps, newStep(steps.at(-1))] })}>
          Add a step
        </button>
      </p>
    </>
  );
}

interface ChecksProps {
  chosen: readonly string[];
  channels: readonly Channel[];
  set(chosen: string[]): void;
}

/** Channels by name; one that was removed can still be taken out. */
export function ChannelChecks({ chosen, channels, set }: ChecksProps) {
  const gone = chosen
    .filter((id) => !channels.some((one) => one.id === id))
    .map((id) => ({ id, name: "a removed channel" }));
  return (
    <p class="choices">
      {[...channels, ...gone].map(({ id, name }) => (
        <Check
          key={id}
          label={name}
          value={chosen.includes(id)}
          set={(on) => set(on ? [...chosen, id] : chosen.filter((one) => one !== id))}
        />
      ))}
    </p>
  );
}
