import { signal } from "@preact/signals";
import { after, currentTime, random } from "./clock.ts";

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

/** Another stream (of another device's values) goes on where this one was. */
let lastId = "";
const note = (event: MessageEvent<string>): void => {
  if (event.lastEventId !== "") lastId = event.lastEventId;
};

function dispatch(event: MessageEvent<string>): void {
  note(event);
  const data: unknown = JSON.parse(event.data);
  for (const listener of listeners.get(event.type) ?? []) listener(data);
}

const retryMs = 5_000;
let missed: () => void = () => {};
let refused: () => void = () => {};
let cancelRetry: () => void = () => {};
let watched: string | null = null;

/** Opens the stream; it comes back by itself and goes on where it was.
 *  @param reopened is called when events may have been missed
 *  @param answeredNo is called when the controller would not open it: perhaps nobody is signed in any more */
export function openStream(reopened: () => void, answeredNo: () => void): void {
  missed = reopened;
  refused = answeredNo;
  connect();
}

/** Also the newest values of this device, from now on; null: of none. */
export function watch(device: string | null): void {
  if (device === watched) return;
  watched = device;
  if (source) connect();
}

function connect(): void {
  source?.close();
  const asked = new URLSearchParams({
    ...(watched === null ? {} : { latest: watched }),
    ...(lastId === "" ? {} : { after: lastId }),
  });
  const opened = new EventSource(`/api/v1/stream?${asked}`);
  source = opened;
  opened.addEventListener("hello", note);
  for (const kind of listeners.keys()) opened.addEventListener(kind, dispatch);
  // Some events are no longer known to the controller: look anew.
  opened.addEventListener("reset", (event) => {
    note(event);
    missed();
  });
  opened.onopen = () => {
    liveLostSince.value = null;
  };
  opened.onerror = () => {
    liveLostSince.value ??= currentTime();
    // The browser comes back by itself from a broken line, but not from an answer such as 502 or 401.
    if (opened.readyState !== EventSource.CLOSED || opened !== source) return;
    cancelRetry();
    cancelRetry = after(retryMs * (1 + random()), () => {
      refused();
      connect();
    });
  };
}

export function closeStream(): void {
  cancelRetry();
  source?.close();
  source = null;
  lastId = "";
  liveLostSince.value = null;
}
