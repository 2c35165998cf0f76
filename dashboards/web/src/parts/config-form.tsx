import { type Choice, collectors, type Draft } from "../config-draft.ts";
import { collectorNames } from "../config-words.ts";
import { ConfigChecks } from "./config-checks.tsx";
import { Pick, Text } from "./fields.tsx";

interface Props {
  draft: Draft;
  /** Of one device what is wanted now is filled in; of many, what is empty is left as it is. */
  one: boolean;
  change(part: Partial<Draft>): void;
}

/** What may be changed. Keeps every letter, right or wrong. */
export function ConfigForm({ draft, one, change }: Props) {
  const empty = one ? "the device's own" : "leave as it is";
  return (
    <div>
      <fieldset>
        <legend>How often</legend>
        <div class="pairs">
          <Text
            label="Measures every (seconds)"
            value={draft.interval}
            placeholder={empty}
            number={{ min: 1, max: 3600 }}
            set={(interval) => change({ interval })}
          />
          <Text
            label="Checks every (seconds)"
            value={draft.checkEvery}
            placeholder={empty}
            number={{ min: 1, max: 86_400 }}
            set={(checkEvery) => change({ checkEvery })}
          />
        </div>
      </fieldset>
      <fieldset>
        <legend>What is measured</legend>
        <div class="pairs">
          {collectors.map((name) => (
            <Pick
              key={name}
              label={collectorNames[name] ?? name}
              value={draft.collectors[name] ?? "leave"}
              options={[
                ...(one ? [] : [["leave", "leave as it is"] as const]),
                ["own", "the device's own"],
                ["on", "on"],
                ["off", "off"],
              ]}
              set={(value) => change({ collectors: { ...draft.collectors, [name]: value as Choice } })}
            />
          ))}
        </div>
      </fieldset>
      <ConfigChecks draft={draft} one={one} change={change} />
      <details class="more">
        <summary>Advanced: where it connects to</summary>
        <Text
          label="Controller address"
          value={draft.address}
          placeholder={one ? "where it was enrolled" : empty}
          set={(address) => change({ address })}
        />
        <p class="hint">
          Such as wss://lamps.example/mqtt. A wrong one costs nothing: the device can't confirm it, and goes back.
        </p>
        <Text
          label="Goes back by itself after (seconds)"
          value={draft.trialSeconds}
          placeholder="60"
          number={{ min: 10, max: 600 }}
          set={(trialSeconds) => change({ trialSeconds })}
        />
      </details>
    </div>
  );
}
