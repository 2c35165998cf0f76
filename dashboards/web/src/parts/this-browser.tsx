import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Channel } from "../api.ts";
import { browserName, ownChannel, pushProblem, subscribe, unsubscribe } from "../push.ts";
import { me } from "../session.ts";

/** Notifications of the browser that one sits before. */
export function ThisBrowser({ channels, changed }: { channels: readonly Channel[]; changed: () => void }) {
  const mine = useSignal<Channel | null>(null);
  const said = useSignal("");
  const problem = pushProblem();
  useEffect(() => {
    if (problem !== null) return;
    ownChannel(channels).then(
      (found) => {
        mine.value = found;
      },
      () => {},
    );
  }, [channels, problem, mine]);
  const act = async (work: () => Promise<void>, done: string) => {
    said.value = "Asking the browser…";
    try {
      await work();
      said.value = done;
      changed();
    } catch (error) {
      said.value = (error as Error).message;
    }
  };
  return (
    <section aria-labelledby="this-browser">
      <h2 id="this-browser">This browser</h2>
      {problem !== null ? (
        <p class="quiet">{problem}</p>
      ) : mine.value ? (
        <p class="actions">
          <span>It is notified as "{mine.value.name}".</span>
          <button type="button" onClick={() => void act(unsubscribe, "It is notified no more.")}>
            Notify it no more
          </button>
        </p>
      ) : (
        <p class="actions">
          <button
            type="button"
            onClick={() =>
              void act(
                () => subscribe(`${me.value?.name ?? ""}: ${browserName(navigator.userAgent)}`.slice(0, 100)),
                "It is notified from now on, also when no page is open.",
              )
            }
          >
            Notify this browser
          </button>
          <span class="quiet">Also when no page is open.</span>
        </p>
      )}
      <p role="status">{said.value}</p>
    </section>
  );
}
