import { computed, signal } from "@preact/signals";

/** Every state of a page is a URL. */
export const url = signal(new URL(location.href));
export const path = computed(() => url.value.pathname);

addEventListener("popstate", () => {
  url.value = new URL(location.href);
});

export function go(to: string, how: "push" | "replace" = "push"): void {
  const next = new URL(to, location.href);
  if (how === "push") history.pushState(null, "", next);
  else history.replaceState(null, "", next);
  const samePage = next.pathname === url.value.pathname;
  url.value = next;
  if (samePage) return;
  scrollTo(0, 0);
  // The link that was pressed is gone with its page: who goes by keyboard or ear begins at the new content.
  requestAnimationFrame(() => document.getElementById("content")?.focus({ preventScroll: true }));
}

export const query = (name: string): string => url.value.searchParams.get(name) ?? "";

/** Writes filters into the address without a new step in the history. */
export function setQuery(change: Record<string, string>): void {
  const next = new URL(url.value);
  for (const [name, value] of Object.entries(change)) {
    if (value === "") next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  go(next.href, "replace");
}

/** For links inside the application: a click with a modifier stays the browser's. */
export function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go((event.currentTarget as HTMLAnchorElement).href);
}
