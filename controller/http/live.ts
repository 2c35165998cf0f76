import type { Clock } from "../base/clock.ts";
import { tooMany } from "../base/errors.ts";
import { type LiveLimits, liveLimits } from "./limits.ts";

/** One subscriber of live events. */
export interface Subscriber {
  /** The device whose newest values it wants; absent: none. A fleet's would drown a page that shows one. */
  latestOf?: string | undefined;
  /** Text of server-sent events. @returns false when it does not read: it is cut then */
  send(text: string): boolean;
  /** It was cut, or all is over. */
  end(): void;
}

export interface Live {
  /** Tells everybody; `data` is written once for all. What is longer than an event may be is not sent. */
  publish(kind: string, data: object): void;
  /** Newest values, for who watches that device. They are not kept: who comes back asks for them anew. */
  latest(device: string, data: object): void;
  /** First what came after the event `after`; "reset" where that is no longer known. Throws "too-many" when full.
   *  @returns ends it */
  subscribe(subscriber: Subscriber, after?: string): () => void;
  subscribers(): number;
  /** Ends all streams. */
  stop(): void;
}

interface Kept {
  id: number;
  text: string;
}

/** The hub of GET /stream: a ring of the last events, so that a page that comes back misses nothing. */
export function createLive(needs: { clock: Clock; limits?: LiveLimits }): Live {
  const limits = needs.limits ?? liveLimits;
  // Ids of another run must not be taken for ours.
  const run = needs.clock.now().toString(36);
  const subscribers = new Set<Subscriber>();
  let kept: Kept[] = [];
  let keptBytes = 0;
  let lastId = 0;

  function keep(event: Kept): void {
    kept.push(event);
    keptBytes += event.text.length;
    let surplus = 0;
    while (kept.length - surplus > limits.keptEvents || keptBytes > limits.keptBytes) {
      keptBytes -= kept[surplus]?.text.length ?? 0;
      surplus += 1;
    }
    // In bulk: shifting one by one would move the whole ring for every event.
    if (surplus > 0) kept = kept.slice(surplus);
  }

  function cut(subscriber: Subscriber): void {
    subscribers.delete(subscriber);
    subscriber.end();
  }

  /** Events after that id, or null when some of them are gone. */
  function missed(after: string): Kept[] | null {
    const [ofRun, number = ""] = after.split("-");
    const id = Number(number);
    if (ofRun !== run || !/^\d{1,15}$/.test(number) || id > lastId) return null;
    const first = kept[0]?.id ?? lastId + 1;
    return id + 1 < first ? null : kept.slice(id + 1 - first);
  }

  return {
    publish(kind, data) {
      const id = lastId + 1;
      const text = `id: ${run}-${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
      if (text.length > limits.eventBytes) return;
      lastId = id;
      keep({ id, text });
      for (const subscriber of subscribers) if (!subscriber.send(text)) cut(subscriber);
    },
    latest(device, data) {
      const watching = [...subscribers].filter((subscriber) => subscriber.latestOf === device);
      if (watching.length === 0) return;
      const text = `event: latest\ndata: ${JSON.stringify(data)}\n\n`;
      if (text.length > limits.eventBytes) return;
      for (const subscriber of watching) if (!subscriber.send(text)) cut(subscriber);
    },
    subscribe(subscriber, after) {
      if (subscribers.size >= limits.subscribers) throw tooMany("too many live streams are open", 10_000);
      const events = after === undefined ? [] : missed(after);
      const text = events?.map((event) => event.text).join("") ?? `id: ${run}-${lastId}\nevent: reset\ndata: {}\n\n`;
      // A named start, so that the first reconnection has something to come back to.
      const hello = after === undefined ? `id: ${run}-${lastId}\nevent: hello\ndata: {}\n\n` : text;
      if (hello === "" || subscriber.send(hello)) subscribers.add(subscriber);
      else subscriber.end();
      return () => subscribers.delete(subscriber);
    },
    subscribers: () => subscribers.size,
    stop() {
      for (const subscriber of [...subscribers]) cut(subscriber);
    },
  };
}
