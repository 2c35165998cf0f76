import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Height of a row in CSS pixels; a thumb's target. */
export const rowHeight = 48;
const beyond = 8;

interface Drawn<T> {
  item: T;
  index: number;
  chosen: boolean;
  place: ComponentChildren;
}

/** A list of any length: only what can be seen is in the page. The window scrolls, so that a phone's address bar
 *  hides; rows are placed by their number, and one that has not changed is not drawn again.
 *  @param props.row must depend on its arguments only */
export function Rows<T>(props: {
  items: readonly T[];
  keyOf(item: T): string;
  /** Number of the row that the keyboard is on; -1: none. */
  chosen: number;
  row(item: T, chosen: boolean): ComponentChildren;
}) {
  const frame = useRef<HTMLUListElement>(null);
  const range = useSignal({ from: 0, to: 40 });
  const drawn = useRef(new Map<string, Drawn<T>>());

  useEffect(() => {
    let asked = false;
    const look = () => {
      asked = false;
      const top = -(frame.current?.getBoundingClientRect().top ?? 0);
      const from = Math.max(0, Math.floor(top / rowHeight) - beyond);
      const to = Math.ceil((top + innerHeight) / rowHeight) + beyond;
      if (from !== range.value.from || to !== range.value.to) range.value = { from, to };
    };
    const ask = () => {
      if (!asked) requestAnimationFrame(look);
      asked = true;
    };
    look();
    addEventListener("scroll", ask, { passive: true });
    addEventListener("resize", ask);
    return () => {
      removeEventListener("scroll", ask);
      removeEventListener("resize", ask);
    };
  }, [range]);

  const { from, to } = range.value;
  const next = new Map<string, Drawn<T>>();
  for (const [i, item] of props.items.slice(from, to).entries()) {
    const key = props.keyOf(item);
    const index = from + i;
    const chosen = index === props.chosen;
    const known = drawn.current.get(key);
    const same = known?.item === item && known.index === index && known.chosen === chosen;
    const style = { transform: `translateY(${index * rowHeight}px)` };
    const place = same ? (
      known.place
    ) : (
      <li key={key} class="row-place" aria-setsize={props.items.length} aria-posinset={index + 1} style={style}>
        {props.row(item, chosen)}
      </li>
    );
    next.set(key, { item, index, chosen, place });
  }
  drawn.current = next;
  return (
    <ul ref={frame} class="rows" style={{ height: `${props.items.length * rowHeight}px` }}>
      {[...next.values()].map((one) => one.place)}
    </ul>
  );
}
