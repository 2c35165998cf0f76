import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type RolloutDevice, type RolloutWhole } from "../api.ts";
import { after, now } from "../clock.ts";
import { fail } from "../fleet.ts";
import { PhaseBar, RolloutMark } from "../parts/rollout-bar.tsx";
import { RolloutCompared } from "../parts/rollout-compared.tsx";
import { RolloutDevices } from "../parts/rollout-devices.tsx";
import { Shell } from "../parts/shell.tsx";
import { rolloutSentence, rolloutTimes, waveName } from "../rollout-words.ts";
import { rolloutNews } from "../rollouts.ts";
import { follow } from "../router.ts";
import { me } from "../session.ts";
import { absolute, clockTime, count } from "../words.ts";

const gatherMs = 400;

/** One change on its way to many: where it stands, the one big button, and why. */
export function RolloutPage({ id }: { id: string }) {
  const found = useRollout(id);
  const back = (
    <a href="/rollouts" onClick={follow}>
      All rollouts
    </a>
  );
  if (!found)
    return (
      <Shell title="Rollout">
        <h1>{found === null ? "There is no such rollout" : "Looking…"}</h1>
        <p>{back}</p>
      </Shell>
    );
  const { rollout, devices } = found;
  return (
    <Shell title={rollout.title}>
      <p class="page-head">{back}</p>
      <header class="rollout-top">
        <p class="rollout-head">
          <RolloutMark status={rollout.status} />
          <span class="quiet">
            {rolloutTimes(rollout, now.value)} · {rollout.by.name}
          </span>
        </p>
        <h1>{rollout.title}</h1>
        <p class="sentence" role="status">
          {rolloutSentence(rollout)}
        </p>
        <PhaseBar counts={rollout.counts} words />
        <Commands rollout={rollout} />
      </header>
      <Waves rollout={rollout} />
      {rollout.compared && <RolloutCompared compared={rollout.compared} />}
      <RolloutDevices devices={devices} />
      <section aria-labelledby="why">
        <h2 id="why">Why it went as it did</h2>
        <ol class="timeline rollout-log">
          {rollout.log.map(({ at, device, text }, i) => (
            <li key={`${at} ${i}`}>
              <time class="quiet" dateTime={new Date(at).toISOString()} title={absolute(at)}>
                {clockTime(at, now.value, undefined, true)}
              </time>
              <span>
                {device !== null && (
                  <>
                    <a href={`/devices/${device}`} onClick={follow}>
                      {devices.find((one) => one.id === device)?.name ?? device}
                    </a>
                    {": "}
                  </>
                )}
                {text}
              </span>
            </li>
          ))}
        </ol>
        {rollout.log.length === 0 && <p class="quiet">Nothing had to be decided yet.</p>}
      </section>
    </Shell>
  );
}

function Waves({ rollout }: { rollout: RolloutWhole }) {
  return (
    <section aria-labelledby="waves">
      <h2 id="waves">Waves</h2>
      <ol class="waves">
        {rollout.perWave.map((counts, wave) => (
          <li
            key={waveName(wave)}
            aria-current={wave === rollout.wave && rollout.endedAt === null ? "step" : undefined}
          >
            <span class="wave-name">
              {waveName(wave)} <span class="quiet">{count(counts.all, "device")}</span>
            </span>
            <PhaseBar counts={counts} words />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What can be done now. Stopping asks once: it changes devices back. */
function Commands({ rollout }: { rollout: RolloutWhole }) {
  const asking = useSignal(false);
  const busy = useSignal(false);
  const problem = useSignal<string | null>(null);
  const { id, status, counts } = rollout;
  if (me.value?.role === "viewer" || rollout.endedAt !== null || status === "returning") return null;
  const run = async (command: (id: string) => Promise<unknown>) => {
    busy.value = true;
    problem.value = null;
    try {
      await command(id);
      asking.value = false;
    } catch (error) {
      problem.value = (error as Error).message;
    } finally {
      busy.value = false;
    }
  };
  const changed = counts.done + counts.underWay;
  return (
    <>
      <p class="actions rollout-commands">
        {asking.value ? (
          <>
            <button type="button" class="stop" disabled={busy.value} onClick={() => void run(api.abortRollout)}>
              {changed === 0 ? "Stop: nobody has it yet" : `Stop, and change ${count(changed, "device")} back`}
            </button>
            <button
              type="button"
              onClick={() => {
                asking.value = false;
              }}
            >
              Don't stop
            </button>
          </>
        ) : (
          <>
            <button
              type="button"
              class="stop"
              disabled={busy.value}
              onClick={() => {
                asking.value = true;
              }}
            >
              Stop
            </button>
            {status === "running" && (
              <button type="button" disabled={busy.value} onClick={() => void run(api.pauseRollout)}>
                Pause: push to nobody new
              </button>
            )}
            {(status === "paused" || status === "halted") && (
              <button type="button" disabled={busy.value} onClick={() => void run(api.resumeRollout)}>
                {status === "paused" ? "Go on" : "Go on all the same"}
              </button>
            )}
          </>
        )}
      </p>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
    </>
  );
}

interface Found {
  rollout: RolloutWhole;
  devices: readonly RolloutDevice[];
}

/** undefined: not known yet; null: there is none. News in a burst are one question. */
function useRollout(id: string): Found | null | undefined {
  const found = useSignal<Found | null | undefined>(undefined);
  const news = rolloutNews.value;
  const turn = news.id === id || news.id === "" ? news.count : 0;
  useEffect(() => {
    const look = () =>
      Promise.all([api.rollout(id), api.rolloutDevices(id).catch(() => [])]).then(([rollout, devices]) => {
        found.value = rollout && { rollout, devices };
      }, fail);
    if (found.value === undefined) {
      void look();
      return;
    }
    return after(gatherMs, () => void look());
  }, [id, turn]);
  return found.value;
}
