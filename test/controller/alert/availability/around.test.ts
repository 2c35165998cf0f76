import { describe, expect, it } from "vitest";
import {
  type Around,
  aroundLimits,
  changedOf,
  likelyCause,
  revisionTexts,
} from "../../../../controller/alert/availability/around.ts";
import { createAvailability } from "../../../../controller/alert/availability/index.ts";
import { noticed } from "../../../../controller/alert/availability/notice.ts";
import { factsOf } from "../../../../controller/notify/facts.ts";
import { quiet } from "../../records/fresh.ts";
import { freshAlerts } from "../fresh.ts";

const minuteMs = 60_000;
const noon = Date.UTC(2026, 5, 1, 12);

describe("what changed before an incident", () => {
  const row = (device: string, minutesBefore: number, text: string, kind = "event"): Around => ({
    ...{ at: noon - minutesBefore * minuteMs, kind, device, name: `Demo ${device}`, text },
  });

  it("is newest first, says which device unless it is its own; what many share is one line; bounded", () => {
    const rows = [
      ...[row("a-0", 3, "configuration applied", "configuration"), row("a-1", 9, "restarted", "restart")],
      ...["a-1", "a-2", "a-3", "a-4"].map((id, i) => row(id, 20 + i, "firmware changed from 1 to 2", "firmware")),
    ];
    expect(changedOf("a-0", rows).map(({ text, device }) => [text, device])).toEqual([
      ["configuration applied", "a-0"],
      ["Demo a-1: restarted", "a-1"],
      ["4 devices: firmware changed from 1 to 2", null],
    ]);
    const many = Array.from({ length: 60 }, (_, i) => row("a-1", i, `told ${i}`));
    expect(changedOf("a-0", many)).toHaveLength(aroundLimits.kept);
  });

  it("of a revision: that it was wanted, and what came of it, each within the hour", () => {
    const hour = { from: noon - 60 * minuteMs, to: noon };
    const of = { by_name: "Jo", message: "new channel", outcome: "reverted", cause: "unconfirmed" };
    const texts = (at: number, outcome_at: number | null) =>
      revisionTexts(
        { ...of, at: noon - at * minuteMs, outcome_at: outcome_at && noon - outcome_at * minuteMs },
        hour,
      ).map(({ text }) => text);
    expect(texts(10, 5)).toEqual(["configuration sent by Jo: new channel", "configuration taken back (unconfirmed)"]);
    expect(texts(61, 5)).toEqual(["configuration taken back (unconfirmed)"]);
    expect(texts(10, null)).toEqual(["configuration sent by Jo: new channel"]);
    expect(texts(70, 65)).toEqual([]);
  });

  it("names a likely cause that the sentence has not: what somebody changed, or power at the site; else none", () => {
    const cause = (...rows: Around[]) =>
      likelyCause({ root: { type: "device", id: "a-0" }, since: noon }, changedOf("a-0", rows));
    expect(cause(row("a-0", 3, "configuration applied", "configuration"))).toBe("Configuration applied, 3 min before");
    expect(cause(row("a-0", 11, "configuration applied", "configuration"))).toBeNull();
    expect(cause(row("a-1", 3, "configuration applied", "configuration"))).toBeNull();
    const restarted = ["a-1", "a-2", "a-3", "a-4"].map((id) => row(id, 2, "restarted", "restart"));
    expect(cause(...restarted.slice(0, 1))).toBeNull();
    expect(cause(...restarted.slice(0, 2))).toBe("Power at the site: 2 other devices restarted shortly before");
    expect(cause(...restarted)).toBe("Power at the site: 4 devices restarted shortly before");
  });

  it("of a device: another boot, firmware or agent; what nobody knew before is no change", () => {
    const was = { boot: "boot-a", bootAt: 1, firmware: "1", agent: "0.1.0" };
    const is = { boot: "boot-b", bootAt: 70, firmware: "2", agent: "0.1.0" };
    expect(noticed("a-0", was, is, 99)).toEqual([
      { device: "a-0", at: 70, kind: "restart", text: "restarted" },
      { device: "a-0", at: 70, kind: "firmware", text: "firmware changed from 1 to 2" },
    ]);
    expect(noticed("a-0", undefined, is, 99)).toEqual([]);
    expect(noticed("a-0", { ...was, boot: null, firmware: null }, is, 99)).toEqual([]);
  });

  it("is kept as the incident opens, shown with it, and handed to its notices", async () => {
    const fresh = await freshAlerts();
    const { clock, records, devices } = fresh;
    const [own = "", other = ""] = fresh.site("a", 2);
    const { db } = records;
    const dated = { created_at: 1, updated_at: 1, version: 1 };
    const site = {
      id: "a",
      name: "Site a",
      lat: 1,
      lon: 1,
      time_zone: "Europe/London",
      service_hours_json: '"always"',
    };
    await db
      .insertInto("site")
      .values({ ...site, ...dated, organisation: "main", area: null, uplink_json: null })
      .execute();
    for (const [id, where] of [
      [own, "a"],
      [other, "a"],
      ["else-where", null],
    ] as const)
      await db
        .insertInto("device")
        .values({
          ...{
            id,
            organisation: "main",
            name: `Demo ${id}`,
            kind: "access-point",
            site: where,
            via: null,
            profile: null,
          },
          ...{
            tags_json: "[]",
            lat: null,
            lon: null,
            model: null,
            serial: null,
            sign_key: null,
            seal_key: null,
            ...dated,
          },
        })
        .execute();
    const registry = { device: () => undefined, sites: () => [], servedBy: () => [], membersOf: () => [] };
    const availability = createAvailability({
      ...{ clock, log: quiet, records, registry, changed: () => {}, muted: () => null, usuallyOn: () => 7 },
      devices: () => devices.values(),
      device: (id) => devices.get(id),
    });
    await availability.start();
    const alerts = fresh.open({ ledger: availability.ledger, opened: availability.opened });
    await alerts.start();
    await alerts.turn();
    const begin = clock.now();
    const event = (device: string, seq: number, at: number) => ({
      ...{ device, boot: "boot-a", seq, at, kind: "spool-dropped", severity: "warning", detail: "{}", received_at: at },
    });
    const wanted = { revision: 1, hash: "h", signed_json: "{}", document_json: "{}", trial_ms: 1, message: "" };
    const by = { by_kind: "user", by: "user_jo", by_name: "jo", detail_json: "{}" };
    await db
      .insertInto("device_events")
      .values([
        event(other, 1, begin - 5 * minuteMs),
        event(other, 2, begin - 90 * minuteMs),
        event("else-where", 1, begin),
      ])
      .execute();
    await db
      .insertInto("config_revision")
      .values({ ...wanted, ...by, device: own, at: begin - minuteMs, outcome: "applied", outcome_at: begin - 30_000 })
      .execute();
    // The other one comes with another boot, a minute before this one is lost.
    const was = devices.get(other);
    if (was) devices.set(other, { ...was, boot: "boot-b", bootAt: begin });
    alerts.deviceChanged(other);
    for (let i = 0; i < 60; i++) {
      clock.pass(1_000);
      await alerts.turn();
    }
    await availability.ledger.settle();
    fresh.set([own], "offline");
    alerts.deviceChanged(own);
    for (let i = 0; i < 30; i++) {
      clock.pass(1_000);
      await alerts.turn();
    }
    const [incident] = await alerts.list({ limit: 1 });
    expect(incident).toMatchObject({
      rule: "device_down",
      changed: [
        { at: begin, text: `Demo ${other}: restarted`, device: other },
        { at: begin - 30_000, text: "configuration applied", device: own },
        { at: begin - minuteMs, text: "configuration sent by jo", device: own },
        { at: begin - 5 * minuteMs, text: `Demo ${other}: had no more room for what it could not send`, device: other },
      ],
    });
    // Later it is as true as it was.
    await db.deleteFrom("device_events").execute();
    const about = await availability.around(incident?.id ?? "");
    expect(about).toMatchObject({ cause: "Configuration applied, 2 min before", usuallyOn: 7 });
    expect(factsOf(about, { over: false, now: clock.now() }).map(({ label }) => label)).toEqual([
      ...["Likely cause", "Usually on", "What changed"],
    ]);
    await availability.stop();
  });

  it("an incident of a rule hands on what somebody wrote down to do", async () => {
    const fresh = await freshAlerts();
    const { clock, records } = fresh;
    const registry = { device: () => undefined, sites: () => [], servedBy: () => [], membersOf: () => [] };
    const needs = {
      clock,
      log: quiet,
      records,
      registry,
      changed: () => {},
      muted: () => null,
      devices: () => [],
      device: () => undefined,
    };
    const availability = createAvailability(needs);
    const facts = { rule: { title: "Radio off", runbook: "Ring the supplier", said: "", worst: "", flapping: false } };
    await records.db
      .insertInto("incident")
      .values({
        ...{ id: "i-1", organisation: "main", state: "open", severity: "major", rule: "radio_off", cause: null },
        ...{ root_type: "site", root_id: "a", site: "a", facts_json: JSON.stringify(facts), since: 1, opened_at: 1 },
        ...{ resolved_at: null, acked_by: null, acked_at: null, reference: null, generation: 1, tell_at: null },
        ...{ told_at: null, told_members: 0, update_at: null, recover_by: null, includes_json: "[]" },
      })
      .execute();
    expect(await availability.around("i-1")).toEqual({ runbook: "Ring the supplier", changed: [] });
    expect(await availability.around("none")).toEqual({});
  });
});
