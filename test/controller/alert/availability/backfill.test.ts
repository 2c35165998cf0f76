import { describe, expect, it } from "vitest";
import { availabilityLimits } from "../../../../controller/alert/availability/interval.ts";
import { createLedger } from "../../../../controller/alert/availability/ledger.ts";
import { coveredShare } from "../../../../controller/alert/availability/revise.ts";
import { quiet } from "../../records/fresh.ts";
import { freshAlerts } from "../fresh.ts";
import { freshLedger, minuteMs } from "./fresh.ts";

const hourMs = 60 * minuteMs;
const minute = (n: number) => n * minuteMs;

type Records = Awaited<ReturnType<typeof freshLedger>>["records"];
const arrive = (records: Records, device: string, from: number, to: number, arrivedAt: number) =>
  records.db
    .insertInto("late_arrival")
    .values({ device, from_at: from, to_at: to, points: 9, arrived_at: arrivedAt })
    .execute();

describe("what comes afterwards", () => {
  it("six hours that were lost are up with their line down, once the device has delivered what it kept", async () => {
    const fresh = await freshLedger(2);
    const { clock, records, begin, ids } = fresh;
    const ledger = fresh.open();
    await ledger.start();
    await fresh.pass(ledger, 10);
    fresh.set(ledger, ids, { state: "offline" });
    await fresh.pass(ledger, 360);
    // The other one restarted: its flash says nothing of the time in which it had no power.
    fresh.set(ledger, ids.slice(0, 1), { state: "online" });
    fresh.set(ledger, ids.slice(1), { state: "online", boot: "boot-b" });
    const lost = begin + minute(10);
    for (const id of ids) await arrive(records, id, lost, lost + 3 * hourMs, clock.now());
    await fresh.pass(ledger, 1);
    expect(await fresh.said()).toEqual(["up 0-10", "down line 10-370", "up 370-371"]);
    await records.db
      .updateTable("late_arrival")
      .set({ to_at: lost + 6 * hourMs - 20_000, arrived_at: clock.now() })
      .execute();
    await fresh.pass(ledger, 1);
    expect(await fresh.said()).toEqual(["up 0-10", "up line 10-370 revised", "up 370-372"]);
    expect(await fresh.said(ids[1])).toEqual(["up 0-10", "down restart 10-370", "up 370-372"]);
    // What was written first stays as it was.
    const rows = await records.db
      .selectFrom("availability_interval")
      .select("state")
      .where("from_at", "=", lost)
      .execute();
    expect(rows.map(({ state }) => state)).toEqual(["down", "down"]);
  });

  it("also what no controller saw; but nothing that is longer ago than a week", async () => {
    const fresh = await freshLedger();
    const { clock, records, begin, ids } = fresh;
    const first = fresh.open();
    await first.start();
    await fresh.pass(first, 10);
    clock.pass(minute(60));
    const ledger = fresh.open();
    await ledger.start();
    fresh.set(ledger, ids, { state: "online", since: begin });
    await fresh.pass(ledger, 1);
    fresh.set(ledger, ids, { state: "offline" });
    await fresh.pass(ledger, 9);
    fresh.set(ledger, ids, { state: "online" });
    await arrive(records, "ap-00000", begin + minute(10), begin + minute(70), clock.now());
    await fresh.pass(ledger, 1);
    const said = ["up 0-10", "up 10-70 revised", "up 70-71", "down line 71-80"];
    expect(await fresh.said()).toEqual([...said, "up 80-81"]);
    clock.pass(availabilityLimits.revisedMs);
    await arrive(records, "ap-00000", begin + minute(71), begin + minute(80), clock.now());
    await fresh.pass(ledger, 1);
    expect((await fresh.said()).slice(0, 4)).toEqual(said);
  });

  it("is how much of the gap? what overlaps counts once, and the newest half minute is never late", () => {
    const gap = { from: 0, to: minute(10) };
    expect(coveredShare(gap, [])).toBe(0);
    expect(coveredShare(gap, [{ from: -minute(1), to: minute(20) }])).toBe(1);
    expect(coveredShare(gap, [{ from: 0, to: minute(9.5) }])).toBe(1);
    const twice = [
      { from: minute(1), to: minute(5) },
      { from: minute(2), to: minute(4.5) },
    ];
    expect(coveredShare(gap, twice)).toBeCloseTo(0.45);
  });

  it("a site's incident says so when the last of its devices has shown it; nobody is told anew", async () => {
    const fresh = await freshAlerts();
    const { clock, records, devices } = fresh;
    await fresh.addChannel();
    const ids = fresh.site("a", 3);
    const explained: string[] = [];
    const ledger = createLedger({
      ...{ clock, log: quiet, records, limits: { writeMs: availabilityLimits.keptMs } },
      devices: () => devices.keys(),
      device: (id) => devices.get(id),
      muted: () => null,
      explained: (incidents) => explained.push(...incidents),
    });
    await ledger.start();
    const alerts = fresh.open({ ledger });
    await alerts.start();
    const run = async (seconds: number) => {
      for (let i = 0; i < seconds; i++) {
        clock.pass(1_000);
        await alerts.turn();
      }
      await ledger.settle();
    };
    await run(30);
    const lostAt = clock.now();
    fresh.set(ids, "offline");
    for (const id of ids) alerts.deviceChanged(id);
    for (let i = 0; i < 14; i++) await run(60);
    fresh.set(ids, "online");
    for (const id of ids) alerts.deviceChanged(id);
    await run(2);
    const [incident] = await alerts.list({ limit: 1 });
    expect(incident).toMatchObject({ state: "resolved", rule: "site_unreachable", cause: "line" });
    expect(incident?.sentence).toMatch(/; they were up all the time, only their line was down\.$/);
    const [last = "", ...first] = ids;
    for (const id of first) await arrive(records, id, lostAt, clock.now(), clock.now());
    await run(31);
    expect(explained).toEqual([]);
    await arrive(records, last, lostAt, clock.now(), clock.now());
    await run(31);
    await run(31);
    expect(explained).toEqual([incident?.id]);
    expect((await alerts.of(incident?.id ?? ""))?.sentence).toMatch(
      /; they were up and serving locally; the line was down 14 min\.$/,
    );
    expect((await alerts.events(incident?.id ?? "")).at(-1)).toMatchObject({
      kind: "explained",
      text: "the line was down 14 min",
    });
    expect(await fresh.outbox()).toEqual(["opened", "resolved"]);
  });
});
