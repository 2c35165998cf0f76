import { afterEach, describe, expect, it, vi } from "vitest";
import { openSession, type Session, sessionLimits } from "../../../controller/store/series/embedded/session.ts";
import { createEmbeddedSeries, StoreAway } from "../../../controller/store/series/index.ts";
import { NeedsPerson } from "../../../controller/store/series/readiness.ts";
import { handClock } from "../base/hand-clock.ts";

/** A worker thread made of these lines. */
const worker = (lines: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort, workerData } from "node:worker_threads";
     const opened = () => parentPort.postMessage({ id: 0, ok: true, value: null });
     const on = (run) => parentPort.on("message", (asked) => (asked.call === "close" ? process.exit(0) : run(asked)));
     const ok = (asked, value = null) => parentPort.postMessage({ id: asked.id, ok: true, value });
     const no = (id, kind, message) => parentPort.postMessage({ id, ok: false, failure: { kind, message } });
     ${lines}`)}`,
  );
const point = { device: "d", m: "system", at: 1_700_000_000_000, tags: {}, fields: { load1: 1 } };
const quiet = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };

const sessions: Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
});

function open(lines: string) {
  const clock = handClock();
  const over: string[] = [];
  const start = { side: "write", file: "unused", catalogue: {} } as const;
  const session = openSession({
    workerUrl: worker(lines),
    start,
    clock,
    callTimeoutMs: 1_000,
    onOver: (why) => over.push(why),
  });
  session.opened.catch(() => undefined);
  sessions.push(session);
  return { session, clock, over };
}

describe("a session with the worker", () => {
  it("gives every call its answer", async () => {
    const { session } = open("opened(); on((asked) => ok(asked, asked.since * 2));");
    await session.opened;
    const answers = await Promise.all([1, 2, 3].map((since) => session.call("latest", { since })));
    expect(answers).toEqual([2, 4, 6]);
  });

  it("gives errors their kind", async () => {
    const { session } = open(`opened(); on((asked) => no(asked.id, asked.device, "so it is"));`);
    const ask = (device: string) => session.call("count", { device, from: 0, to: 1, measurement: null });
    await expect(ask("away")).rejects.toThrow(new StoreAway("so it is"));
    await expect(ask("too-many")).rejects.toMatchObject({ name: "TooManyPoints" });
    await expect(ask("person")).rejects.toThrow(NeedsPerson);
    await expect(ask("fault")).rejects.toMatchObject({ name: "Error", message: "so it is" });
  });

  it("takes so many calls at once and no more", async () => {
    const { session, over } = open("opened(); on((asked) => {});");
    await session.opened;
    const calls = Array.from({ length: sessionLimits.pendingCalls }, () => session.call("check", {}));
    for (const call of calls) call.catch(() => undefined);
    await expect(session.call("check", {})).rejects.toThrow(/64 calls wait/);
    await session.close();
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.every((o) => o.status === "rejected" && o.reason instanceof StoreAway)).toBe(true);
    expect(over).toEqual(["the series worker ended (0)"]);
  });

  it("ends when the worker fails, with all that waits", async () => {
    const { session, over } = open(`opened(); on(() => { throw new Error("broken"); });`);
    await expect(session.call("check", {})).rejects.toThrow(/broken/);
    expect(over).toEqual(["the series worker failed: broken"]);
    await expect(session.call("check", {})).rejects.toThrow(StoreAway);
  });

  it("ends when the worker exits", async () => {
    const { session } = open("opened(); on(() => process.exit(3));");
    await expect(session.call("check", {})).rejects.toThrow(/ended \(3\)/);
  });

  it("waits so long for an answer, and goes on with a worker that hung for a while", async () => {
    const { session, clock, over } = open(`
      opened();
      let held;
      on((asked) => (asked.call === "check" && !held ? (held = asked) : ok(asked, 7)));`);
    await session.opened;
    const call = session.call("check", {});
    clock.pass(999);
    const other = session.call("latest", { since: 0 });
    await expect(other).resolves.toBe(7);
    clock.pass(1);
    await expect(call).rejects.toThrow(/no answer in 1000 ms/);
    expect(over).toEqual([]);
    expect(await session.call("check", {})).toBe(7);
    expect(clock.pending()).toBe(0);
  });

  it("says when the worker doesn't open in time", async () => {
    const { session, clock } = open("on(() => {});");
    clock.pass(1_000);
    await expect(session.opened).rejects.toThrow(/no answer in 1000 ms/);
  });

  it("closes after what was asked before", async () => {
    const { session } = open("opened(); on((asked) => ok(asked));");
    const before = session.call("check", {});
    await session.close();
    await expect(before).resolves.toBe(null);
  });

  it("leaves a worker to itself that doesn't close", async () => {
    const { session, clock } = open(
      `opened(); parentPort.on("message", () => {}); setTimeout(() => process.exit(0), 300);`,
    );
    await session.opened;
    const closing = session.close();
    clock.pass(sessionLimits.closeTimeoutMs);
    await closing;
  });
});

