import { describe, expect, it } from "vitest";
import { type Bucket, takeToken } from "../../../controller/notify/bucket.ts";
import { deliverySchema, laneOf, nextDigest, usualDelivery } from "../../../controller/notify/delivery.ts";
import { notifyLimits } from "../../../controller/notify/limits.ts";
import { boss, freshNotify, receiver } from "./fresh.ts";

const minute = 60_000;
const hour = 60 * minute;
const at = (text: string) => Date.parse(text);

/** A channel that people read, on a receiver of the test. */
async function duty(more: Parameters<typeof freshNotify>[0] = {}) {
  const hook = await receiver();
  const fresh = await freshNotify(more);
  const ntfy = (name: string, delivery: Parameters<typeof fresh.add>[3] = {}) =>
    fresh.add("ntfy", name, { topic: "duty", server: `http://127.0.0.1:${hook.port}` }, delivery);
  const titles = () => hook.got.map(({ body }) => body.title);
  const states = async () => (await fresh.rows()).map(({ kind, state }) => `${kind} ${state}`);
  return { ...fresh, tell: fresh.tellNow, hook, ntfy, titles, states };
}

describe("when a channel is told", () => {
  const people = usualDelivery(true);
  it.each([
    ["critical", "2026-06-01T02:00:00Z", "now", null],
    ["major", "2026-06-01T08:00:00Z", "now", null],
    ["major", "2026-06-01T17:00:00Z", "digest", "2026-06-02T07:00:00Z"],
    ["major", "2026-06-06T09:00:00Z", "digest", "2026-06-07T07:00:00Z"],
    ["warning", "2026-06-01T08:00:00Z", "digest", "2026-06-02T07:00:00Z"],
    ["info", "2026-06-01T06:59:59Z", "digest", "2026-06-01T07:00:00Z"],
    // The clocks go forward, and back.
    ["warning", "2026-03-28T12:00:00Z", "digest", "2026-03-29T07:00:00Z"],
    ["warning", "2026-10-24T12:00:00Z", "digest", "2026-10-25T08:00:00Z"],
  ])("%s at %s: %s", (severity, now, lane, due) => {
    const way = laneOf(people, severity, at(now));
    expect([way?.lane, new Date(way?.at ?? 0).toISOString()]).toEqual([lane, new Date(due ?? now).toISOString()]);
  });

  it("not at all where it is not for that channel; programs get everything at once", () => {
    const when = { critical: "now", major: "now", warning: "never", info: "never" } as const;
    expect(laneOf(deliverySchema.parse({ when }), "warning", 0)).toBeNull();
    expect(laneOf(usualDelivery(false), "info", 5)).toEqual({ lane: "now", at: 5 });
  });

  it("a digest at midnight and one at 23:59 are at those times", () => {
    const digest = (digestAt: string) => nextDigest({ ...people, digestAt }, at("2026-06-01T12:00:00Z"));
    expect(digest("00:00")).toBe(at("2026-06-01T23:00:00Z"));
    expect(digest("23:59")).toBe(at("2026-06-01T22:59:00Z"));
  });
});

describe("how much a channel takes", () => {
  it("a burst, then so many a minute, whatever the clock does", () => {
    const rate = { perMinute: 6, burst: 2 };
    let bucket: Bucket = { tokens: null, at: 0 };
    const take = (now: number) => {
      const next = takeToken(bucket, rate, now);
      bucket = next.bucket;
      return next.taken ? true : next.waitMs;
    };
    expect([take(0), take(0), take(0), take(9_000)]).toEqual([true, true, 10_000, 1_000]);
    expect([take(10_000), take(10_000)]).toEqual([true, 10_000]);
    // Set back by an hour.
    expect([take(-hour), take(-hour + 10_000)]).toEqual([10_000, true]);
  });
});

