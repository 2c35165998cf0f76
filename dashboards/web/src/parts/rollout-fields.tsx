import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type RolloutPreview, type RolloutWish } from "../api.ts";
import { after } from "../clock.ts";
import type { RolloutDraft } from "../rollout-draft.ts";
import { waveName } from "../rollout-words.ts";
import { count } from "../words.ts";
import { Pick, Text } from "./fields.tsx";
import { Lasting } from "./lasting-field.tsx";
import { Check } from "./rule-fields.tsx";

interface Props {
  draft: RolloutDraft;
  wish: RolloutWish;
  change(part: Partial<RolloutDraft>): void;
}

/** At once or in waves, and who would be in which. */
export function RolloutFields({ draft, wish, change }: Props) {
  const { inWaves } = draft;
  return (
    <fieldset class="in-waves">
      <legend>How it goes out</legend>
      <Pick
        label="At once or in waves"
        value={inWaves ? "waves" : "all"}
        options={[
          ["waves", "in waves, one device first"],
          ["all", "to all at once"],
        ]}
        set={(value) => change({ inWaves: value === "waves" })}
      />
      {inWaves && (
        <>
          <Waves wish={wish} />
          <div class="pairs">
            <Lasting
              label="Each wave is watched for"
              value={draft.soak}
              units={["s", "m", "h"]}
              set={(soak) => change({ soak })}
            />
            <Text
              label="Stop at so many failures"
              value={draft.failures}
              number={{ min: 1, max: 10_000 }}
              required
              set={(failures) => change({ failures })}
            />
            <label>
              Only from (clocks of the site)
              <input type="time" value={draft.from} onInput={(e) => change({ from: e.currentTarget.value })} />
            </label>
            <label>
              until
              <input
                type="time"
                value={draft.to}
                required={draft.from !== ""}
                onInput={(e) => change({ to: e.currentTarget.value })}
              />
            </label>
            <Text
              label="Not while more are usually on than"
              value={draft.busyAbove}
              number={{ min: 0, max: 10_000 }}
              set={(busyAbove) => change({ busyAbove })}
            />
          </div>
          <Check
            label="If it stops by itself, change back what took it"
            value={draft.backAtHalt}
            set={(backAtHalt) => change({ backAtHalt })}
          />
        </>
      )}
    </fieldset>
  );
}

const typingMs = 400;

function Waves({ wish }: { wish: RolloutWish }) {
  const waves = useSignal<RolloutPreview["waves"] | null>(null);
  const { title: _, seen: __, ...asked } = wish;
  const text = JSON.stringify(asked);
  useEffect(() => {
    let gone = false;
    const cancel = after(typingMs, () => {
      // What is wrong with the change itself is said above.
      api.previewRollout(wish).then(
        (found) => {
          if (!gone) waves.value = found.waves;
        },
        () => {
          if (!gone) waves.value = null;
        },
      );
    });
    return () => {
      gone = true;
      cancel();
    };
  }, [text]);
  if (!waves.value) return <p class="quiet">Looking who would be in which wave…</p>;
  return (
    <ol class="times" aria-label="Waves">
      {waves.value.map(({ devices, sites, first }, wave) => (
        <li key={waveName(wave)}>
          <b>{waveName(wave)}</b>: {count(devices, "device")} at {count(sites, "site")}
          {wave === 0 && ` (${first.join(", ")}${devices > first.length ? ", …" : ""})`}
        </li>
      ))}
    </ol>
  );
}
