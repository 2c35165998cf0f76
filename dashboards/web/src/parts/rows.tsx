import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Height of a row in CSS pixels; a thumb's target. */
export const rowHeight = 48;
const beyond = 8;

/** A list of any length: only what can be seen is in the page. The window scrolls, so that a phone's address bar
 *  hides; rows are placed by their number. */
export function Rows<T>(props: {
  items: readonly T[];
  keyOf(item: T): string;
  row(item: T, index: number): ComponentChildren;
}) {
  const frame = useRef<HTMLUListElement>(null);
  const range = useSignal({ from: 0, to: 40 });

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
  return (
    <ul ref={frame} class="rows" style={{ height: `${props.items.length * rowHeight}px` }}>
      {props.items.slice(from, to).map((item, i) => (
        <li
          key={props.keyOf(item)}
          class="row-place"
          aria-setsize={props.items.length}
          aria-posinset={from + i + 1}
          style={{ transform: `translateY(${(from + i) * rowHeight}px)` }}
        >
          {props.row(item, from + i)}
        </li>
      ))}
    </ul>
  );
}
