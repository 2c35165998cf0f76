import { describe, expect, it } from "vitest";
import { givenBack, taken } from "../../../controller/alert/attention.ts";
import { alertBounds } from "../../../controller/alert/limits.ts";
import { freshAlerts, jo } from "./fresh.ts";
import { type Town, town } from "./town.ts";

const minute = 60_000;
const take = (t: Town, forMs: number = alertBounds.ackMs): void =>
  t.byHand(t.open()[0]?.id ?? "", (was) => taken(was, { id: "user_jo", name: "jo" }, t.now(), t.now() + forMs));
const events = (t: Town) => t.steps.flatMap((step) => step.events.map(({ kind, text }) => `${kind} ${text}`.trim()));

describe("what somebody took", () => {
  it("is told again when their time is over, in words that say so; and its end is told", () => {
    const t = town({ a: 5, b: 4, c: 3, d: 3 });
    t.lose(["a-0"]);
    t.pass(60);
    take(t, 10 * minute);
    t.pass(10 * 60 - 1);
    expect(t.told).toHaveLength(1);
    t.pass(60);
    expect(t.told).toEqual(["opened device_down a-0", "updated device_down a-0"]);
    expect(t.sentences()[1]).toMatch(/Nobody has it now: jo had it for 10 min\.$/);
    expect(events(t)).toContain("ack-over jo had it for 10 min");
    take(t, minute);
    expect(t.open()[0]?.facts.again).toBeUndefined();
    t.back(["a-0"]);
    expect(t.told.slice(2)).toEqual(["resolved device_down a-0"]);
  });

  it("is nobody's when it becomes worse: told at once", () => {
    const t = town({ a: 5, b: 4, c: 3, d: 3 });
    t.lose(["a-0"]);
    t.pass(50);
    take(t);
    t.pass(5);
    t.lose(["a-1", "a-2", "a-3", "a-4"]);
    t.pass(30);
    expect(t.told).toEqual(["opened device_down a-0", "updated site_unreachable a"]);
    expect(t.open()).toMatchObject([{ severity: "critical", ack: null }]);
    expect(t.sentences()[1]).toMatch(/Nobody has it now: it is worse than when jo took it\.$/);
  });

  it("is nobody's when it grew by more than half and by five; not before", () => {
    const grown = (first: number, more: number): boolean => {
      const t = town({ a: 30, b: 4, c: 3, d: 3 });
      t.lose(t.of("a").slice(0, 16));
      t.pass(60);
      // Some of them come back before it is taken.
      t.jump(1);
      t.back(t.of("a").slice(first, 16));
      take(t);
      t.lose(t.of("a").slice(16, 16 + more));
      t.pass(1);
      return t.open()[0]?.ack === null;
    };
    expect([grown(8, 4), grown(8, 5), grown(10, 5), grown(10, 6)]).toEqual([false, true, false, true]);
  });

  it("and is given back is as it was before", () => {
    const t = town({ a: 5, b: 4 });
    t.lose(["a-0"]);
    t.pass(60);
    take(t);
    t.byHand(t.open()[0]?.id ?? "", givenBack);
    t.pass(5 * 3_600);
    expect(t.told).toHaveLength(1);
  });
});

describe("on real records", () => {
  async function one() {
    const fresh = await freshAlerts();
    await fresh.addChannel();
    const [device = ""] = fresh.site("a", 5);
    let alerts = fresh.open();
    await alerts.start();
    fresh.set([device], "offline");
    alerts.deviceChanged(device);
    const pass = async (ms: number): Promise<void> => {
      for (let left = ms; left > 0; left -= 30_000) {
        fresh.clock.pass(Math.min(left, 30_000));
        await alerts.turn();
      }
    };
    await pass(120_000);
    const [{ id } = { id: "" }] = await alerts.list({ limit: 1 });
    return {
      ...fresh,
      id,
      pass,
      alerts: () => alerts,
      kinds: async () => (await alerts.events(id)).map(({ kind }) => kind),
      async again(): Promise<void> {
        await alerts.stop();
        alerts = fresh.open();
        await alerts.start();
        await alerts.turn();
      },
    };
  }

  it("a restart in the middle: whose it is stays, and until when; who has it may have it longer", async () => {
    const t = await one();
    await t.alerts().ack(t.id, jo, 10 * minute);
    await t.pass(5 * minute);
    await t.alerts().ack(t.id, jo, 10 * minute);
    const until = t.clock.now() + 10 * minute;
    await t.again();
    expect(await t.alerts().of(t.id)).toMatchObject({ ackedBy: "jo", ackedUntil: until });
    await t.pass(10 * minute - 30_000);
    expect(await t.outbox()).toEqual(["opened"]);
    await t.again();
    await t.pass(minute);
    expect(await t.outbox()).toEqual(["opened", "updated"]);
    expect(await t.alerts().of(t.id)).not.toHaveProperty("ackedBy");
    expect(await t.kinds()).toEqual(["opened", "told", "acknowledged", "acknowledged", "ack-over", "told"]);
  });

  it("taken, given back, and by somebody else; never by two, nor for longer than allowed", async () => {
    const t = await one();
    const amy = { kind: "user", id: "user_amy", name: "amy" };
    await expect(t.alerts().unack(t.id, jo)).rejects.toMatchObject({ code: "not-taken" });
    await t.alerts().ack(t.id, jo);
    await expect(t.alerts().ack(t.id, amy)).rejects.toMatchObject({ code: "taken" });
    await t.alerts().unack(t.id, amy);
    await t.alerts().ack(t.id, amy);
    await t.pass(30_000);
    expect(await t.alerts().of(t.id)).toMatchObject({ ackedBy: "amy" });
    expect((await t.alerts().events(t.id)).map(({ text }) => text)).toContain("amy, from jo");
    const { ackLeastMs, ackMostMs } = alertBounds;
    for (const forMs of [ackLeastMs - 1, ackMostMs + 1, Number.NaN])
      await expect(t.alerts().ack(t.id, amy, forMs)).rejects.toMatchObject({ kind: "invalid" });
    await t.alerts().ack(t.id, amy, ackMostMs);
  });

  it("is assigned to a user that exists and may sign in, or to nobody", async () => {
    const t = await one();
    const user = { organisation: t.records.organisation, role: "operator", created_at: 1, updated_at: 1 };
    const insert = (id: string, disabled: number) =>
      t.records.db
        .insertInto("user")
        .values({ ...user, id, name: id, disabled })
        .execute();
    await insert("user_amy", 0);
    await insert("user_old", 1);
    await t.alerts().assign(t.id, jo, "user_amy");
    await t.pass(30_000);
    expect(await t.alerts().of(t.id)).toMatchObject({ assignee: { id: "user_amy", name: "user_amy" } });
    await expect(t.alerts().assign(t.id, jo, "user_none")).rejects.toMatchObject({ kind: "not-found" });
    await expect(t.alerts().assign(t.id, jo, "user_old")).rejects.toMatchObject({ code: "disabled" });
    await t.alerts().assign(t.id, jo, null);
    expect(await t.alerts().of(t.id)).not.toHaveProperty("assignee");
    expect((await t.audit.list({ limit: 9 })).map(({ action }) => action).slice(0, 2)).toEqual([
      "incident.assigned",
      "incident.assigned",
    ]);
  });
});
