import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type ConfigPreview, type ConfigWish, type Device } from "../api.ts";
import { after } from "../clock.ts";
import { type Draft, draftOf, isEmpty, patchOf, untouched } from "../config-draft.ts";
import { devices, inOrder, loaded, sites } from "../fleet.ts";
import { ConfigEffect } from "../parts/config-effect.tsx";
import { ConfigForm } from "../parts/config-form.tsx";
import { ConfigStanding } from "../parts/config-standing.tsx";
import { Pick, Text } from "../parts/fields.tsx";
import { RolloutFields } from "../parts/rollout-fields.tsx";
import { Shell } from "../parts/shell.tsx";
import { rolloutWishOf, usualRollout, worthWaves } from "../rollout-draft.ts";
import { follow, go, query, setQuery } from "../router.ts";
import { me } from "../session.ts";
import { count } from "../words.ts";

const kinds = ["access-point", "sensor", "gateway", "switch"] as const;
const typingMs = 400;
/** More would be a list that nobody finds anything in: a device's own page leads here too. */
const namedAtMost = 300;

/** Whom the address of the page names: one device, or all that fit. */
function chosen(): { select: ConfigWish["select"]; list: Device[]; one: string | null } {
  const [one, site] = [query("device"), query("site")];
  const kind = kinds.find((k) => k === query("kind"));
  if (one !== "") return { select: { devices: [one] }, list: inOrder.value.filter((d) => d.id === one), one };
  const list = inOrder.value.filter((d) => (!site || d.site === site) && (!kind || d.kind === kind));
  const filters = { ...(site ? { site } : {}), ...(kind ? { kind } : {}) };
  return { select: site || kind ? filters : { all: true }, list, one: null };
}

/** Settings of one device or many: choose, change, see the effect, send, watch. */
export function ConfigurationPage() {
  const { select, list, one } = chosen();
  const key = JSON.stringify(select);
  return (
    <Shell title="Configuration">
      <h1>Configuration</h1>
      {loaded.value && devices.value.size === 0 ? (
        <section class="empty">
          <p>There is no device to configure yet.</p>
          <p>
            <a href="/add" onClick={follow}>
              Add a device
            </a>
          </p>
        </section>
      ) : (
        <>
          <Chooser list={list} />
          {me.value?.role === "viewer" ? (
            <p>You may look, but not change settings. Ask somebody who may.</p>
          ) : (
            <Change key={key} select={select} one={one} chosen={list.length} />
          )}
          <ConfigStanding devices={list} />
        </>
      )}
    </Shell>
  );
}

function Chooser({ list }: { list: readonly Device[] }) {
  const { value: all } = inOrder;
  const named = all.length <= namedAtMost ? all : list.length === 1 ? list : [];
  return (
    <section aria-labelledby="whom">
      <h2 id="whom">Which devices</h2>
      <search class="filters">
        <Pick
          label="Site"
          value={query("site")}
          options={[["", "all sites"], ...[...sites.value.values()].map((s) => [s.id, s.name] as const)]}
          set={(site) => setQuery({ site, device: "" })}
        />
        <Pick
          label="Kind"
          value={query("kind")}
          options={[["", "all kinds"], ...kinds.map((k) => [k, k] as const)]}
          set={(kind) => setQuery({ kind, device: "" })}
        />
        {named.length > 0 && (
          <Pick
            label="Or one device"
            value={query("device")}
            options={[["", "none in particular"], ...named.map((d) => [d.id, d.name] as const)]}
            set={(device) => setQuery({ device, site: "", kind: "" })}
          />
        )}
      </search>
      <p class="quiet">{count(list.length, "device")} chosen.</p>
    </section>
  );
}

interface ChangeProps {
  select: ConfigWish["select"];
  one: string | null;
  chosen: number;
}

function Change({ select, one, chosen: number }: ChangeProps) {
  const draft = useSignal<Draft | null>(one === null ? untouched : null);
  const problem = useSignal<string | null>(null);
  useEffect(() => {
    if (one === null) return;
    api.config(one).then(
      (found) => {
        draft.value = draftOf(found.document);
      },
      (error: Error) => {
        problem.value = error.message;
      },
    );
  }, [one, draft, problem]);
  if (draft.value === null)
    return (
      <p class={problem.value ? "problem" : "quiet"} role="status">
        {problem.value ?? "Looking at what it has…"}
      </p>
    );
  return <Editing draft={draft as Signal<Draft>} select={select} one={one !== null} chosen={number} />;
}

