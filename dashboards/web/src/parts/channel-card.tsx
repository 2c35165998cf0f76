import { useSignal } from "@preact/signals";
import { api, type Channel, type ChannelKind } from "../api.ts";
import { deliverySentence, heldSentence } from "../channel-words.ts";
import { now } from "../clock.ts";
import { me } from "../session.ts";
import { clockTime } from "../words.ts";
import { ChangeChannel } from "./change-channel.tsx";
import { Ago } from "./state.tsx";

const hourMs = 3_600_000;

function standing({ health, mutedUntil }: Channel): { mark: string; word: string; look: string; border: string } {
  if (mutedUntil !== null) return { mark: "▲", word: "muted", look: "maintenance", border: "" };
  if (health.problem !== null) return { mark: "■", word: "does not work", look: "offline", border: "incident-open" };
  if (health.lastSuccessAt === null) return { mark: "○", word: "never used", look: "awaiting", border: "" };
  return { mark: "●", word: "works", look: "online", border: "incident-resolved" };
}

export interface ChannelCardProps {
  channel: Channel;
  kind: ChannelKind | undefined;
  others: readonly Channel[];
  changed: () => void;
  removed: (channel: Channel) => void;
}

/** Who is told, whether that works, and what lies there. */
export function ChannelCard(props: ChannelCardProps) {
  const { channel, kind } = props;
  const { health, delivery, mutedUntil } = channel;
  const { mark, word, look, border } = standing(channel);
  const held = heldSentence(health, now.value, delivery.timeZone);
  return (
    <article class={`incident ${border}`}>
      <p class="incident-head">
        <span class={`state state-${look}`}>
          <span class="mark" aria-hidden="true">
            {mark}
          </span>
          {word}
        </span>
        <span class="quiet">{kind?.title ?? "Browser"}</span>
      </p>
      <h2 class="channel-name">{channel.name}</h2>
      <p class="quiet channel-target">{channel.target}</p>
      <p>{deliverySentence(delivery)}</p>
      <p>
        {health.lastSuccessAt === null ? (
          "Nothing was sent yet: send it a test."
        ) : (
          <>
            Last told <Ago at={health.lastSuccessAt} />.
          </>
        )}{" "}
        {held}
        {mutedUntil !== null && ` Muted until ${clockTime(mutedUntil, now.value)}; then it hears what still lasts.`}
      </p>
      {health.problem !== null && (
        <p class="problem">
          {health.failures === 1 ? "The last attempt failed" : `The last ${health.failures} attempts failed`}. The
          receiver said: {health.problem.replace(/\.?$/, ".")}
          {health.fallback === null ? " No other channel stands in." : ` ${health.fallback} stands in for it.`}
        </p>
      )}
      {me.value?.role === "admin" && <Actions {...props} />}
    </article>
  );
}

function Actions({ channel, kind, others, changed, removed }: ChannelCardProps) {
  const said = useSignal<{ good: boolean; text: string } | null>(null);
  const busy = useSignal(false);
  const editing = useSignal(false);
  const act = async (work: () => Promise<{ good: boolean; text: string } | null>) => {
    busy.value = true;
    try {
      said.value = await work();
      changed();
    } catch (error) {
      said.value = { good: false, text: (error as Error).message };
    } finally {
      busy.value = false;
    }
  };
  const test = async () => {
    const { ok, answer, tookMs } = await api.testChannel(channel.id);
    const took = tookMs < 1_000 ? `${tookMs} ms` : `${(tookMs / 1_000).toFixed(1)} s`;
    const arrived = ok ? "It arrived." : "It did not arrive.";
    return { good: ok, text: `${arrived} The receiver said, after ${took}: ${answer}` };
  };
  const mute = async () => {
    const mutedUntil = channel.mutedUntil === null ? now.value + hourMs : null;
    await api.changeChannel(channel, { mutedUntil });
    return null;
  };
  const remove = async () => {
    await api.removeChannel(channel.id);
    removed(channel);
    return null;
  };
  const name = <span class="visually-hidden"> {channel.name}</span>;
  if (editing.value)
    return (
      <ChangeChannel
        channel={channel}
        kind={kind}
        others={others}
        done={() => {
          editing.value = false;
          changed();
        }}
      />
    );
  return (
    <>
      <p class="actions">
        <button type="button" disabled={busy.value} onClick={() => void act(test)}>
          {busy.value ? "Sending…" : "Send a test"}
          {name}
        </button>
        <button
          type="button"
          onClick={() => {
            editing.value = true;
          }}
        >
          Change{name}
        </button>
        <button type="button" class="plain" disabled={busy.value} onClick={() => void act(mute)}>
          {channel.mutedUntil === null ? "Mute for an hour" : "Unmute"}
          {name}
        </button>
        <button type="button" class="plain" disabled={busy.value} onClick={() => void act(remove)}>
          Remove{name}
        </button>
      </p>
      <p role="status" class={said.value?.good === false ? "problem" : ""}>
        {said.value?.text}
      </p>
    </>
  );
}
