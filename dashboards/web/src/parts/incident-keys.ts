import { useEffect, useRef } from "preact/hooks";
import type { Incident } from "../api.ts";
import { type Act, beginAct, mayAct } from "../incident-acts.ts";
import { go, query, setQuery } from "../router.ts";
import { me } from "../session.ts";
import { isElsewhere } from "./keys.tsx";

const acts: Record<string, Act> = { a: "take", s: "silence", n: "note" };

/** j and k move through the list, and the focus with them; Enter opens, a takes, s silences, n notes. */
export function useIncidentKeys(list: readonly Incident[]): void {
  // Two keys may come before the page is drawn anew: the second means what the first has chosen.
  const shown = useRef(list);
  shown.current = list;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isElsewhere(event)) return;
      const { key, target } = event;
      const rows = shown.current;
      const at = rows.find(({ id }) => id === query("at"));
      if (key === "j" || key === "k") {
        const from = at ? rows.indexOf(at) : -1;
        const next = rows[Math.max(0, Math.min(rows.length - 1, from + (key === "j" ? 1 : -1)))];
        if (!next) return;
        setQuery({ at: next.id });
        document.getElementById(`incident-${next.id}`)?.focus();
      } else if (at && key === "Enter" && (target === document.body || target === document.getElementById("content"))) {
        go(`/incidents/${at.id}`);
      } else if (at && acts[key] && mayAct() && isPossible(acts[key], at)) {
        beginAct(acts[key], at.id);
      } else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

const isPossible = (act: Act, { state, ackedBy }: Incident): boolean =>
  act === "note" || (state === "open" && (act !== "take" || ackedBy === undefined || ackedBy === me.value?.name));
