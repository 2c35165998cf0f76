import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Incident, type MuteMatches } from "../api.ts";
import { now } from "../clock.ts";
import { siteName } from "../fleet.ts";
import { endAct, lastDone } from "../incident-acts.ts";
import { matchSentence, type ScopeChoice, scopesOf } from "../silence-scopes.ts";
import { endings, localOf, momentOf } from "../times.ts";
import { clockTime, count } from "../words.ts";
import { Pick, Text } from "./fields.tsx";
import { zoneOf } from "./incident.tsx";
import { Sheet } from "./sheet.tsx";

const minuteMs = 60_000;

/** Nobody is told of something for a while: what, how long, why, and what that would quiet. */
export function SilenceSheet({ incident }: { incident: Incident }) {
  const zone = zoneOf(incident);
  const scopes = scopesOf(incident, siteName(incident.site));
  const scope = useSignal(scopes[0]?.key ?? "");
  const ending = useSignal("4h");
  const own = useSignal(localOf(now.value + 2 * 60 * minuteMs, zone));
  const why = useSignal("");
  const said = useSignal("");
  const chosen = scopes.find(({ key }) => key === scope.value) ?? scopes[0];
  const ends = endings(now.value, zone);
  const until =
    ending.value === "own" ? momentOf(own.value, zone) : ends.find(({ key }) => key === ending.value)?.until;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!chosen) return;
    if (until === null || until === undefined || until < now.value + minuteMs) {
      said.value = "It has to end in the future: 1 minute to 30 days from now.";
      return;
    }
    try {
      const { id } = await api.silence({ ...chosen.select, endAt: until, why: why.value.trim() });
      const text = `Quiet until ${clockTime(until, now.value, zone)}.`;
      lastDone.value = { incident: incident.id, text, undo: () => api.takeBackSilence(id) };
      endAct();
    } catch (error) {
      said.value = `${(error as Error).message}. Nothing was silenced, and what you typed is still here.`;
    }
  };
  return (
    <Sheet title="Silence" close={endAct}>
      <p>{incident.sentence}</p>
      <form onSubmit={(event) => void submit(event)}>
        <Pick
          label="What"
          value={scope.value}
          options={scopes.map(({ key, label }) => [key, label] as const)}
          set={(key) => {
            scope.value = key;
          }}
        />
        <Ends ending={ending} own={own} ends={ends} zone={zone} />
        <Text
          label="Why (who is not told will ask)"
          value={why.value}
          required
          first
          most={500}
          set={(text) => {
            why.value = text;
          }}
        />
        {chosen && <Matches choice={chosen} />}
        <p class="problem" role="alert">
          {said.value}
        </p>
        <button type="submit" class="main-action">
          Silence until {until ? clockTime(until, now.value, zone) : "…"}
        </button>
      </form>
    </Sheet>
  );
}

interface EndsProps {
  ending: { value: string };
  own: { value: string };
  ends: ReturnType<typeof endings>;
  zone: string | undefined;
}

function Ends({ ending, own, ends, zone }: EndsProps) {
  return (
    <>
      <fieldset class="choices">
        <legend>How long</legend>
        {[...ends.map(({ key, word }) => [key, word] as const), ["own", "own"] as const].map(([key, word]) => (
          <label key={key} class="choice">
            <input
              type="radio"
              name="ending"
              checked={ending.value === key}
              onChange={() => {
                ending.value = key;
              }}
            />
            {word}
          </label>
        ))}
      </fieldset>
      {ending.value === "own" && (
        <label>
          Until{zone && ` (${zone})`}
          <input
            type="datetime-local"
            required
            value={own.value}
            onInput={(e) => {
              own.value = e.currentTarget.value;
            }}
          />
        </label>
      )}
    </>
  );
}

/** What it would quiet, before it is saved. */
function Matches({ choice }: { choice: ScopeChoice }) {
  const found = useSignal<MuteMatches | string | null>(null);
  const asked = JSON.stringify(choice.select);
  useEffect(() => {
    let gone = false;
    const keep = (is: MuteMatches | string) => {
      if (!gone) found.value = is;
    };
    api.silenceMatches(choice.select).then(keep, (error: Error) => keep(error.message));
    return () => {
      gone = true;
    };
  }, [asked]);
  const is = found.value;
  return (
    <div class="matches" role="status">
      <p>{is === null ? "Looking what that quiets…" : typeof is === "string" ? is : matchSentence(is)}</p>
      {is !== null && typeof is !== "string" && is.incidents.length > 0 && (
        <ul>
          {is.incidents.slice(0, named).map(({ id, sentence, whole }) => (
            <li key={id}>
              {!whole && "In part: "}
              {sentence}
            </li>
          ))}
          {is.incidents.length > named && <li>and {count(is.incidents.length - named, "more", "more")}</li>}
        </ul>
      )}
    </div>
  );
}
const named = 4;
