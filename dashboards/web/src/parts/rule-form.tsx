import type { Fault } from "../api.ts";
import { type Severity, severities, severityWords } from "../incident-words.ts";
import { faultAt, idOf, needsWindow, type RuleDraft, type WindowFunction } from "../rule-draft.ts";
import { functionWords, unitOf } from "../rule-words.ts";
import { Chooser } from "./chooser.tsx";
import { Pick, Text } from "./fields.tsx";
import { Lasting } from "./lasting-field.tsx";
import { Check, FieldPick, Measure, Wrong } from "./rule-fields.tsx";

interface Props {
  draft: RuleDraft;
  isNew: boolean;
  faults: readonly Fault[];
  change(part: Partial<RuleDraft>): void;
}
const spans = ["s", "m", "h", "d"] as const;
const scopes = ["sites", "devices", "tags", "profiles", "kinds"] as const;

/** What is wrong, what is looked at, from when on it is bad. Keeps every letter, right or wrong. */
export function RuleForm(props: Props) {
  const { draft, isNew, faults, change } = props;
  const rename = (title: string) => {
    const follows = isNew && draft.id === idOf(draft.title);
    change({ title, ...(follows ? { id: idOf(title) } : {}) });
  };
  return (
    <>
      <fieldset>
        <legend>What is wrong</legend>
        <Text label="In a few words, as people will read it" value={draft.title} required set={rename} />
        <Wrong>{faultAt(faults, "title")}</Wrong>
        <div class="pairs roomy">
          <Pick
            label="How bad"
            value={draft.severity}
            options={severities.map((one) => [one, `${severityWords[one].short}, ${severityWords[one].long}`] as const)}
            set={(value) => change({ severity: value as Severity })}
          />
          {isNew && <Text label="Its id" value={draft.id} required set={(id) => change({ id })} />}
        </div>
        {isNew && draft.id !== "" && <Wrong>{faultAt(faults, "id")}</Wrong>}
        <Check label="On" value={draft.enabled} set={(enabled) => change({ enabled })} />
      </fieldset>
      <Looked {...props} />
      <Limits {...props} />
      <fieldset>
        <legend>Which devices</legend>
        <p class="quiet">
          {Object.keys(draft.chosen).length === 0 ? "All that measure it." : "All that fit every list:"}
        </p>
        <Chooser label="Only, by name" of={scopes} chosen={draft.chosen} set={(chosen) => change({ chosen })} />
        <Wrong>{faultAt(faults, "scope")}</Wrong>
      </fieldset>
      <Rare {...props} />
      <fieldset>
        <legend>What to do about it</legend>
        <label>
          Help, shown with each incident
          <textarea
            rows={3}
            maxLength={500}
            value={draft.help}
            onInput={(e) => change({ help: e.currentTarget.value })}
          />
        </label>
        <Text label="Runbook" placeholder="https://" value={draft.runbook} set={(runbook) => change({ runbook })} />
        <Wrong>{faultAt(faults, "runbook")}</Wrong>
      </fieldset>
    </>
  );
}

function Looked({ draft, faults, change }: Props) {
  const functions = Object.entries(functionWords) as [WindowFunction, string][];
  return (
    <fieldset>
      <legend>What is looked at</legend>
      <FieldPick label="Value" value={draft.field} set={(field) => change({ field })} />
      <Wrong>{faultAt(faults, "value.field")}</Wrong>
      <div class="pairs roomy">
        <Pick label="Of it" value={draft.fn} options={functions} set={(fn) => change({ fn: fn as WindowFunction })} />
        {needsWindow(draft.fn) && (
          <Lasting
            label="Over the last"
            units={["s", "m", "h"]}
            value={draft.window}
            problem={faultAt(faults, "value.window")}
            set={(window) => change({ window })}
          />
        )}
      </div>
      <FieldPick
        label="As a share of"
        none="nothing: the value itself"
        value={draft.divideBy}
        set={(divideBy) => change({ divideBy })}
      />
      <Wrong>{faultAt(faults, "divideBy")}</Wrong>
    </fieldset>
  );
}

function Limits({ draft, faults, change }: Props) {
  const unit = unitOf(draft);
  const other = draft.side === "above" ? "below" : "above";
  return (
    <fieldset>
      <legend>When it is bad</legend>
      <div class="pairs roomy">
        <Pick
          label="Bad when it is"
          value={draft.side}
          options={[
            ["above", "above"],
            ["below", "below"],
          ]}
          set={(side) => change({ side: side as RuleDraft["side"] })}
        />
        <Measure
          label="Limit"
          unit={unit}
          required
          value={draft.raise}
          problem={draft.raise === "" ? undefined : faultAt(faults, "raise")}
          set={(raise) => change({ raise })}
        />
        <Lasting
          label="For at least"
          units={spans}
          value={draft.for}
          problem={faultAt(faults, "for")}
          set={(value) => change({ for: value })}
        />
        <Measure
          label={`Good again ${other}`}
          unit={unit}
          placeholder="when it is not bad"
          value={draft.clear}
          problem={faultAt(faults, "clear")}
          set={(clear) => change({ clear })}
        />
        <Lasting
          label="Good for at least"
          units={spans}
          value={draft.clearFor}
          problem={faultAt(faults, "clearFor")}
          set={(clearFor) => change({ clearFor })}
        />
      </div>
    </fieldset>
  );
}

function Rare({ draft, faults, change }: Props) {
  const open = draft.usual || draft.dutyBad !== "" || draft.series !== "";
  return (
    <details class="more" open={open}>
      <summary>Usual values, m of n, single series</summary>
      <fieldset>
        <legend>Compared with what is usual</legend>
        <Check
          label="Know the usual value of this hour of the week"
          value={draft.usual}
          set={(usual) => change({ usual })}
        />
        {draft.usual && (
          <>
            <div class="pairs roomy">
              <Measure
                label="Over weeks"
                value={draft.weeks}
                problem={faultAt(faults, "usual.weeks")}
                set={(weeks) => change({ weeks })}
              />
              <Measure
                label="Only while usual is at least"
                placeholder="whatever is usual"
                value={draft.atLeast}
                problem={faultAt(faults, "usual.atLeast")}
                set={(atLeast) => change({ atLeast })}
              />
            </div>
            <Check
              label="Compare how many times the usual it is"
              value={draft.factor}
              set={(factor) => change({ factor })}
            />
          </>
        )}
      </fieldset>
      <fieldset>
        <legend>How many samples</legend>
        <div class="pairs roomy">
          <Measure
            label="Bad samples at least"
            value={draft.samples}
            problem={faultAt(faults, "samples")}
            set={(samples) => change({ samples })}
          />
          <Measure
            label="Or bad in so many"
            placeholder="not used"
            value={draft.dutyBad}
            problem={faultAt(faults, "duty")}
            set={(dutyBad) => change({ dutyBad })}
          />
          <Measure
            label="of the last"
            placeholder="not used"
            value={draft.dutyOf}
            set={(dutyOf) => change({ dutyOf })}
          />
        </div>
      </fieldset>
      <Text
        label="Only series with these tags"
        placeholder="interface=eth0"
        value={draft.series}
        set={(series) => change({ series })}
      />
      <Wrong>{faultAt(faults, "series")}</Wrong>
    </details>
  );
}
