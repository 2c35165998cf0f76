import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createFeed } from "../../../../controller/alert/rules/feed.ts";
import { createRulebook } from "../../../../controller/alert/rules/rulebook.ts";
import type { RuleText } from "../../../../controller/alert/rules/schema.ts";
import { freshAlerts, jo } from "../fresh.ts";

const minute = 60_000;
const busy: RuleText = {
  id: "busy",
  title: "It is busy",
  value: { field: "system.cpu_percent" },
  raise: { above: 90 },
  clear: { below: 80 },
  for: "2m",
  clearFor: "2m",
  severity: "warning",
};

/** The room with one rule, real records, and devices that say what they are told to. */
async function ruled(text: RuleText = busy) {
  const fresh = await freshAlerts();
  const feedOf = () => createFeed({ usual: () => null, intervalMs: () => minute });
  let feed = feedOf();
  const bookOf = async () =>
    createRulebook({
      records: fresh.records,
      clock: fresh.clock,
      audit: fresh.audit,
      folder: join(fresh.folder, "alert-rules"),
      changed: (rules) => feed.rules(rules.filter(({ id }) => id === text.id)),
    });
  let book = await bookOf();
  let alerts = fresh.open({ rules: feed });
  const begin = async (): Promise<void> => {
    await alerts.start();
    book.tell();
    for (const { id, site } of fresh.devices.values())
      feed.subject(id, { id, site: site ?? "", kind: "access-point", tags: [], profile: null });
  };
  await book.put(text, 0, jo);
  return {
    ...fresh,
    begin,
    book: () => book,
    feed: () => feed,
    /** Each of these devices says this once a minute. */
    async minutes(many: number, values: Record<string, number>) {
      for (let i = 0; i < many; i++) {
        fresh.clock.pass(minute);
        await alerts.turn();
        const points = Object.entries(values).map(([device, cpu_percent]) => ({
          ...{ device, m: "system", at: fresh.clock.now(), tags: {} },
          fields: { cpu_percent },
        }));
        feed.stored(points, fresh.clock.now());
        await alerts.turn();
      }
    },
    /** The controller ends without a word and starts again. */
    async again(): Promise<void> {
      await alerts.stop();
      feed = feedOf();
      book = await bookOf();
      alerts = fresh.open({ rules: feed });
      await begin();
    },
    incidents: () => alerts.list({ limit: 10 }),
    notices: fresh.outbox,
    stop: () => alerts.stop(),
  };
}

