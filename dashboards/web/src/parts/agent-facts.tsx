import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { clockSentence, flashSentence } from "../agent-words.ts";
import { api, type Series } from "../api.ts";
import { currentTime } from "../clock.ts";

const dayMs = 24 * 3_600_000;

/** What the agent costs the device's flash, and its clock where that is wrong. */
export function AgentFacts({ device }: { device: string }) {
  const said = useSignal<{ flash: string; clock: string | null } | null>(null);
  useEffect(() => {
    let gone = false;
    const now = currentTime();
    const ask = (field: string, fn: "increase" | "last"): Promise<Series["points"]> =>
      api
        .series(device, { measurement: "agent", field, fn, every: "1h", from: String(now - dayMs), to: String(now) })
        .then(({ series }) => series[0]?.points ?? []);
    Promise.all([ask("spool_written_bytes", "increase"), ask("clock_skew_ms", "last")]).then(
      ([written, skews]) => {
        if (!gone) said.value = { flash: flashSentence(written, now), clock: clockSentence(skews) };
      },
      // A fact that can't be had now is left out; the page says elsewhere that the controller doesn't answer.
      () => {},
    );
    return () => {
      gone = true;
    };
  }, [device, said]);
  if (!said.value) return null;
  return (
    <>
      <div>
        <dt>Flash</dt>
        <dd>{said.value.flash}</dd>
      </div>
      {said.value.clock && (
        <div>
          <dt>Clock</dt>
          <dd>{said.value.clock}</dd>
        </div>
      )}
    </>
  );
}