describe("digests", () => {
  it("what is not urgent waits for the morning, in one message, also over a kill -9", async () => {
    const { hook, ntfy, tell, plant, pass, states, over, run, open, notify, clock, titles } = await duty();
    run();
    const channel = await ntfy("Duty");
    for (const id of ["i-1", "i-2", "i-3"]) await plant(id, "warning");
    await tell("i-1", "opened");
    await tell("i-2", "opened");
    await tell("i-3", "opened");
    over("i-2");
    clock.pass(10 * minute);
    over("i-2");
    await tell("i-2", "resolved");
    expect(hook.got).toEqual([]);
    expect((await notify.healthOf([channel.id])).get(channel.id)).toMatchObject({
      held: 4,
      heldUntil: at("2026-06-02T07:00:00Z"),
    });
    // The process dies; another one reads what lies there.
    await notify.stop();
    const second = open();
    second.start();
    clock.pass(at("2026-06-02T07:00:00Z") - clock.now() - 1_000);
    await second.idle();
    expect(hook.got).toEqual([]);
    clock.pass(1_000);
    await second.idle();
    expect(titles()).toEqual(["3 incidents, 2 open"]);
    expect(hook.got[0]?.body.message.split("\n").slice(1)).toEqual([
      "• P3: Demo i-1 is offline.",
      "• P3: Demo i-3 is offline.",
      "• Resolved: Demo i-2 is offline. (13:00 to 13:10)".replace("13:00 to 13:10", "1 Jun, 13:00 to 1 Jun, 13:10"),
    ]);
    expect((await states()).sort()).toEqual(["opened merged", "opened sent", "opened sent", "resolved sent"]);
    await second.stop();
    await pass(0);
  });

  it("it grew worse: at once, and what waited comes with it", async () => {
    const { ntfy, tell, plant, states, run, records, planted, titles } = await duty();
    run();
    await ntfy("Duty");
    await plant("i-1", "warning");
    await tell("i-1", "opened");
    expect(await states()).toEqual(["opened waiting"]);
    await records.db.updateTable("incident").set({ severity: "critical" }).execute();
    planted.set("i-1", { severity: "critical", since: 0, resolvedAt: null });
    await tell("i-1", "updated");
    expect(await states()).toEqual(["opened sent", "updated merged"]);
    expect(titles()).toEqual(["P1: Demo i-1 is offline."]);
  });

  it("what is spared a channel is written down; grown worse, it hears the beginning", async () => {
    const { hook, ntfy, tell, plant, states, run, records, rows } = await duty();
    run();
    const never = { critical: "now", major: "never", warning: "never", info: "never" } as const;
    await ntfy("Only the worst", { when: never });
    await plant("i-1", "major");
    await tell("i-1", "opened");
    expect(await rows()).toMatchObject([{ state: "skipped", answer: "P2 is not for this channel" }]);
    await records.db.updateTable("incident").set({ severity: "critical" }).execute();
    await tell("i-1", "updated");
    await tell("i-1", "resolved");
    expect(await states()).toEqual(["opened skipped", "opened sent", "resolved sent"]);
    expect(hook.got).toHaveLength(2);
  });

  it("a digest that could not be sent says the same again; what came meanwhile is in the next", async () => {
    const { hook, ntfy, tell, plant, pass, run, clock, titles, states } = await duty();
    run();
    await ntfy("Duty");
    for (const id of ["i-1", "i-2", "i-3"]) await plant(id, "info");
    await tell("i-1", "opened");
    await tell("i-2", "opened");
    hook.answer = (response) => void response.writeHead(503).end();
    await pass(at("2026-06-02T07:00:00Z") - clock.now());
    await tell("i-3", "opened");
    hook.answer = (response) => void response.end("{}");
    hook.got.length = 0;
    await pass(10 * minute, minute);
    expect(titles()).toEqual(["2 incidents, all open"]);
    expect(await states()).toEqual(["opened sent", "opened sent", "opened waiting"]);
    hook.got.length = 0;
    // One alone is told as itself.
    await pass(24 * hour);
    expect(titles()).toEqual(["P4: Demo i-3 is offline."]);
  });
});

