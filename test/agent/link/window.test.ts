import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits } from "#wire";
import {
  broken,
  choose,
  done,
  emptyWindow,
  firstResendMs,
  isAlone,
  longestResendMs,
  type Ref,
  retry,
  sent,
  type Window,
} from "../../../edge-agent/link/window.ts";

const boot = "a".repeat(20);
const ref = (seq: number, bytes = 1000): Ref => ({ boot, seq, bytes });
const none = { send: null, at: null };

describe("what is sent next", () => {
  it("is what was ever sent, then what is new, then the backlog", () => {
    const heads = { again: ref(1), live: ref(9), backlog: ref(2) };
    expect(choose(emptyWindow, heads, 0)).toEqual({ send: ref(1), as: "again" });
    expect(choose(emptyWindow, { ...heads, again: undefined }, 0)).toEqual({ send: ref(9), as: "live" });
    expect(choose(emptyWindow, { backlog: ref(2) }, 0)).toEqual({ send: ref(2), as: "backlog" });
    expect(choose(emptyWindow, {}, 0)).toEqual(none);
  });

  it("stops at 64 KiB undelivered, and the backlog at half of it", () => {
    const half = limits.windowBytes / 2;
    const full = sent(emptyWindow, ref(1, limits.windowBytes - 500), true, 0, 0.5);
    expect(choose(full, { live: ref(2, 501) }, 0).send).toBeNull();
    expect(choose(full, { live: ref(2, 500) }, 0).send).toEqual(ref(2, 500));
    const backlog = sent(emptyWindow, ref(1, half - 500), false, 0, 0.5);
    expect(choose(backlog, { backlog: ref(2, 501) }, 0).send).toBeNull();
    expect(choose(backlog, { backlog: ref(2, 500) }, 0).send).toEqual(ref(2, 500));
    expect(choose(backlog, { live: ref(2, 501) }, 0).send).toEqual(ref(2, 501));
  });

  it("may be as large as a batch can be when nothing is in flight", () => {
    const large = ref(1, limits.batchBytes + 100);
    expect(choose(emptyWindow, { backlog: large }, 0)).toEqual({ send: large, as: "backlog" });
  });

  it("is again what was not delivered in 30 s, doubling to 2 min, jittered", () => {
    let window = sent(emptyWindow, ref(1), true, 0, 0.5);
    const waits: number[] = [];
    let now = 0;
    for (let i = 0; i < 5; i++) {
      const choice = choose(window, {}, now);
      if (choice.send || choice.at === null) throw new Error("nothing should be due yet");
      waits.push(choice.at - now);
      expect(choose(window, {}, choice.at - 1).send).toBeNull();
      now = choice.at;
      expect(choose(window, {}, now).send).toMatchObject(ref(1));
      window = sent(window, ref(1), true, now, 0.5);
    }
    expect(waits).toEqual([firstResendMs, 2 * firstResendMs, longestResendMs, longestResendMs, longestResendMs]);
    const [early, late] = [sent(emptyWindow, ref(1), true, 0, 0), sent(emptyWindow, ref(1), true, 0, 0.999)];
    expect(early.flights[0]?.dueAt).toBeLessThan(late.flights[0]?.dueAt ?? 0);
  });
});

/** Two connections that broke with 1 and 2 in flight. */
function suspicious(): Window {
  let window = emptyWindow;
  for (let i = 0; i < 2; i++) {
    window = sent(sent(window, ref(1), true, 0, 0), ref(2), true, 0, 0);
    window = broken(window, true).window;
  }
  return window;
}

describe("a batch that makes the server hang up", () => {
  it("is looked for one at a time after two breaks with batches in flight", () => {
    let window = broken(sent(emptyWindow, ref(1), true, 0, 0), true).window;
    expect(isAlone(window)).toBe(false);
    window = suspicious();
    expect(choose(window, { live: ref(9) }, 0)).toEqual({ send: ref(1), as: "again" });
    window = sent(window, ref(1), false, 0, 0);
    expect(choose(window, { live: ref(9) }, 0).send).toBeNull();
    window = done(window, [ref(1)]);
    expect(choose(window, { live: ref(9) }, 0)).toEqual({ send: ref(2), as: "again" });
  });

  it("is set aside at the third time that the server hangs up on it alone", () => {
    let window = suspicious();
    for (const last of [false, false, true]) {
      const result = broken(sent(window, ref(1), false, 0, 0), true);
      expect(result.aside).toEqual(last ? [ref(1)] : []);
      window = result.window;
    }
    expect(choose(window, {}, 0)).toEqual({ send: ref(2), as: "again" });
  });

  it("is never set aside by a link that flaps", () => {
    let window = suspicious();
    for (let i = 0; i < 50; i++) {
      const result = broken(sent(window, ref(1), false, 0, 0), false);
      expect(result.aside).toEqual([]);
      window = result.window;
    }
  });

  it("is not suspected where nothing was in flight, and no more once it is delivered", () => {
    expect(broken(broken(emptyWindow, true).window, true).window).toEqual(emptyWindow);
    expect(done(suspicious(), [ref(1), ref(2)])).toEqual(emptyWindow);
  });

  it("gets one more try, alone", () => {
    const window = retry(emptyWindow, ref(1));
    expect(choose(window, { live: ref(9) }, 0)).toEqual({ send: ref(1), as: "again" });
    expect(broken(sent(window, ref(1), false, 0, 0), true).aside).toEqual([ref(1)]);
    expect(done(window, [ref(1)])).toEqual(emptyWindow);
  });
});

describe("any history", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("new" as const), bytes: fc.integer({ min: 100, max: limits.batchBytes }) }),
    fc.record({ do: fc.constant("delivered" as const), nth: fc.nat(40) }),
    fc.record({ do: fc.constant("break" as const), byServer: fc.boolean() }),
    fc.record({ do: fc.constant("wait" as const), ms: fc.nat(100_000) }),
  );

  it("keeps at most a window in flight, and never forgets a batch", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let [window, now, last] = [emptyWindow, 0, 0];
        const waiting = new Map<number, Ref>();
        const aside = new Set<number>();
        for (const s of steps) {
          if (s.do === "new") waiting.set(++last, ref(last, s.bytes));
          if (s.do === "wait") now += s.ms;
          if (s.do === "break") {
            const result = broken(window, s.byServer);
            window = result.window;
            for (const { seq } of result.aside) aside.add(seq);
          }
          const flying = window.flights[s.do === "delivered" ? s.nth : Number.MAX_SAFE_INTEGER];
          if (flying) {
            waiting.delete(flying.seq);
            window = done(window, [flying]);
          }
          for (let i = 0; i < 100; i++) {
            const free = [...waiting.values()].filter((r) => !window.flights.some((f) => f.seq === r.seq));
            const choice = choose(window, { backlog: free.find((r) => !aside.has(r.seq)) }, now);
            if (!choice.send) break;
            window = sent(window, choice.send, false, now, 0.5);
          }
          const bytes = window.flights.reduce((sum, f) => sum + f.bytes, 0);
          expect(window.flights.length === 1 || bytes <= limits.windowBytes).toBe(true);
          expect(isAlone(window) ? window.flights.length : 0).toBeLessThanOrEqual(1);
          expect(window.flights.every((f) => waiting.has(f.seq))).toBe(true);
          // Something is always on its way while anything is left to send.
          expect(window.flights.length > 0 || [...waiting.keys()].every((seq) => aside.has(seq))).toBe(true);
        }
      }),
    );
  });
});