describe("what a rule finds", () => {
  it("is one incident with one sentence, told once, and over when it is", async () => {
    const { site, begin, minutes, incidents, notices, addChannel, stop } = await ruled();
    await addChannel();
    const [ap = ""] = site("lib", 3);
    await begin();
    await minutes(5, { [ap]: 95 });
    const [open] = await incidents();
    expect(open).toMatchObject({ state: "open", rule: "busy", severity: "warning", site: "lib" });
    expect(open?.sentence).toMatch(/^It is busy: Demo lib-0 at Site lib, 95 % \(limit 90 %\), since \d\d:\d\d\.$/);
    await minutes(5, { [ap]: 40 });
    const [over] = await incidents();
    expect(over?.state).toBe("resolved");
    expect(over?.sentence).toMatch(/^It is busy: over since \d\d:\d\d after 5 min, Demo lib-0 at Site lib\.$/);
    expect(await notices()).toEqual(["opened", "resolved"]);
    await stop();
  });

  it("of a site is one incident, whichever of its devices are in it", async () => {
    const { site, begin, minutes, incidents, notices, addChannel, stop } = await ruled();
    await addChannel();
    const [a = "", b = "", c = ""] = site("lib", 3);
    await begin();
    await minutes(4, { [a]: 99 });
    await minutes(4, { [a]: 99, [b]: 95, [c]: 95 });
    const all = await incidents();
    expect(all).toHaveLength(1);
    expect(all[0]?.sentence).toMatch(
      /^It is busy: 3 of 3 devices at Site lib since \d\d:\d\d; Demo lib-0: 99 % \(limit 90 %\)\.$/,
    );
    await minutes(5, { [a]: 10, [b]: 95, [c]: 95 });
    expect((await incidents())[0]?.sentence).toMatch(/2 of 3 devices at Site lib since \d\d:\d\d\.$/);
    await minutes(5, { [a]: 10, [b]: 10, [c]: 10 });
    expect((await incidents())[0]?.state).toBe("resolved");
    expect(await notices()).toEqual(["opened", "updated", "resolved"]);
    await stop();
  });

  it("goes on over a restart: nothing is told twice, and what nobody saw counts for nothing", async () => {
    const { site, begin, minutes, incidents, notices, addChannel, again, clock, stop } = await ruled();
    await addChannel();
    const [ap = ""] = site("lib", 3);
    await begin();
    await minutes(1, { [ap]: 95 });
    await stop();
    clock.pass(60 * minute);
    await again();
    await minutes(1, { [ap]: 95 });
    expect(await incidents()).toEqual([]);
    await minutes(3, { [ap]: 95 });
    await again();
    await minutes(3, { [ap]: 95 });
    expect((await incidents()).map(({ state }) => state)).toEqual(["open"]);
    await again();
    await minutes(4, { [ap]: 10 });
    expect((await incidents()).map(({ state }) => state)).toEqual(["resolved"]);
    expect(await notices()).toEqual(["opened", "resolved"]);
    await stop();
  });

  it("ends when its rule is removed, also while the controller was off", async () => {
    const { site, begin, minutes, incidents, book, again, stop } = await ruled();
    const [ap = ""] = site("lib", 3);
    await begin();
    await minutes(4, { [ap]: 95 });
    await stop();
    await book().remove("busy", 1, jo);
    await again();
    await minutes(1, {});
    const [closed] = await incidents();
    expect(closed?.sentence).toMatch(/Closed: the rule or the device is no longer there\.$/);
    expect(closed?.state).toBe("closed");
    await stop();
  });

  it("that comes and goes is said to, and told again when it has calmed down", async () => {
    const { site, begin, minutes, incidents, notices, addChannel, stop } = await ruled({
      ...busy,
      for: "0s",
      clearFor: "0s",
    });
    await addChannel();
    const [ap = ""] = site("lib", 3);
    await begin();
    for (let i = 0; i < 60; i++) {
      await minutes(1, { [ap]: 95 });
      await minutes(1, { [ap]: 10 });
    }
    expect((await incidents())[0]?.sentence).toMatch(/It comes and goes: told again when it has calmed down\.$/);
    await minutes(60, { [ap]: 10 });
    expect((await incidents())[0]?.state).toBe("resolved");
    expect((await notices()).length).toBeLessThanOrEqual(4);
    await stop();
  });
});

describe("rules of a team", () => {
  it("are in records, in files, and the program's own; what is in a file is changed there", async () => {
    const { folder, records, clock, audit } = await ruled();
    mkdirSync(join(folder, "alert-rules"));
    const file = join(folder, "alert-rules", "ours.yaml");
    writeFileSync(
      file,
      "- id: cpu\n  title: Ours\n  value: { field: system.cpu_percent }\n  raise: { above: 50 }\n  severity: info\n",
    );
    const needs = { records, clock, audit, folder: join(folder, "alert-rules"), changed: () => {} };
    const book = await createRulebook(needs);
    expect(book.of("cpu")).toMatchObject({ origin: "file", replaces: true, rule: { title: "Ours" } });
    expect(book.of("busy")).toMatchObject({ origin: "own", replaces: false, version: 1 });
    expect(book.of("noise")).toMatchObject({ origin: "default", version: 0 });
    await expect(book.put({ ...busy, id: "cpu" }, 0, jo)).rejects.toThrow(/in a file/);
    await expect(book.put(busy, 0, jo)).rejects.toThrow(/changed in the meantime/);
    await expect(book.remove("noise", 0, jo)).rejects.toThrow(/switch it off/);
    expect((await book.put({ ...busy, title: "Very busy" }, 1, jo)).version).toBe(2);
    writeFileSync(file, "id: cpu\ntitle: Ours\nvalue: { field: system.cpu }\n");
    await expect(createRulebook(needs)).rejects.toThrow(/ours\.yaml.*value\.field.*allowed: system\.cpu_percent/s);
  });
});
