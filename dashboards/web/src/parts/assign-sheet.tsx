import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Assignable, api, type Incident } from "../api.ts";
import { endAct, lastDone } from "../incident-acts.ts";
import { putIncident } from "../incidents.ts";
import { Pick } from "./fields.tsx";
import { Sheet } from "./sheet.tsx";

/** Whose it is. */
export function AssignSheet({ incident }: { incident: Incident }) {
  const users = useSignal<Assignable[] | null>(null);
  const before = incident.assignee?.id ?? "";
  const to = useSignal(before);
  const said = useSignal("");
  useEffect(() => {
    api.assignable().then(
      (all) => {
        users.value = all;
      },
      (error: Error) => {
        said.value = error.message;
      },
    );
  }, [users, said]);
  const give = (user: string) => api.assignIncident(incident.id, user === "" ? null : user).then(putIncident);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      await give(to.value);
      const name = users.value?.find(({ id }) => id === to.value)?.name;
      const text = name === undefined ? "It is nobody's in particular now." : `It is ${name}'s now.`;
      lastDone.value = { incident: incident.id, text, undo: () => give(before) };
      endAct();
    } catch (error) {
      said.value = (error as Error).message;
    }
  };
  return (
    <Sheet title="Whose is it?" close={endAct}>
      <p>{incident.sentence}</p>
      <form onSubmit={(event) => void submit(event)}>
        <Pick
          label="Person"
          value={to.value}
          options={[["", "nobody in particular"], ...(users.value ?? []).map(({ id, name }) => [id, name] as const)]}
          set={(user) => {
            to.value = user;
          }}
        />
        <p class="quiet">They see it under “Mine”. Notices and escalation go on until somebody takes it.</p>
        <p class="problem" role="alert">
          {said.value}
        </p>
        <button type="submit" class="main-action" disabled={users.value === null || to.value === before}>
          Give it to them
        </button>
      </form>
    </Sheet>
  );
}