const wishOf = (select: ConfigWish["select"], draft: Draft, one: boolean): ConfigWish => ({
  select,
  patch: patchOf(draft, one),
  trialMs: Math.round(Number(draft.trialSeconds || "60") * 1000),
  ...(draft.message.trim() === "" ? {} : { message: draft.message.trim() }),
});

function Editing(props: { draft: Signal<Draft>; select: ConfigWish["select"]; one: boolean; chosen: number }) {
  const { draft, select, one, chosen: number } = props;
  const said = useSignal<{ good: boolean; text: string } | null>(null);
  const sending = useSignal(false);
  const way = useSignal(usualRollout);
  const wish = wishOf(select, draft.value, one);
  const { preview, isOld, problem, look } = usePreview(wish, number);
  const isMany = (preview.value?.changing ?? 0) >= worthWaves;
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!preview.value || isOld.value) return;
    sending.value = true;
    try {
      if (isMany && way.value.inWaves) {
        const { id } = await api.startRollout({ ...rolloutWishOf(way.value, wish), seen: preview.value.seen });
        go(`/rollouts/${id}`);
        return;
      }
      const { devices: got } = await api.sendConfig({ ...wish, seen: preview.value.seen });
      said.value = { good: true, text: `Sent to ${count(got.length, "device")}. What becomes of it is shown below.` };
      if (!one) draft.value = untouched;
    } catch (error) {
      said.value = {
        good: false,
        text: `${(error as Error).message}. Nothing was sent, and nothing you typed is lost.`,
      };
    } finally {
      sending.value = false;
      look();
    }
  };
  const ready = preview.value !== null && preview.value.problems.length === 0 && preview.value.changing > 0;
  return (
    <form class="config-form" aria-labelledby="what" onSubmit={(event) => void send(event)}>
      <h2 id="what">What they should do</h2>
      <ConfigForm
        draft={draft.value}
        one={one}
        change={(part) => {
          said.value = null;
          draft.value = { ...draft.value, ...part };
        }}
      />
      <section class="effect" aria-labelledby="effect">
        <h2 id="effect">What sending does</h2>
        {problem.value && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
        {preview.value ? (
          <ConfigEffect preview={preview.value} isOld={isOld.value} />
        ) : (
          !problem.value &&
          !said.value && <p class="quiet">Nothing yet: change something above, and the effect is shown here.</p>
        )}
        {ready && (
          <>
            <Text
              label="Why (kept in the history)"
              value={draft.value.message}
              set={(message) => {
                draft.value = { ...draft.value, message };
              }}
            />
            {isMany && (
              <RolloutFields
                draft={way.value}
                wish={rolloutWishOf(way.value, wish)}
                change={(part) => {
                  way.value = { ...way.value, ...part };
                }}
              />
            )}
            <p>
              <button type="submit" class="main-action" disabled={sending.value || isOld.value}>
                {sending.value
                  ? "Sending…"
                  : isMany && way.value.inWaves
                    ? `Start with ${count(preview.value?.changing ?? 0, "device")} in waves`
                    : `Send to ${count(preview.value?.changing ?? 0, "device")}`}
              </button>
            </p>
          </>
        )}
        <p class={said.value && !said.value.good ? "problem" : ""} role="status">
          {said.value?.text}
        </p>
      </section>
    </form>
  );
}

/** The effect of what is typed, a moment after the last letter. */
function usePreview(wish: ConfigWish, chosen: number) {
  const preview = useSignal<ConfigPreview | null>(null);
  const isOld = useSignal(false);
  const problem = useSignal<string | null>(null);
  const again = useSignal(0);
  const { message: _, ...asked } = wish;
  const text = JSON.stringify(asked);
  useEffect(() => {
    if (isEmpty(asked.patch) || chosen === 0) {
      [preview.value, isOld.value, problem.value] = [null, false, null];
      return;
    }
    isOld.value = true;
    let gone = false;
    const cancel = after(typingMs, () => {
      api.previewConfig(asked).then(
        (found) => {
          if (!gone) [preview.value, isOld.value, problem.value] = [found, false, null];
        },
        (error: Error) => {
          if (!gone) [preview.value, isOld.value, problem.value] = [null, false, error.message];
        },
      );
    });
    return () => {
      gone = true;
      cancel();
    };
  }, [text, chosen, again.value]);
  return { preview, isOld, problem, look: () => again.value++ };
}
