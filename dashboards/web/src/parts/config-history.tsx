import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useAnswer } from "../answer.ts";
import { api, type ConfigChange } from "../api.ts";
import { now } from "../clock.ts";
import { clockTime, count } from "../words.ts";
import { ConfigEffect } from "./config-effect.tsx";

const shown = 20;

/** What was changed together, and the way back to how everything was. */
export function ConfigHistory({ may, done }: { may: boolean; done(): void }) {
  const rows = useSignal<ConfigChange[]>([]);
  const chosen = useSignal<number | null>(null);
  const said = useSignal("");
  const problem = useSignal<string | null>(null);
  const look = () => {
    api.configChanges(shown).then(
      (all) => {
        rows.value = all;
        problem.value = null;
      },
      (error: Error) => {
        problem.value = error.message;
      },
    );
  };
  useEffect(look, []);
  if (rows.value.length === 0 && problem.value === null) return null;
  return (
    <section aria-labelledby="changes">
      <h2 id="changes">What was changed</h2>
      {problem.value && <p class="problem">{problem.value}</p>}
      <p role="status">{said.value}</p>
      <ol class="history">
        {rows.value.map((row, index) => (
          <li key={row.revision}>
            <p>
              <strong>{clockTime(row.at, now.value)}</strong> by {row.by.name || row.by.kind}
              {row.message && <>: {row.message}</>}
            </p>
            <p class="quiet">{count(row.items, "thing")} changed</p>
            {may && index > 0 && chosen.value !== row.revision && (
              <button
                type="button"
                onClick={() => {
                  chosen.value = row.revision;
                }}
              >
                Go back to how everything was then…
              </button>
            )}
            {chosen.value === row.revision && (
              <GoBack
                change={row}
                leave={() => {
                  chosen.value = null;
                }}
                done={(text) => {
                  [chosen.value, said.value] = [null, text];
                  look();
                  done();
                }}
              />
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Its effect first: it undoes whatever came later, of all templates, groups and sites. */
function GoBack(props: { change: ConfigChange; leave(): void; done(said: string): void }) {
  const { change, leave, done } = props;
  const { revision } = change;
  const busy = useSignal(false);
  const problem = useSignal<string | null>(null);
  const { found, error, isOld } = useAnswer(String(revision), () => api.previewGoingBack(revision));
  const go = async () => {
    if (!found) return;
    busy.value = true;
    try {
      const message = `Back to how it was at ${clockTime(change.at, now.value)}`;
      const { devices, due } = await api.goBack(revision, { seen: found.seen, message });
      done(`Gone back, as a new change. ${count(devices.length + due, "device")} got new settings to try.`);
    } catch (refused) {
      problem.value = `${(refused as Error).message}. Nothing was changed.`;
      busy.value = false;
    }
  };
  return (
    <div class="effect">
      <p>Whatever was changed later is undone, of all templates, groups and sites, as a new change.</p>
      {found ? <ConfigEffect preview={found} isOld={isOld} /> : !error && <p class="quiet">Looking…</p>}
      {(problem.value ?? error) && (
        <p class="problem" role="alert">
          {problem.value ?? error?.message}
        </p>
      )}
      <p class="actions">
        <button
          type="button"
          class="main-action"
          disabled={busy.value || !found || isOld || found.problems.length > 0}
          onClick={() => void go()}
        >
          Go back
        </button>
        <button type="button" class="plain" onClick={leave}>
          Leave it as it is
        </button>
      </p>
    </div>
  );
}
