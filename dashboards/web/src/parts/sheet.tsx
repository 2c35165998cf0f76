import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Something to decide, over the page: in the middle of a desk, from below on a phone. Escape closes it, and the
 *  keyboard is back where it was. */
export function Sheet({ title, close, children }: { title: string; close(): void; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = box.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog ref={box} class="sheet" aria-labelledby="sheet-title" onCancel={close}>
      <header class="sheet-head">
        <h2 id="sheet-title">{title}</h2>
        <button type="button" class="plain" onClick={close}>
          Close
        </button>
      </header>
      {children}
    </dialog>
  );
}
