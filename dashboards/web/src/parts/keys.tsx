import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Sheet } from "./sheet.tsx";

/** Who types, or decides something in a sheet, means that and not the list. */
export function isElsewhere(event: KeyboardEvent): boolean {
  const { target } = event;
  return (
    event.metaKey ||
    event.ctrlKey ||
    event.altKey ||
    (target instanceof HTMLElement && target.matches("input, select, textarea, dialog, dialog *"))
  );
}

/** What the keyboard does on this page, under "?". */
export function Keys({ keys }: { keys: readonly (readonly [key: string, does: string])[] }) {
  const open = useSignal(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "?" || isElsewhere(event)) return;
      open.value = true;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [open]);
  const close = () => {
    open.value = false;
  };
  return (
    <>
      <button
        type="button"
        class="plain keys"
        onClick={() => {
          open.value = true;
        }}
      >
        Keys (?)
      </button>
      {open.value && (
        <Sheet title="Keys" close={close}>
          <dl class="key-list">
            {[...keys, ["?", "shows this"] as const].map(([key, does]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </Sheet>
      )}
    </>
  );
}
