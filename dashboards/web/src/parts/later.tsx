import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { Shell } from "./shell.tsx";

/** A page whose code is fetched when somebody goes there. */
export function Later<P extends object>({ load, ...props }: { load(): Promise<ComponentType<P>> } & P) {
  const page = useSignal<{ Page: ComponentType<P> } | { problem: string } | null>(null);
  useEffect(() => {
    load().then(
      (Page) => {
        page.value = { Page };
      },
      () => {
        page.value = { problem: "This page could not be fetched. Load it again; nothing was changed." };
      },
    );
  }, []);
  if (page.value && "Page" in page.value) return <page.value.Page {...(props as unknown as P)} />;
  return (
    <Shell title="Looking…">
      <h1>Looking…</h1>
      {page.value && (
        <p class="problem" role="alert">
          {page.value.problem}
        </p>
      )}
    </Shell>
  );
}
