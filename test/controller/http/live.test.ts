import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLive } from "../../../controller/http/index.ts";
import { liveLimits } from "../../../controller/http/limits.ts";
import { handClock } from "../base/hand-clock.ts";
import { type FreshHttp, freshHttp } from "./fresh.ts";

const small = { ...liveLimits, keptEvents: 3, keptBytes: 10_000, subscribers: 2, eventBytes: 200 };

/** A subscriber that writes down what it gets. */
function listener(reads = true) {
  const texts: string[] = [];
  let ended = false;
  return {
    texts,
    ended: () => ended,
    send: (text: string) => {
      texts.push(text);
      return reads;
    },
    end: () => {
      ended = true;
    },
    ids: () => texts.join("").match(/(?<=id: ).+/g) ?? [],
    kinds: () => texts.join("").match(/(?<=event: ).+/g) ?? [],
  };
}

describe("the hub", () => {
  test("tells all in order, and who comes back what it missed", () => {
    const live = createLive({ clock: handClock(), limits: small });
    const a = listener();
    const leave = live.subscribe(a);
    live.publish("presence", { device: "ap-a" });
    leave();
    live.publish("presence", { device: "ap-b" });
    live.publish("site", { site: "site-a" });
    expect(a.kinds()).toEqual(["hello", "presence"]);
    const back = listener();
    live.subscribe(back, a.ids().at(-1));
    expect(back.kinds()).toEqual(["presence", "site"]);
    live.publish("device", {});
    expect(back.kinds()).toEqual(["presence", "site", "device"]);
  });

  test("newest values go to who watches that device, and are not kept", () => {
    const live = createLive({ clock: handClock(), limits: { ...small, subscribers: 3 } });
    const watcher = { ...listener(), latestOf: "ap-a" };
    const other = listener();
    live.subscribe(watcher);
    live.subscribe(other);
    live.latest("ap-a", { device: "ap-a", points: [] });
    live.latest("ap-b", { device: "ap-b", points: [] });
    live.latest("ap-a", { long: "x".repeat(small.eventBytes) });
    live.publish("presence", {});
    expect(watcher.kinds()).toEqual(["hello", "latest", "presence"]);
    expect(other.kinds()).toEqual(["hello", "presence"]);
    const back = { ...listener(), latestOf: "ap-a" };
    live.subscribe(back, watcher.ids()[0]);
    expect(back.kinds()).toEqual(["presence"]);
  });

  test("who was away at the first event misses nothing of the rest", () => {
    const live = createLive({ clock: handClock(), limits: small });
    const a = listener();
    live.subscribe(a)();
    live.publish("presence", {});
    const back = listener();
    live.subscribe(back, a.ids().at(-1));
    expect(back.kinds()).toEqual(["presence"]);
  });

  test("who was away too long, comes from another run, or makes an id up, is told so", () => {
    const clock = handClock();
    const live = createLive({ clock, limits: small });
    const a = listener();
    live.subscribe(a);
    for (let i = 0; i < 5; i++) live.publish("presence", { i });
    const first = a.ids()[1] ?? "";
    clock.pass(60_000);
    const restarted = createLive({ clock, limits: small });
    const ids = [
      [live, first],
      [restarted, a.ids().at(-1)],
      [live, "x-1"],
      [live, `${first}9999`],
      [live, ""],
    ] as const;
    for (const [hub, id] of ids) {
      const back = listener();
      hub.subscribe(back, id)();
      expect(back.kinds()).toEqual(["reset"]);
    }
    const known = listener();
    live.subscribe(known, a.ids().at(-3));
    expect(known.kinds()).toEqual(["presence", "presence"]);
  });

  test("keeps to its limits: events, bytes, one event, subscribers", () => {
    const live = createLive({ clock: handClock(), limits: { ...small, keptEvents: 1_000, keptBytes: 250 } });
    const a = listener();
    live.subscribe(a);
    for (let i = 0; i < 9; i++) live.publish("latest", { text: "x".repeat(50) });
    const kept = listener();
    live.subscribe(kept, a.ids().at(-3));
    expect(kept.kinds()).toEqual(["latest", "latest"]);
    expect(() => live.subscribe(listener())).toThrow(/too many live streams/);
    live.publish("latest", { text: "x".repeat(small.eventBytes) });
    expect(a.kinds()).toHaveLength(10);
  });

  test("one that does not read is cut; the others go on", () => {
    const live = createLive({ clock: handClock(), limits: small });
    const slow = listener(false);
    const good = listener();
    live.subscribe(good);
    live.subscribe(slow);
    expect(slow.ended()).toBe(true);
    live.publish("presence", {});
    expect(good.kinds()).toEqual(["hello", "presence"]);
    expect(live.subscribers()).toBe(1);
    live.stop();
    expect(good.ended()).toBe(true);
  });
});

describe("GET /stream", () => {
  let fresh: FreshHttp;
  beforeEach(async () => {
    fresh = await freshHttp();
  });
  afterEach(() => fresh.end());

  async function open(headers: Record<string, string> = {}) {
    const response = await fresh.call("GET", "/api/v1/stream", { as: "viewer", headers });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    return { read: async () => decoder.decode((await reader.read()).value), reader };
  }

  test("sends what happens, a ping when nothing does, and goes on by Last-Event-ID", async () => {
    const { read, reader } = await open();
    expect(await read()).toContain("event: hello");
    fresh.live.publish("presence", { device: "ap-a", state: "offline" });
    const event = await read();
    expect(event).toMatch(/^id: .+\nevent: presence\ndata: \{"device":"ap-a","state":"offline"\}\n\n$/);
    fresh.clock.pass(liveLimits.pingMs);
    expect(await read()).toBe(": ping\n\n");
    await reader.cancel();
    expect(fresh.live.subscribers()).toBe(0);
    fresh.live.publish("site", {});
    const again = await open({ "last-event-id": /id: (.+)/.exec(event)?.[1] ?? "" });
    expect(await again.read()).toContain("event: site");
    await again.reader.cancel();
  });

  test("ends when its reader may no longer look", async () => {
    const { read, reader } = await open();
    await read();
    const viewer = (await fresh.auth.tokens.list()).find((token) => token.role === "viewer");
    const boss = { kind: "user", id: "user_boss", name: "boss", role: "admin", expiresAt: null } as const;
    await fresh.auth.tokens.revoke(boss, viewer?.id ?? "");
    fresh.clock.pass(liveLimits.pingMs);
    expect((await reader.read()).done).toBe(true);
    expect(fresh.live.subscribers()).toBe(0);
  });

  test("a reader that lets too much lie is cut", async () => {
    const { reader } = await open();
    const event = { text: "x".repeat(100_000) };
    const needed = Math.ceil(liveLimits.unreadBytes / 100_000) + 1;
    for (let i = 0; i < needed; i++) fresh.live.publish("latest", event);
    expect(fresh.live.subscribers()).toBe(0);
    let read = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) read += part.value.length;
    expect(read).toBeLessThan(liveLimits.unreadBytes + 200_000);
  });
});
