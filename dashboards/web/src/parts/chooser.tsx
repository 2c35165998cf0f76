import { useSignal } from "@preact/signals";
import {
  type Choice,
  type Chosen,
  fitting,
  type List,
  lists,
  listWords,
  withChoice,
  withoutChoice,
} from "../choices.ts";
import { choiceName, choices } from "../names.ts";

const shown = 8;

interface Props {
  label: string;
  chosen: Chosen;
  /** What may be chosen. */
  of?: readonly List[];
  set(chosen: Chosen): void;
}

/** Sites, devices, tags … by name: a few letters, then the one that is meant. */
export function Chooser({ label, chosen, of = lists, set }: Props) {
  const text = useSignal("");
  const all = choices.value.filter(({ list }) => of.includes(list));
  const found = fitting(all, text.value, chosen, shown);
  const picked = lists.flatMap((list) => (chosen[list] ?? []).map((id) => ({ list, id })));
  const add = (choice: Choice) => {
    set(withChoice(chosen, choice));
    text.value = "";
  };
  return (
    <div class="chooser">
      {picked.length > 0 && (
        <ul class="chips" aria-label="Chosen">
          {picked.map((one) => (
            <li key={`${one.list} ${one.id}`}>
              <button type="button" onClick={() => set(withoutChoice(chosen, one))}>
                <span class="quiet">{listWords[one.list]}</span> {choiceName(one)}
                <span aria-hidden="true"> ×</span>
                <span class="visually-hidden">: take it out</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <label>
        {label}
        <input
          type="search"
          autocomplete="off"
          placeholder={`Name of a ${of.map((list) => listWords[list]).join(", ")}`}
          value={text.value}
          onInput={(e) => {
            text.value = e.currentTarget.value;
          }}
          onKeyDown={(e) => {
            const [first] = found;
            if (e.key !== "Enter" || text.value === "") return;
            e.preventDefault();
            if (first) add(first);
          }}
        />
      </label>
      {found.length > 0 ? (
        <ul class="chips" aria-label="To choose from">
          {found.map((one) => (
            <li key={`${one.list} ${one.id}`}>
              <button type="button" class="dashed" onClick={() => add(one)}>
                <span aria-hidden="true">+ </span>
                <span class="quiet">{listWords[one.list]}</span> {one.name}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        text.value !== "" && <p class="hint">Nothing has that in its name.</p>
      )}
    </div>
  );
}
