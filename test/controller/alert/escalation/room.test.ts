import { describe, expect, it } from "vitest";
import { createEscalation } from "../../../../controller/alert/escalation/index.ts";
import type { Alerts } from "../../../../controller/alert/index.ts";
import { freshAlerts, jo } from "../fresh.ts";

const minute = 60_000;

/** The alert room with a policy and three channels, on real records; `again` is the next process. */
async function escalated() {
  const fresh = await freshAlerts();
  const ids = fresh.site("a", 5);
  const [desk, boss, group] = [await fresh.addChannel(), await fresh.addChannel(), await fresh.addChannel()].map(
    ({ channel }) => channel.id,
  ) as [string, string, string];
  let escalation = await createEscalation(fresh);
  let alerts: Alerts = fresh.open({ policy: () => escalation.policy() });
  await alerts.start();
  const names: Record<string, string> = { [desk]: "desk", [boss]: "boss", [group]: "group" };
  const steps = [
    { afterMs: 0, channels: [desk] },
    { afterMs: 5 * minute, channels: [boss] },
    { afterMs: 10 * minute, channels: [group] },
  ];
  return {
    ...fresh,
    ids,
    channels: { desk, boss, group },
    steps,
    escalation: () => escalation,
    alerts: () => alerts,
    async pass(minutes: number): Promise<void> {
      for (let i = 0; i < minutes * 6; i++) {
        fresh.clock.pass(10_000);
        await alerts.turn();
      }
    },
    become(state: "offline" | "online"): void {
      fresh.set(ids.slice(0, 1), state);
      alerts.deviceChanged(ids[0] ?? "");
    },
    async again(): Promise<void> {
      await alerts.stop();
      escalation = await createEscalation(fresh);
      alerts = fresh.open({ policy: () => escalation.policy() });
      await alerts.start();
      await alerts.turn();
    },
    /** "opened desk" */
    async notices(): Promise<string[]> {
      const rows = await fresh.records.db.selectFrom("outbox").selectAll().orderBy("id").execute();
      return rows.map(({ kind, channel }) => `${kind} ${names[channel]}`);
    },
  };
}

describe("escalation on real records", () => {
  it("each hears the beginning in their turn, and the end; a restart in every step changes nothing", async () => {
    const t = await escalated();
    await t.escalation().put(jo, { steps: t.steps }, 0);
    t.become("offline");
    await t.pass(2);
    expect(await t.notices()).toEqual(["opened desk"]);
    const [{ id } = { id: "" }] = await t.alerts().list({ limit: 1 });
    expect(await t.alerts().of(id)).toMatchObject({ escalation: { nextStep: 2, round: 0 } });
    await t.again();
    await t.pass(5);
    await t.again();
    expect(await t.notices()).toEqual(["opened desk", "opened boss"]);
    await t.alerts().ack(id, jo, 20 * minute);
    await t.again();
    await t.pass(10);
    expect(await t.alerts().of(id)).toMatchObject({ escalation: { nextStep: 3, nextAt: null } });
    await t.alerts().unack(id, jo);
    await t.pass(6);
    expect((await t.notices()).slice(2)).toEqual(["opened group"]);
    t.become("online");
    await t.pass(1);
    expect((await t.notices()).slice(3).sort()).toEqual(["resolved boss", "resolved desk", "resolved group"]);
    expect((await t.alerts().of(id))?.escalation).toBeUndefined();
  });

  it("a step of which nobody is left is everybody's", async () => {
    const t = await escalated();
    await t.escalation().put(jo, { steps: t.steps }, 0);
    await t.notify.channels.remove(jo, t.channels.desk);
    t.become("offline");
    await t.pass(2);
    // What waits for a removed channel goes with it.
    expect((await t.notices()).sort()).toEqual(["opened boss", "opened desk", "opened group"]);
    expect(await t.escalation().view()).toMatchObject({ missing: [t.channels.desk], version: 1, onDuty: null });
  });

  it("is changed by who saw the newest, names channels that are there, and is in the audit log", async () => {
    const t = await escalated();
    const put = (channel: string, seen?: number) =>
      t.escalation().put(jo, { steps: [{ afterMs: 0, channels: [channel] }] }, seen);
    await expect(put("channel_none", 0)).rejects.toThrow(/there is no channel channel_none/);
    await put(t.channels.desk, 0);
    await expect(put(t.channels.desk, 0)).rejects.toMatchObject({ kind: "stale" });
    expect((await put(t.channels.boss, 1)).version).toBe(2);
    expect((await t.audit.list({ limit: 9 })).map(({ action }) => action).slice(0, 2)).toEqual([
      "escalation.changed",
      "escalation.changed",
    ]);
    expect(t.escalation().policy()).not.toBeNull();
    await t.escalation().put(jo, { steps: [] }, 2);
    expect(t.escalation().policy()).toBeNull();
  });
});
