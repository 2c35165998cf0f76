import { useSignal } from "@preact/signals";
import { api, type Incident } from "../api.ts";
import { putIncident } from "../incidents.ts";
import { Text } from "./fields.tsx";

/** A note for whoever reads it next, and the reference under which a supplier knows it. */
export function NoteForm({ incident, done }: { incident: Incident; done?: () => void }) {
  const text = useSignal("");
  const known = incident.reference ?? "";
  /** null: as it is. */
  const typed = useSignal<string | null>(null);
  const reference = typed.value ?? known;
  const said = useSignal("");
  const words = text.value.trim();
  const isOther = reference.trim() !== known;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!words && !isOther) return;
    try {
      const wish = { ...(words ? { text: words } : {}), ...(isOther ? { reference: reference.trim() } : {}) };
      putIncident(await api.noteIncident(incident.id, wish));
      [text.value, typed.value, said.value] = ["", null, ""];
      done?.();
    } catch (error) {
      said.value = `${(error as Error).message} What you typed is still here.`;
    }
  };
  return (
    <form class="wish" onSubmit={(event) => void submit(event)}>
      <Text
        label="Note"
        value={text.value}
        most={2_000}
        first={done !== undefined}
        set={(value) => {
          text.value = value;
        }}
      />
      <Text
        label="Reference of a ticket or a supplier"
        value={reference}
        most={200}
        set={(value) => {
          typed.value = value;
        }}
      />
      <p class="problem" role="alert">
        {said.value}
      </p>
      <button type="submit" disabled={!words && !isOther}>
        Add the note
      </button>
    </form>
  );
}
