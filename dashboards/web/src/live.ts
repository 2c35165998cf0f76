import { signal } from "@preact/signals";
import { currentTime } from "./clock.ts";

/** `since`: when the stream was lost; null while it is live. Everything live on the page carries it. */
export const liveLostSince = signal<number | null>(null);

type Listener = (data: unknown) => void;
const listeners = new Map<string, Set<Listener>>();
let source: EventSource | null = null;

/** Hears events of one kind for as long as the page lives. @returns ends it */
export function hear(kind: string, listener: Listener): () => void {
  const known = listeners.get(kind) ?? new Set();
  known.add(listener);
  listeners.set(kind, known);
  source?.addEventListener(kind, dispatch);
  return () => known.delete(listener);
}

function dispatch(event: MessageEvent<string>): void {
  const data: unknown = JSON.parse(event.data);
  for (const listener of listeners.get(event.type) ?? []) listener(data);
}

/** Opens the stream; it comes back by itself and goes on where it was.
 *  @param reopened is called when events may have been missed */
export function openStream(reopened: () => void): void {
  source?.close();
  source = new EventSource("/api/v1/stream");
  for (const kind of listeners.keys()) source.addEventListener(kind, dispatch);
  // Some events are no longer known to the controller: look anew.
  source.addEventListener("reset", reopened);
  source.onopen = () => {
    if (liveLostSince.value !== null) reopened();
    liveLostSince.value = null;
  };
  source.onerror = () => {
    liveLostSince.value ??= currentTime();
  };
}

export function closeStream(): void {
  source?.close();
  source = null;
  liveLostSince.value = null;
}
