import { describe, expect, it } from "vitest";
import type { Alerts } from "../../../controller/alert/index.ts";
import { freshAlerts, jo } from "./fresh.ts";

/** Seconds pass, a turn each. */
async function live(fresh: { clock: { pass(ms: number): void } }, alerts: Alerts, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    fresh.clock.pass(1_000);
    await alerts.turn();
  }
}
const tell = (alerts: Alerts, ids: readonly string[]) => {
  for (const id of ids) alerts.deviceChanged(id);
};

describe("alerts on real records", () => {
  it.each([10, 30, 60])("a new process %i s after the loss: one beginning, one end", async (seconds) => {
    const fresh = await freshAlerts();
    await fresh.addChannel();
    const ids = fresh.site("a", 5);
    const first = fresh.open();
    await first.start();
    await first.turn();
    fresh.set(ids, "offline");
    tell(first, ids);
    await live(fresh, first, seconds);
    // Killed: it never stopped. What it told is in the outbox.
    const second = fresh.open();
    await second.start();
    await live(fresh, second, 60);
    expect(await fresh.outbox()).toEqual(["opened"]);
    fresh.set(ids, "online");
    tell(second, ids);
    const third = fresh.open();
    await third.start();
    await live(fresh, third, 5);
    expect(await fresh.outbox()).toEqual(["opened", "resolved"]);
    expect(await third.list({ limit: 10 })).toMatchObject([
      {
        state: "resolved",
        rule: "site_unreachable",
        cause: "line",
        members: Array.from({ length: 5 }, () => ({ state: "back" })),
      },
    ]);
  });

  it("a turn that cannot be written did not happen, and is done again", async () => {
    const fresh = await freshAlerts();
    await fresh.addChannel();
    const ids = fresh.site("a", 5);
    let full = true;
    const alerts = fresh.open({
      async enqueue(t, notice) {
        if (full) throw new Error("the disk is full");
        await fresh.notify.enqueue(t, notice);
      },
    });
    await alerts.start();
    fresh.set(ids, "offline");
    await live(fresh, alerts, 60);
    expect(alerts.counts()["failedTurns"]).toBeGreaterThan(10);
    expect(await fresh.outbox()).toEqual([]);
    expect(await alerts.list({ limit: 10 })).toMatchObject([{ told: [] }]);
    full = false;
    await live(fresh, alerts, 2);
    expect(await fresh.outbox()).toEqual(["opened"]);
  });

  it("what a person does in the middle of a turn waits for its end: neither is lost", async () => {
    const fresh = await freshAlerts();
    await fresh.addChannel();
    const ids = fresh.site("a", 5);
    let go = (): void => {};
    let held: Promise<void> | null = null;
    const alerts = fresh.open({
      async enqueue(t, notice) {
        await held;
        await fresh.notify.enqueue(t, notice);
      },
    });
    await alerts.start();
    fresh.set(ids.slice(0, 1), "offline");
    tell(alerts, ids);
    await live(fresh, alerts, 60);
    const [{ id } = { id: "" }] = await alerts.list({ limit: 1 });
    held = new Promise((done) => {
      go = done;
    });
    // Its site goes, too: the turn that says so is being written.
    fresh.set(ids, "offline");
    tell(alerts, ids);
    fresh.clock.pass(1_000);
    const turn = alerts.turn();
    const took = alerts.ack(id, jo);
    go();
    await Promise.all([turn, took]);
    await live(fresh, alerts, 5);
    expect(await alerts.of(id)).toMatchObject({ rule: "site_unreachable", ackedBy: "jo" });
    expect(await fresh.outbox()).toEqual(["opened", "updated"]);
  });

  it("a device that was removed while nothing ran: its incident is closed", async () => {
    const fresh = await freshAlerts();
    const ids = fresh.site("a", 5);
    const first = fresh.open();
    await first.start();
    fresh.set(ids.slice(0, 1), "offline");
    await live(fresh, first, 60);
    fresh.devices.delete("a-0");
    const second = fresh.open();
    await second.start();
    await second.turn();
    expect(await second.list({ limit: 10 })).toMatchObject([{ state: "closed", cause: "removed" }]);
  });

  it("ten thousand devices that expire in one second are one incident, shown in part", async () => {
    const fresh = await freshAlerts();
    await fresh.addChannel();
    const ids = fresh.site("big", 10_000);
    const alerts = fresh.open();
    await alerts.start();
    await alerts.turn();
    fresh.set(ids, "offline");
    tell(alerts, ids);
    await live(fresh, alerts, 20);
    const [incident, ...more] = await alerts.list({ limit: 10 });
    expect(more).toEqual([]);
    expect(incident?.members).toHaveLength(200);
    expect(incident?.sentence).toMatch(/^Site big: all 10000 devices are offline/);
    expect(await fresh.outbox()).toEqual(["opened"]);
  });

  it("blind: presence is told, once each way, and again after a restart", async () => {
    const fresh = await freshAlerts();
    for (const site of ["a", "b", "c", "d"]) fresh.site(site, 3);
    const alerts = fresh.open();
    await alerts.start();
    await alerts.turn();
    const lost = [...fresh.devices.keys()].filter((id) => !id.startsWith("d"));
    fresh.set(lost, "offline");
    tell(alerts, lost);
    await alerts.turn();
    expect(fresh.blind).toEqual([fresh.clock.now()]);
    fresh.set(lost, "unknown");
    tell(alerts, lost);
    await live(fresh, alerts, 30);
    const again = fresh.open();
    await again.start();
    expect(fresh.blind).toHaveLength(2);
    await live(fresh, again, 5);
    expect(await again.list({ state: "open", limit: 10 })).toMatchObject([{ rule: "controller_blind" }]);
    fresh.set(lost, "online");
    tell(again, lost);
    await again.turn();
    expect(fresh.blind.at(-1)).toBeNull();
    expect(await again.list({ limit: 10 })).toMatchObject([{ rule: "controller_blind", state: "resolved" }]);
  });

  it("somebody takes it and notes something; over, it cannot be taken", async () => {
    const fresh = await freshAlerts();
    const ids = fresh.site("a", 2);
    const alerts = fresh.open();
    await alerts.start();
    fresh.set(ids.slice(0, 1), "offline");
    await live(fresh, alerts, 60);
    const [{ id } = { id: "" }] = await alerts.list({ limit: 1 });
    await alerts.ack(id, jo);
    const amy = { kind: "user", id: "user_amy", name: "amy" };
    await expect(alerts.ack(id, amy)).rejects.toMatchObject({ code: "taken" });
    await alerts.note(id, jo, { text: "called the supplier", reference: "T-17" });
    expect(await alerts.of(id)).toMatchObject({ ackedBy: "jo", reference: "T-17" });
    expect((await alerts.events(id)).map(({ kind }) => kind)).toEqual(["opened", "told", "acknowledged", "note"]);
    fresh.set(ids, "online");
    tell(alerts, ids);
    await live(fresh, alerts, 2);
    // What people wrote outlives the next turn.
    expect(await alerts.of(id)).toMatchObject({ state: "resolved", ackedBy: "jo", reference: "T-17" });
    await expect(alerts.ack(id, jo)).rejects.toMatchObject({ code: "over" });
    await expect(alerts.ack("none-such", jo)).rejects.toMatchObject({ kind: "not-found" });
    expect((await fresh.audit.list({ limit: 9 })).map(({ action }) => action)).toEqual([
      "incident.noted",
      "incident.acknowledged",
    ]);
  });
});
