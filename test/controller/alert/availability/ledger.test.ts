import { describe, expect, it } from "vitest";
import { brokenPlaces } from "../../../../controller/alert/availability/check.ts";
import { availabilityLimits } from "../../../../controller/alert/availability/interval.ts";
import { freshLedger, minuteMs } from "./fresh.ts";

describe("the ledger on real records", () => {
  it("killed in the middle: known up to the last write, unknown until the device is heard again", async () => {
    const fresh = await freshLedger();
    const first = fresh.open();
    await first.start();
    await fresh.pass(first, 10);
    fresh.set(first, fresh.ids, { state: "offline" });
    // Killed before that was written, and started again 20 minutes later.
    fresh.clock.pass(20 * minuteMs);
    expect(await fresh.said()).toEqual(["up 0-30"]);
    // As presence had saved it.
    for (const one of fresh.devices.values())
      fresh.devices.set(one.id, { ...one, state: "online", since: fresh.begin });
    const second = fresh.open();
    await second.start();
    await fresh.pass(second, 2);
    expect(await fresh.said()).toEqual(["up 0-10", "unknown away 10-32"]);
    fresh.set(second, fresh.ids, { state: "online", since: fresh.begin });
    await fresh.pass(second, 1);
    expect(await fresh.said()).toEqual(["up 0-10", "unknown away 10-32", "up 32-33"]);
    await second.stop();
    const third = fresh.open();
    await third.start();
    await third.settle();
    expect(await fresh.said()).toEqual(["up 0-10", "unknown away 10-32", "up 32-33"]);
  });

  it("a site's failure is unreachable, what a rule finds bad degraded, a planned window maintenance or it counts", async () => {
    const fresh = await freshLedger();
    const ledger = fresh.open();
    await ledger.start();
    await fresh.pass(ledger, 10);
    fresh.set(ledger, fresh.ids, { state: "offline" });
    await fresh.pass(ledger, 1);
    fresh.set(ledger, fresh.ids, { since: fresh.clock.now() - minuteMs }, [
      incidentOf("site_unreachable", "critical", fresh.begin + 10 * minuteMs),
    ]);
    await fresh.pass(ledger, 9);
    fresh.set(ledger, fresh.ids, { state: "online", boot: "boot-b" });
    await fresh.pass(ledger, 10);
    const up = { state: "online" as const, since: fresh.clock.now() - 10 * minuteMs };
    fresh.set(ledger, fresh.ids, up, [incidentOf("radio_off", "major", fresh.begin + 25 * minuteMs)]);
    await fresh.pass(ledger, 5);
    fresh.set(ledger, fresh.ids, up, [incidentOf("noise", "info", fresh.begin + 25 * minuteMs)]);
    await fresh.pass(ledger, 5);
    fresh.muted.set("ap-00000", { sla: "exclude" });
    await ledger.settle();
    await fresh.pass(ledger, 5);
    fresh.muted.set("ap-00000", { sla: "count" });
    await ledger.settle();
    await fresh.pass(ledger, 5);
    fresh.set(ledger, fresh.ids, { state: "offline" });
    await fresh.pass(ledger, 5);
    expect(await fresh.said()).toEqual([
      ...["up 0-10", "unreachable restart 10-20", "up 20-25", "degraded radio_off 25-35", "up 35-40"],
      ...["maintenance 40-45", "up 45-50", "down maintenance 50-55"],
    ]);
  });

  it("the clock set an hour ahead: nobody saw that hour; set back: it is counted once", async () => {
    const fresh = await freshLedger();
    const ledger = fresh.open();
    await ledger.start();
    await fresh.pass(ledger, 10);
    fresh.clock.pass(60 * minuteMs);
    await ledger.settle();
    fresh.set(ledger, fresh.ids, { state: "online", since: fresh.begin });
    await fresh.pass(ledger, 10);
    expect(await fresh.said()).toEqual(["up 0-10", "unknown away 10-70", "up 70-80"]);
    fresh.clock.pass(-60 * minuteMs);
    await ledger.settle();
    fresh.set(ledger, fresh.ids, { state: "offline" });
    await fresh.pass(ledger, 65);
    fresh.set(ledger, fresh.ids, { state: "online" });
    await fresh.pass(ledger, 5);
    expect(await fresh.said()).toEqual(["up 0-10", "unknown away 10-70", "up 70-80", "down line 80-85", "up 85-90"]);
  });

  it("ten thousand devices that flip in one second are a few statements", async () => {
    const fresh = await freshLedger(10_000);
    const ledger = fresh.open();
    await ledger.start();
    await ledger.settle();
    fresh.clock.pass(1_000);
    fresh.set(ledger, fresh.ids, { state: "offline" });
    fresh.asked.length = 0;
    expect(ledger.counts()).toEqual({ devices: 10_000, waiting: 10_000 });
    await ledger.settle();
    const slices = 10_000 / availabilityLimits.rowsAtOnce;
    expect(fresh.asked).toHaveLength(2 * slices + 1);
    const { n } = await fresh.records.db
      .selectFrom("availability_interval")
      .select((e) => e.fn.countAll<number>().as("n"))
      .executeTakeFirstOrThrow();
    expect(n).toBe(10_000);
  });

  it("what could not be written waits; of more than it may keep, nothing is known but what was written", async () => {
    const fresh = await freshLedger(3);
    const ledger = fresh.open({ rowsWaiting: 3 });
    await ledger.start();
    await fresh.pass(ledger, 1);
    const { db } = fresh.records;
    await db.schema.alterTable("availability_open").renameTo("away").execute();
    const flip = async (state: "offline" | "online") => {
      fresh.clock.pass(minuteMs);
      fresh.set(ledger, fresh.ids, { state });
      await expect(ledger.settle()).rejects.toThrow("availability_open");
    };
    await flip("offline");
    expect(ledger.counts()["waiting"]).toBe(3);
    await flip("online");
    expect(ledger.counts()["waiting"]).toBe(6);
    await db.schema.alterTable("away").renameTo("availability_open").execute();
    await fresh.pass(ledger, 1);
    fresh.set(ledger, fresh.ids, { state: "online" });
    await fresh.pass(ledger, 1);
    expect(await fresh.said()).toEqual(["up 0-1", "unknown away 1-4", "up 4-5"]);
  });

  it("a removed device's past stays, is forgotten in time, and a new one begins when it is known", async () => {
    const fresh = await freshLedger(2);
    const ledger = fresh.open();
    await ledger.start();
    const changes = async () =>
      (await fresh.records.db.selectFrom("device_change").selectAll().execute()).map(({ text }) => text);
    fresh.set(ledger, ["ap-00000"], { state: "online", since: fresh.begin, boot: "boot-b" });
    await fresh.pass(ledger, 1);
    expect(await changes()).toEqual(["restarted"]);
    fresh.devices.delete("ap-00001");
    await fresh.pass(ledger, 1);
    expect(await fresh.said("ap-00001")).toEqual(["up 0-2"]);
    fresh.set(ledger, ["ap-00000"], { state: "offline" });
    await fresh.pass(ledger, 1);
    fresh.clock.pass(availabilityLimits.keptMs);
    await ledger.settle();
    expect(await fresh.said("ap-00001")).toEqual([]);
    expect((await fresh.said()).map((one) => one.split(" ")[0])).toEqual(["down", "unknown", "down"]);
    expect(await changes()).toEqual([]);
  });

  it("looks once a day whether it is whole, and would see where it is not", async () => {
    const fresh = await freshLedger(3);
    const ledger = fresh.open();
    await ledger.start();
    for (const state of ["offline", "online", "offline"] as const) {
      await fresh.pass(ledger, 5);
      fresh.set(ledger, fresh.ids, { state });
    }
    await fresh.pass(ledger, 5);
    expect(await brokenPlaces(fresh.records)).toEqual([]);
    const { db } = fresh.records;
    await db.deleteFrom("availability_interval").where("device", "=", "ap-00000").where("state", "=", "down").execute();
    await db.updateTable("availability_open").set({ from_at: 7 }).where("device", "=", "ap-00001").execute();
    const at = fresh.begin + 10 * minuteMs;
    expect(await brokenPlaces(fresh.records)).toEqual([
      { device: "ap-00000", at },
      { device: "ap-00001", at: fresh.begin },
    ]);
    await db.deleteFrom("availability_interval").where("device", "!=", "ap-00002").execute();
    fresh.clock.pass(availabilityLimits.checkMs);
    await ledger.settle();
    expect(fresh.errors).toEqual([]);
    await db
      .updateTable("availability_interval")
      .set((e) => ({ to_at: e("to_at", "+", 1) }))
      .execute();
    fresh.clock.pass(availabilityLimits.checkMs);
    await ledger.settle();
    expect(fresh.errors).toEqual(["availability has holes or overlaps"]);
  });
});

function incidentOf(rule: string, severity: "critical" | "major" | "info", since: number) {
  const member = { device: "ap-00000", name: "Demo", state: "down" as const, since };
  return {
    ...{ id: `incident_${rule}`, state: "open" as const, rule, severity, root: { type: "site" as const, id: "a" } },
    ...{ site: "a", cause: null, facts: {} as never, since, openedAt: since, resolvedAt: null, generation: 1 },
    ...{
      tellAt: null,
      toldAt: null,
      toldMembers: 0,
      updateAt: null,
      recoverBy: null,
      includes: [],
      muted: null,
      ack: null,
      escalation: null,
    },
    members: new Map([["ap-00000", { ...member, backAt: null, boot: null, cause: null }]]),
  };
}
