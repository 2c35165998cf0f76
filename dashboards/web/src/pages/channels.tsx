import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Channel } from "../api.ts";
import { fail } from "../fleet.ts";
import { incidentNews } from "../incidents.ts";
import { NewChannel } from "../parts/new-channel.tsx";
import { Shell } from "../parts/shell.tsx";
import { Ago } from "../parts/state.tsx";
import { me } from "../session.ts";
import { count } from "../words.ts";

const kindWords: Record<Channel["kind"], string> = { webhook: "Webhook", email: "Email" };

/** Who is told of incidents, and whether that works. */
export function Channels() {
  const channels = useSignal<Channel[] | null>(null);
  const { count: news } = incidentNews.value;
  const load = () =>
    void api.channels().then((all) => {
      channels.value = all;
    }, fail);
  useEffect(load, [news]);
  const all = channels.value;
  return (
    <Shell title="Notifications">
      <h1>Who is told</h1>
      <p class="sentence" role="status">
        {all === null ? "Looking…" : sentence(all)}
      </p>
      <ul class="incidents">
        {(all ?? []).map((channel) => (
          <li key={channel.id}>
            <ChannelCard channel={channel} changed={load} />
          </li>
        ))}
      </ul>
      {me.value?.role === "admin" ? (
        <NewChannel made={load} isFirst={all?.length === 0} />
      ) : (
        <p class="quiet">Only an admin can add or remove channels.</p>
      )}
    </Shell>
  );
}

function sentence(all: readonly Channel[]): string {
  if (all.length === 0) return "Nobody is told of incidents yet. Add a mailbox or a webhook, and send it a test.";
  const bad = all.filter(({ health }) => health.problem !== null).length;
  const every = all.length === 1 ? "One channel is" : `${count(all.length, "channel")} are`;
  return bad === 0
    ? `${every} told of every incident, once when it begins and once when it ends.`
    : `${every} told of every incident; ${bad} of them cannot be reached.`;
}

const target = ({ kind, settings }: Channel): string =>
  kind === "webhook"
    ? String(settings["url"])
    : `${(settings["to"] as string[]).join(", ")} by ${String(settings["host"])}:${String(settings["port"])}`;

function ChannelCard({ channel, changed }: { channel: Channel; changed: () => void }) {
  const { health } = channel;
  const isAdmin = me.value?.role === "admin";
  return (
    <article class={`incident ${health.problem === null ? "incident-resolved" : "incident-open"}`}>
      <p class="incident-head">
        <span class={`state state-${health.problem === null ? "online" : "offline"}`}>
          <span class="mark" aria-hidden="true">
            {health.problem === null ? "●" : "■"}
          </span>
          {health.problem === null ? "works" : "does not work"}
        </span>
        <span class="quiet">{kindWords[channel.kind]}</span>
      </p>
      <h2 class="channel-name">{channel.name}</h2>
      <p class="quiet channel-target">{target(channel)}</p>
      <p>
        {health.lastSuccessAt === null ? (
          "Nothing was sent yet."
        ) : (
          <>
            Last told <Ago at={health.lastSuccessAt} />.
          </>
        )}
        {health.waiting > 0 && ` ${count(health.waiting, "notice")} on the way.`}
        {health.dead > 0 && ` ${count(health.dead, "notice")} given up.`}
      </p>
      {health.problem !== null && <p class="problem">The receiver said: {health.problem}</p>}
      {isAdmin && <ChannelActions channel={channel} changed={changed} />}
    </article>
  );
}

function ChannelActions({ channel, changed }: { channel: Channel; changed: () => void }) {
  const said = useSignal<{ good: boolean; text: string } | null>(null);
  const busy = useSignal(false);
  const sure = useSignal(false);
  const test = async () => {
    busy.value = true;
    try {
      const { ok, answer, tookMs } = await api.testChannel(channel.id);
      const took = tookMs < 1_000 ? `${tookMs} ms` : `${(tookMs / 1_000).toFixed(1)} s`;
      said.value = {
        good: ok,
        text: `${ok ? "It arrived." : "It did not arrive."} The receiver said, after ${took}: ${answer}`,
      };
    } catch (error) {
      said.value = { good: false, text: (error as Error).message };
    } finally {
      busy.value = false;
    }
  };
  const remove = () =>
    api.removeChannel(channel.id).then(changed, (error: Error) => {
      said.value = { good: false, text: error.message };
    });
  return (
    <>
      <p class="actions">
        <button type="button" disabled={busy.value} onClick={() => void test()}>
          {busy.value ? "Sending…" : "Send a test"}
          <span class="visually-hidden"> to {channel.name}</span>
        </button>
        {sure.value ? (
          <>
            <button type="button" onClick={() => void remove()}>
              Remove it: it is told nothing any more
            </button>
            <button
              type="button"
              class="plain"
              onClick={() => {
                sure.value = false;
              }}
            >
              Keep it
            </button>
          </>
        ) : (
          <button
            type="button"
            class="plain"
            onClick={() => {
              sure.value = true;
            }}
          >
            Remove<span class="visually-hidden"> {channel.name}</span>
          </button>
        )}
      </p>
      <p role="status" class={said.value?.good === false ? "problem" : ""}>
        {said.value?.text}
      </p>
    </>
  );
}