describe("the embedded store", () => {
  const store = (lines: string, clock = handClock(point.at)) => {
    const needs = {
      file: "unused",
      log: quiet,
      retention: { rawMs: 86_400_000, fiveMinuteMs: 2 * 86_400_000, hourlyMs: 3 * 86_400_000 },
    };
    return { clock, store: createEmbeddedSeries({ workerUrl: worker(lines), clock, ...needs }) };
  };
  /** Lets the store's time pass while its worker, which lives in real time, gets on. */
  const untilReady = async ({ store: waiting, clock }: ReturnType<typeof store>) => {
    while (!waiting.state().ready) {
      clock.pass(20);
      await new Promise((done) => setTimeout(done, 2));
    }
  };

  it("doesn't start where only a person can help", async () => {
    const { store: broken } = store(`no(0, "person", "file is not a database");`);
    await expect(broken.start()).rejects.toThrow("file is not a database");
  });

  it("is away while the disk is full and comes back by itself", async () => {
    const { store: full, clock } = store(`
      let left = 2;
      opened();
      on((asked) => {
        if (asked.call === "retain") return ok(asked, { dropped: [], more: false });
        left -= 1;
        left >= 0 ? no(asked.id, "away", "disk is full") : ok(asked);
      });`);
    await full.start();
    await expect(full.write([point])).rejects.toThrow(new StoreAway("disk is full"));
    expect(full.state()).toEqual({ ready: false, why: "disk is full" });
    await expect(full.write([point])).rejects.toThrow(StoreAway);
    await untilReady({ store: full, clock });
    expect(await full.write([point])).toEqual([{ ok: true }]);
    await full.stop();
  });

  it("gets a new worker when one dies", async () => {
    const { store: mortal, clock } = store(`
      opened();
      on((asked) => {
        if (asked.call === "importRollups") process.exit(1);
        ok(asked, []);
      });`);
    await mortal.start();
    await expect(mortal.importRollups("hourly", [])).rejects.toThrow(StoreAway);
    expect(mortal.state()).toMatchObject({ ready: false });
    await untilReady({ store: mortal, clock });
    expect(await mortal.write([point])).toEqual([{ ok: true }]);
    await mortal.stop();
  });

  it("goes on storing when the one who reads dies, and gets another", async () => {
    const { store: mortal, clock } = store(`
      opened();
      on((asked) => {
        if (asked.call === "count") process.exit(1);
        ok(asked, asked.call === "devicesOn" ? [] : { dropped: [] });
      });`);
    await mortal.start();
    await expect(mortal.count("d", 0, 1)).rejects.toThrow(StoreAway);
    expect(mortal.state()).toEqual({ ready: true });
    expect(await mortal.write([point])).toEqual([{ ok: true }]);
    await vi.waitFor(async () => {
      clock.pass(200);
      expect(await mortal.devicesOn(point.at)).toEqual([]);
    });
    await mortal.stop();
  });

  it("reads while nothing can be written, and opens for reading once the file is made", async () => {
    const { store: full, clock } = store(`
      if (workerData.side === "write") {
        on((asked) => (asked.call === "write" ? no(asked.id, "away", "disk is full") : ok(asked, { dropped: [] })));
        setTimeout(opened, 20);
      } else {
        opened();
        on((asked) => ok(asked, 7));
      }`);
    await full.start();
    await expect(full.write([point])).rejects.toThrow(StoreAway);
    expect(full.state()).toMatchObject({ ready: false });
    expect(await full.count("d", 0, 1)).toBe(7);
    clock.pass(0);
    await full.stop();
  });

  it("answers a write before a question that was asked earlier and takes long", async () => {
    const { store: busy } = store(`
      opened();
      let held;
      on((asked) => {
        if (asked.call === "latest") held = asked;
        else ok(asked, { dropped: [] });
        if (asked.call === "count") ok(held, []);
      });`);
    await busy.start();
    const order: string[] = [];
    const question = busy.latest(point.at, 1).then(() => order.push("question"));
    order.push(...(await busy.write([point])).map(() => "write"));
    await busy.count("d", 0, 1);
    await question;
    expect(order).toEqual(["write", "question"]);
    await busy.stop();
  });

  it("drops what is beyond retention at its start and every hour", async () => {
    const { store: old, clock } = store(`
      let retained = 0;
      opened();
      on((asked) => {
        if (asked.call === "retain") retained += 1;
        ok(asked, asked.call === "rollUp" ? retained : { dropped: [], more: false });
      });`);
    await old.start();
    expect(await old.rollUp([])).toBe(1);
    clock.pass(3_600_000);
    await vi.waitFor(async () => expect(await old.rollUp([])).toBe(2));
    await old.stop();
    expect(clock.pending()).toBe(0);
  });
});
