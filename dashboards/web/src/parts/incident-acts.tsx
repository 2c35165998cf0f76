import { useSignal } from "@preact/signals";
import { api, type Incident } from "../api.ts";
import { now } from "../clock.ts";
import { type Act, actNow, beginAct, endAct, giveBack, lastDone, mayAct } from "../incident-acts.ts";
import { me } from "../session.ts";
import { AssignSheet } from "./assign-sheet.tsx";
import { NoteForm } from "./note-form.tsx";
import { Sheet } from "./sheet.tsx";
import { SilenceSheet } from "./silence-sheet.tsx";
import { TakeSheet } from "./take-sheet.tsx";

/** The sheet of what is under way with this incident. */
export function ActSheet({ incident }: { incident: Incident }) {
  const act = actNow();
  if (!act || !mayAct()) return null;
  if (act === "take") return <TakeSheet incident={incident} />;
  if (act === "silence") return <SilenceSheet incident={incident} />;
  if (act === "assign") return <AssignSheet incident={incident} />;
  return (
    <Sheet title="Note" close={endAct}>
      <p>{incident.sentence}</p>
      <NoteForm
        incident={incident}
        done={() => {
          lastDone.value = { incident: incident.id, text: "Noted." };
          endAct();
        }}
      />
    </Sheet>
  );
}

/** What can be done with it, in place. */
export function Acts({ incident, list = false, note = true }: { incident: Incident; list?: boolean; note?: boolean }) {
  const said = useSignal("");
  if (!mayAct()) return null;
  const isOpen = incident.state === "open";
  const { ackedBy, mutedBy } = incident;
  const begin = (act: Act) => () => beginAct(act, list ? incident.id : undefined);
  const run = (work: () => Promise<unknown>) => () =>
    void work().then(
      () => {
        said.value = "";
      },
      (error: Error) => {
        said.value = error.message;
      },
    );
  const of = <span class="visually-hidden">: {incident.root.name}</span>;
  const isMine = ackedBy === me.value?.name;
  const silence = mutedBy?.by === "silence" && mutedBy.until > now.value ? mutedBy : undefined;
  return (
    <div class="acts">
      {isOpen && !ackedBy && (
        <button type="button" class="main-action" onClick={begin("take")}>
          I have it{of}
        </button>
      )}
      {isOpen && ackedBy && (
        <button type="button" onClick={begin("take")}>
          {isMine ? "Longer" : "Take over"}
          {of}
        </button>
      )}
      {isOpen && isMine && (
        <button type="button" onClick={run(() => giveBack(incident))}>
          Give back{of}
        </button>
      )}
      {isOpen && !silence && (
        <button type="button" onClick={begin("silence")}>
          Silence{of}
        </button>
      )}
      {isOpen && silence && (
        <button type="button" onClick={run(() => endSilence(incident.id, silence.id))}>
          End the silence{of}
        </button>
      )}
      {isOpen && mayAct() && (
        <button type="button" onClick={begin("assign")}>
          Assign{of}
        </button>
      )}
      {note && (
        <button type="button" onClick={begin("note")}>
          Note{of}
        </button>
      )}
      {said.value && (
        <p class="problem" role="alert">
          {said.value}
        </p>
      )}
    </div>
  );
}

async function endSilence(incident: string, silence: string): Promise<void> {
  await api.endSilence(silence);
  lastDone.value = { incident, text: "The silence is over." };
}

/** What was just done with it, and the way back. */
export function LastDone({ incident }: { incident: Incident }) {
  const said = useSignal("");
  const done = lastDone.value;
  if (done?.incident !== incident.id) return null;
  const { undo } = done;
  const back = async () => {
    try {
      await undo?.();
      lastDone.value = { incident: incident.id, text: "Undone." };
    } catch (error) {
      said.value = (error as Error).message;
    }
  };
  return (
    <p class="last-done">
      <span role="status">{done.text}</span>
      {undo && (
        <button type="button" class="plain" onClick={() => void back()}>
          Undo
        </button>
      )}
      {said.value && (
        <span class="problem" role="alert">
          {said.value}
        </span>
      )}
    </p>
  );
}
