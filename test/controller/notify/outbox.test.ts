import { describe, expect, it } from "vitest";
import { notifyLimits } from "../../../controller/notify/index.ts";
import { later } from "../../undo.ts";
import { boss, freshNotify, receiver } from "./fresh.ts";

const minute = 60_000;
const states = async (fresh: Awaited<ReturnType<typeof freshNotify>>) =>
  (await fresh.rows()).map(({ kind, state }) => `${kind} ${state}`);

describe("the outbox", () => {
  it("sends in order, once each, with a key of its own; an end only to whom the beginning was told", async () => {
    const hook = await receiver();
    const fresh = await freshNotify();
    await fresh.plant("i-1");
    await fresh.webhook(hook.port);
    fresh.notify.start();
    later(() => fresh.notify.stop());
    await fresh.tell("i-1", "opened");
    await fresh.webhook(hook.port, "Who came later");
    fresh.notify.wake();
    await expect.poll(() => states(fresh)).toEqual(["opened sent"]);
    await fresh.tell("i-1", "updated");
    await fresh.tell("i-1", "resolved");
    fresh.notify.wake();
    await expect.poll(() => states(fresh)).toEqual(["opened sent", "updated merged", "resolved sent"]);
    expect(hook.got.map(({ kind, headers }) => `${kind} ${headers["idempotency-key"]}`)).toEqual([
      "opened i-1:opened:1",
      "resolved i-1:resolved:3",
    ]);
    const told = await fresh.records.db.selectFrom("told").selectAll().execute();
    expect(told).toMatchObject([{ incident: "i-1", kind: "resolved" }]);
  });

  it("a receiver that is down for 20 minutes: tried again with back-off; over meanwhile: one notice says both", async () => {
    let down = true;
    const hook = await receiver((response) => {
      if (down) response.writeHead(503).end("later");
      else response.end("ok");
    });
    const fresh = await freshNotify();
    await fresh.plant("i-1");
    await fresh.webhook(hook.port);
    fresh.notify.start();
    later(() => fresh.notify.stop());
    await fresh.tell("i-1", "opened");
    const attempts = async () => (await fresh.rows())[0]?.attempts ?? 0;
    for (let elapsed = 0; elapsed < 20 * minute; elapsed += 10_000) {
      const before = hook.got.length;
      fresh.clock.pass(10_000);
      const { not_before = 0, lease_until = 0 } = (await fresh.rows())[0] ?? {};
      if (Math.max(not_before, lease_until) <= fresh.clock.now())
        await expect.poll(() => hook.got.length).toBeGreaterThan(before);
      await expect.poll(async () => (await fresh.rows())[0]?.lease_until).toBe(0);
    }
    expect(await attempts()).toBeGreaterThan(3);
    expect(await attempts()).toBeLessThan(60);
    await fresh.tell("i-1", "resolved");
    down = false;
    hook.got.length = 0;
    fresh.clock.pass(notifyLimits.retryMaxMs);
    await expect.poll(() => states(fresh)).toEqual(["opened merged", "resolved sent"]);
    expect(hook.got.map(({ kind }) => kind)).toEqual(["resolved"]);
  });

  it("429 with Retry-After: not before that", async () => {
    const hook = await receiver((response) => void response.writeHead(429, { "retry-after": "120" }).end());
    const fresh = await freshNotify();
    await fresh.plant("i-1");
    await fresh.webhook(hook.port);
    await fresh.tell("i-1", "opened");
    fresh.notify.start();
    later(() => fresh.notify.stop());
    await expect.poll(async () => (await fresh.rows())[0]?.answer).toBe("429 Too Many Requests");
    expect((await fresh.rows())[0]?.not_before).toBe(fresh.clock.now() + 120_000);
  });

  it("a no is a no: dead, shown with the receiver's words, and its end is not told", async () => {
    const hook = await receiver((response) => void response.writeHead(404).end("no such\nroom"));
    const fresh = await freshNotify();
    await fresh.plant("i-1");
    const channel = await fresh.webhook(hook.port);
    fresh.notify.start();
    later(() => fresh.notify.stop());
    await fresh.tell("i-1", "opened");
    fresh.notify.wake();
    await expect.poll(() => states(fresh)).toEqual(["opened dead"]);
    await fresh.tell("i-1", "resolved");
    expect(await states(fresh)).toEqual(["opened dead"]);
    expect((await fresh.notify.healthOf([channel.id])).get(channel.id)).toMatchObject({
      dead: 1,
      problem: "404 Not Found: no such room",
    });
  });

  it("gives up after a day", async () => {
    const hook = await receiver((response) => void response.writeHead(500).end());
    const fresh = await freshNotify();
    await fresh.plant("i-1");
    await fresh.webhook(hook.port);
    await fresh.tell("i-1", "opened");
    fresh.clock.pass(notifyLimits.ageMaxMs + 1);
    fresh.notify.start();
    later(() => fresh.notify.stop());
    await expect.poll(() => states(fresh)).toEqual(["opened dead"]);
  });

  it("two workers on one database send once", async () => {
    const hook = await receiver((response) => void setTimeout(() => response.end("ok"), 30));
    const fresh = await freshNotify();
    for (let i = 0; i < 8; i++) await fresh.plant(`i-${i}`);
    await fresh.webhook(hook.port);
    const second = fresh.open();
    for (let i = 0; i < 8; i++) await fresh.tell(`i-${i}`, "opened");
    for (const one of [fresh.notify, second]) {
      one.start();
      later(() => one.stop());
    }
    await expect.poll(async () => new Set((await fresh.rows()).map(({ state }) => state))).toEqual(new Set(["sent"]));
    expect(hook.got.map(({ headers }) => headers["idempotency-key"]).sort()).toEqual(
      Array.from({ length: 8 }, (_, i) => `i-${i}:opened:${i + 1}`),
    );
  });

  it("killed between sending and noting: sent again with the same key once the lease ends", async () => {
    const hook = await receiver();
    const fresh = await freshNotify();
    await fresh.plant("i-1");
    await fresh.webhook(hook.port);
    await fresh.tell("i-1", "opened");
    // As the dead process left it.
    const lease_until = fresh.clock.now() + notifyLimits.leaseMs;
    await fresh.records.db
      .updateTable("outbox")
      .set({ lease_until, attempts: 1, lease_owner: "worker_gone" })
      .execute();
    fresh.notify.start();
    later(() => fresh.notify.stop());
    fresh.clock.pass(notifyLimits.leaseMs - 1_000);
    await new Promise((next) => setImmediate(next));
    expect(hook.got).toEqual([]);
    fresh.clock.pass(2_000);
    await expect.poll(() => hook.got.map(({ headers }) => headers["idempotency-key"])).toEqual(["i-1:opened:1"]);
  });

  it("one incident's slow receiver holds back no other incident; the channel is removed: nobody waits", async () => {
    const hook = await receiver((response, { text }) => {
      if (!text.includes("i-slow")) response.end("ok");
    });
    const fresh = await freshNotify();
    for (const id of ["i-slow", "i-2"]) await fresh.plant(id);
    const channel = await fresh.webhook(hook.port);
    await fresh.tell("i-slow", "opened");
    await fresh.tell("i-2", "opened");
    fresh.notify.start();
    later(() => fresh.notify.stop());
    await expect.poll(async () => (await fresh.rows())[1]?.state).toBe("sent");
    fresh.clock.pass(notifyLimits.callMs);
    await expect.poll(async () => (await fresh.rows())[0]?.answer).toBe("no answer within 10 s");
    await fresh.notify.channels.remove(boss, channel.id);
    fresh.clock.pass(notifyLimits.undoMs);
    await fresh.notify.channels.purge();
    expect(await states(fresh)).toEqual(["opened withdrawn", "opened sent"]);
  });

  it("is bounded: what does not fit is dead at once, and says why", async () => {
    const fresh = await freshNotify();
    await fresh.plant("i-1");
    await fresh.plant("i-2");
    const { id: channel } = await fresh.webhook(9);
    const usual = {
      channel,
      incident: "i-1",
      kind: "updated",
      state: "waiting",
      not_before: 0,
      attempts: 0,
      lease_until: 0,
      created_at: 0,
    };
    for (let first = 0; first < notifyLimits.waiting; first += 1_000) {
      const rows = Array.from({ length: 1_000 }, (_, i) => ({ ...usual, generation: first + i + 100 }));
      await fresh.records.db.insertInto("outbox").values(rows).execute();
    }
    await fresh.tell("i-2", "opened");
    expect((await fresh.rows()).at(-1)).toMatchObject({ state: "dead", answer: "10000 notices wait already" });
  });
});
