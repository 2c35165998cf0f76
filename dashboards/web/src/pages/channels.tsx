import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Channel, type ChannelKind } from "../api.ts";
import { countFailing } from "../failing-channels.ts";
import { fail } from "../fleet.ts";
import { incidentNews } from "../incidents.ts";
import { ChannelCard } from "../parts/channel-card.tsx";
import { NewChannel } from "../parts/new-channel.tsx";
import { Shell } from "../parts/shell.tsx";
import { ThisBrowser } from "../parts/this-browser.tsx";
import { me } from "../session.ts";
import { count } from "../words.ts";

/** Who is told of incidents, and whether that works. */
export function Channels() {
  const channels = useSignal<Channel[] | null>(null);
  const kinds = useSignal<ChannelKind[]>([]);
  const { count: news } = incidentNews.value;
  const load = () =>
    void api.channels().then((all) => {
      channels.value = all;
      countFailing(all);
    }, fail);
  useEffect(load, [news]);
  useEffect(() => {
    api.channelKinds().then((all) => {
      kinds.value = all;
    }, fail);
  }, [kinds]);
  const all = channels.value;
  return (
    <Shell title="Notifications">
      <h1>Who is told</h1>
      <p class="sentence" role="status">
        {all === null ? "Looking…" : sentence(all)}
      </p>
      <List all={all ?? []} kinds={kinds.value} load={load} />
      {all !== null && <ThisBrowser channels={all} changed={load} />}
      {me.value?.role !== "admin" ? (
        <p class="quiet">Only an admin can add or remove other channels.</p>
      ) : (
        all !== null && kinds.value.length > 0 && <NewChannel kinds={kinds.value} channels={all} made={load} />
      )}
    </Shell>
  );
}

function List({ all, kinds, load }: { all: readonly Channel[]; kinds: readonly ChannelKind[]; load: () => void }) {
  const removed = useSignal<Channel | null>(null);
  const said = useSignal("");
  const restore = async (channel: Channel) => {
    try {
      await api.restoreChannel(channel.id);
      removed.value = null;
      said.value = "";
      load();
    } catch (error) {
      said.value = (error as Error).message;
    }
  };
  return (
    <>
      {removed.value !== null && (
        <p class="actions" role="status">
          <span>{removed.value.name} is removed: it is told nothing any more.</span>
          <button type="button" onClick={() => removed.value && void restore(removed.value)}>
            Bring it back
          </button>
          <span class="problem">{said.value}</span>
        </p>
      )}
      <ul class="incidents">
        {all.map((channel) => (
          <li key={channel.id}>
            <ChannelCard
              channel={channel}
              kind={kinds.find(({ kind }) => kind === channel.kind)}
              others={all.filter(({ id }) => id !== channel.id)}
              changed={load}
              removed={(gone) => {
                removed.value = gone;
              }}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

function sentence(all: readonly Channel[]): string {
  if (all.length === 0) return "Nobody is told of incidents yet. Choose how below, and send it a test.";
  const bad = all.filter(({ health }) => health.problem !== null).length;
  const every = all.length === 1 ? "One channel is" : `${count(all.length, "channel")} are`;
  return bad === 0
    ? `${every} told of incidents, once when one begins and once when it ends.`
    : `${every} told of incidents; ${bad} of them cannot be reached.`;
}