describe("a storm", () => {
  it("the burst goes out, the rest in one message; nothing is dropped, and the budget holds", async () => {
    const { hook, ntfy, tell, plant, pass, run, states, over, clock } = await duty();
    run();
    await ntfy("Duty", { burst: 3, perMinute: 3 });
    const ids = Array.from({ length: 30 }, (_, i) => `i-${i}`);
    for (const id of ids) await plant(id, "critical");
    for (const id of ids) await tell(id, "opened");
    expect(hook.got).toHaveLength(3);
    await pass(notifyLimits.overflowMs);
    expect(hook.got).toHaveLength(4);
    expect(hook.got[3]?.body.title).toBe("27 incidents, all open");
    expect(new Set(await states())).toEqual(new Set(["opened sent"]));
    for (const id of ids) over(id);
    for (const id of ids) await tell(id, "resolved");
    await pass(5 * minute, 20_000);
    expect(new Set(await states())).toEqual(new Set(["opened sent", "resolved sent"]));
    // 3 at once and 3 a minute over six minutes.
    expect(hook.got.length).toBeLessThanOrEqual(3 + 3 * 6);
    expect(clock.now()).toBeGreaterThan(0);
  });

  it("a ticket is never put into a digest: it waits its turn", async () => {
    let number = 0;
    const desk = await receiver((r) => void r.writeHead(201).end(JSON.stringify({ id: `T-${++number}` })));
    const fresh = await freshNotify();
    fresh.run();
    const url = `http://127.0.0.1:${desk.port}/tickets`;
    await fresh.add(
      "ticket-http",
      "Desk",
      { url, body: '{"s":"{{title}}"}', referenceAt: "/id" },
      { burst: 2, perMinute: 2 },
    );
    for (const id of ["i-1", "i-2", "i-3", "i-4"]) {
      await fresh.plant(id);
      await fresh.tellNow(id, "opened");
    }
    expect(desk.got).toHaveLength(2);
    await fresh.pass(90_000, 1_000);
    expect(desk.got).toHaveLength(4);
  });
});

describe("a muted channel", () => {
  it("hears nothing; then what still lasts, and nothing of what came and went", async () => {
    const { hook, ntfy, tell, plant, pass, run, states, notify, clock, titles } = await duty();
    run();
    const { id } = await ntfy("Duty");
    await notify.channels.change(boss, id, { mutedUntil: clock.now() + hour });
    for (const one of ["i-1", "i-2"]) await plant(one, "critical");
    await tell("i-1", "opened");
    await tell("i-2", "opened");
    await tell("i-2", "resolved");
    await pass(hour - 1, 10 * minute);
    expect(hook.got).toEqual([]);
    await pass(2_000);
    expect(titles()).toEqual(["P1: Demo i-1 is offline."]);
    expect(await states()).toEqual(["opened sent", "opened withdrawn", "resolved withdrawn"]);
  });

  it("after two days it is not too late, and can be undone at once", async () => {
    const { hook, ntfy, tell, plant, pass, run, states, notify, clock } = await duty();
    run();
    const { id } = await ntfy("Duty");
    await plant("i-1", "critical");
    await notify.channels.change(boss, id, { mutedUntil: clock.now() + 72 * hour });
    await tell("i-1", "opened");
    await pass(48 * hour, 24 * hour);
    hook.answer = (response) => void response.writeHead(503).end();
    const { channel } = await notify.channels.change(boss, id, { mutedUntil: null });
    expect(channel.mutedUntil).toBeNull();
    await pass(1_000);
    expect(await states()).toEqual(["opened waiting"]);
    hook.answer = (response) => void response.end("{}");
    await pass(minute, 1_000);
    expect(await states()).toEqual(["opened sent"]);
  });
});

describe("a removed channel", () => {
  it("comes back with what waited for it, for ten minutes", async () => {
    const { hook, ntfy, tell, plant, pass, run, states, notify } = await duty();
    run();
    const { id } = await ntfy("Duty");
    await plant("i-1", "critical");
    await plant("i-2", "critical");
    await tell("i-1", "opened");
    await notify.channels.remove(boss, id);
    await expect(notify.channels.of(id)).rejects.toMatchObject({ kind: "not-found" });
    await tell("i-1", "resolved");
    await pass(5 * minute);
    expect(hook.got).toHaveLength(1);
    await notify.channels.restore(boss, id);
    await pass(1_000);
    expect(await states()).toEqual(["opened sent", "resolved sent"]);
    await notify.channels.remove(boss, id);
    await tell("i-2", "opened");
    await pass(notifyLimits.undoMs + minute, minute);
    await expect.poll(states).toEqual(["opened sent", "resolved sent", "opened withdrawn"]);
    await expect(notify.channels.restore(boss, id)).rejects.toMatchObject({ kind: "not-found" });
  });

  it("one that was added during an incident hears nothing of it, and says so", async () => {
    const { hook, ntfy, tell, plant, run, records, health } = await duty();
    run();
    await plant("i-1", "critical");
    await records.db.updateTable("incident").set({ told_at: 1, opened_at: 1 }).execute();
    await tell("i-1", "opened");
    const { id } = await ntfy("Later");
    await tell("i-1", "updated");
    await tell("i-1", "resolved");
    expect(hook.got).toEqual([]);
    expect(await health(id)).toMatchObject({ missed: 1 });
  });
});
