import { describe, expect, it } from "vitest";
import { notifyLimits } from "../../../controller/notify/limits.ts";
import { boss, freshNotify, receiver } from "./fresh.ts";

const now = { when: { critical: "now", major: "now", warning: "now", info: "now" } } as const;

async function pair(delivery = {}) {
  const [first, second] = [await receiver(), await receiver()];
  const fresh = await freshNotify();
  const at = (port: number) => ({ topic: "duty", server: `http://127.0.0.1:${port}` });
  const standIn = await fresh.add("ntfy", "Stand-in", at(second.port), {
    when: { critical: "never", major: "never", warning: "never", info: "never" },
    ...delivery,
  });
  const duty = await fresh.add("ntfy", "Duty", at(first.port), { ...now, fallback: standIn.id });
  fresh.run();
  const of = async (id: string) =>
    (await fresh.rows()).filter(({ channel }) => channel === id).map(({ kind, state }) => `${kind} ${state}`);
  return { ...fresh, tell: fresh.tellNow, first, second, duty, standIn, of };
}

describe("a channel that can't be reached", () => {
  it("passes a critical notice on after a minute, and both hear the end", async () => {
    const { first, second, plant, tell, pass, duty, standIn, of, over } = await pair();
    first.answer = (response) => void response.writeHead(503).end("down");
    await plant("i-1", "critical");
    await tell("i-1", "opened");
    await pass(notifyLimits.passOnMs - 2_000, 2_000);
    expect(second.got).toEqual([]);
    await pass(3_000, 1_000);
    expect(second.got).toHaveLength(1);
    expect(second.got[0]?.body.message).toContain(
      "You are told because Duty could not be (503 Service Unavailable: down).",
    );
    first.answer = (response) => void response.end("{}");
    await pass(notifyLimits.retryMaxMs, 10_000);
    over("i-1");
    await tell("i-1", "resolved");
    expect(await of(duty.id)).toEqual(["opened sent", "resolved sent"]);
    expect(await of(standIn.id)).toEqual(["opened sent", "resolved sent"]);
    expect(second.got).toHaveLength(2);
  });

  it("keeps what is less than critical, however long", async () => {
    const { first, second, plant, tell, pass } = await pair();
    first.answer = (response) => void response.writeHead(503).end();
    await plant("i-1", "major");
    await tell("i-1", "opened");
    await pass(30 * 60_000, 60_000);
    expect(second.got).toEqual([]);
  });

  it("given up at once: told on the other, shown as failed until it works again", async () => {
    const { first, second, plant, tell, pass, duty, standIn, of, health, notify } = await pair();
    first.answer = (response) => void response.writeHead(403).end('{"code":40301,"http":403,"error":"forbidden"}');
    await plant("i-1", "major");
    await tell("i-1", "opened");
    await pass(1_000);
    expect([await of(duty.id), await of(standIn.id)]).toEqual([
      ["opened dead"],
      ["opened skipped", "opened sent"].slice(1),
    ]);
    expect(second.got).toHaveLength(1);
    expect(await health(duty.id)).toMatchObject({
      failures: 1,
      dead: 1,
      problem: "403 forbidden",
      fallback: "Stand-in",
    });
    first.answer = (response) => void response.end("{}");
    expect((await notify.test(duty.id)).ok).toBe(true);
    expect(await health(duty.id)).toMatchObject({ failures: 0, problem: null });
  });

  it("an end that could not be told is told by the other; nothing goes back and forth", async () => {
    const { first, second, plant, tell, pass, standIn, duty, of, notify } = await pair(now);
    await notify.channels.change(boss, standIn.id, { delivery: { fallback: duty.id } });
    await plant("i-1", "critical");
    await tell("i-1", "opened");
    expect([first.got.length, second.got.length]).toEqual([1, 1]);
    for (const one of [first, second]) one.answer = (response) => void response.writeHead(410).end();
    await tell("i-1", "resolved");
    await pass(5_000, 1_000);
    expect([await of(duty.id), await of(standIn.id)]).toEqual([
      ["opened sent", "resolved dead"],
      ["opened sent", "resolved dead"],
    ]);
  });

  it("the other has to be another, and there", async () => {
    const { duty, standIn, notify } = await pair();
    const set = (fallback: string) => notify.channels.change(boss, duty.id, { delivery: { fallback } });
    await expect(set(duty.id)).rejects.toMatchObject({ faults: [{ path: "delivery.fallback" }] });
    await expect(set("channel_none")).rejects.toMatchObject({ faults: [{ path: "delivery.fallback" }] });
    await notify.channels.remove(boss, standIn.id);
    await expect(notify.channels.change(boss, duty.id, { name: "Still" })).resolves.toBeDefined();
  });
});

describe("a step of an escalation", () => {
  it("tells only its channels; who was not told yet hears the beginning", async () => {
    const { first, second, plant, tell, duty, standIn, of } = await pair(now);
    await plant("i-1", "critical");
    await tell("i-1", "opened", [duty.id]);
    expect([first.got.length, second.got.length]).toEqual([1, 0]);
    await tell("i-1", "updated", [standIn.id]);
    await tell("i-1", "resolved");
    expect(await of(standIn.id)).toEqual(["opened sent", "resolved sent"]);
    expect(await of(duty.id)).toEqual(["opened sent", "resolved sent"]);
  });
});

describe("programs", () => {
  it("get no digest and no quiet hours", async () => {
    const { add } = await pair();
    const wish = add("webhook", "Hook", { url: "https://a.example/" }, { when: { ...now.when, major: "digest" } });
    await expect(wish).rejects.toMatchObject({ faults: [{ path: "delivery.when.major" }] });
  });
});
