import { useSignal } from "@preact/signals";
import { api, type Incident } from "../api.ts";
import { currentTime, now } from "../clock.ts";
import { endAct, lastDone } from "../incident-acts.ts";
import { putIncident } from "../incidents.ts";
import { me } from "../session.ts";
import { endings } from "../times.ts";
import { clockTime } from "../words.ts";
import { zoneOf } from "./incident.tsx";
import { Sheet } from "./sheet.tsx";

/** "I have it", and for how long. */
export function TakeSheet({ incident }: { incident: Incident }) {
  const said = useSignal("");
  const zone = zoneOf(incident);
  const { ackedBy } = incident;
  const isMine = ackedBy === me.value?.name;
  const take = async (until: number) => {
    try {
      if (ackedBy !== undefined && !isMine) await api.unackIncident(incident.id);
      putIncident(await api.ackIncident(incident.id, until - currentTime()));
      lastDone.value = {
        incident: incident.id,
        text: `Yours until ${clockTime(until, now.value, zone)}.`,
        ...(isMine ? {} : { undo: () => api.unackIncident(incident.id).then(putIncident) }),
      };
      endAct();
    } catch (error) {
      said.value = (error as Error).message;
    }
  };
  const title = isMine
    ? "Keep it for how long?"
    : ackedBy === undefined
      ? "Take it for how long?"
      : `Take it from ${ackedBy} for how long?`;
  return (
    <Sheet title={title} close={endAct}>
      <p>{incident.sentence}</p>
      <p class="quiet">
        Until then nobody is told again and nobody else is called. If it gets much worse, it is told all the same.
      </p>
      <p class="choices">
        {endings(now.value, zone).map(({ key, word, until }) => (
          <button
            key={key}
            type="button"
            class={key === "4h" ? "main-action" : ""}
            autofocus={key === "4h"}
            onClick={() => void take(until)}
          >
            {word}
          </button>
        ))}
      </p>
      <p class="problem" role="alert">
        {said.value}
      </p>
    </Sheet>
  );
}
