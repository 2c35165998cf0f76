import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Clock, systemClock } from "../../../controller/base/clock.ts";
import { createSeal, openSeal } from "../../../controller/base/seal.ts";
import {
  type Body,
  type Config,
  configLimits,
  createConfig,
  filledBody,
  type Item,
} from "../../../controller/config/index.ts";
import type { Known } from "../../../controller/config/push.ts";
import { openRecords } from "../../../controller/store/records/index.ts";
import { type Fresh, freshRecords, quiet } from "../records/fresh.ts";

const by = { kind: "user", id: "user_demo", name: "Demo" };
const device: Known = {
  ...{ id: "ap-1", name: "Lamp", kind: "access-point", site: null, profile: null },
  tags: ["all"],
};
const item = (kind: Item["kind"], id: string, body: Partial<Body>): Item => ({
  ...{ kind, id },
  body: filledBody({ name: id, ...body }),
});

let fresh: Fresh;
let config: Config | null;
beforeEach(async () => {
  fresh = await freshRecords();
  config = null;
});
afterEach(async () => {
  await config?.stop();
  await fresh.end();
});

const open = async (more: { clock?: Clock; seal?: ReturnType<typeof createSeal> } = {}): Promise<Config> => {
  config = await createConfig({
    ...{ records: fresh.records, clock: systemClock, log: quiet, seal: openSeal(join(fresh.folder, "keys")) },
    signer: { sign: (purpose) => ({ v: 1, body: purpose, key: "k", sig: "s" }), renewed: (signed) => signed },
    registry: {
      device: (id) => (id === device.id ? device : undefined),
      devices: () => [device],
      site: () => undefined,
      onChange: () => () => {},
    },
    audit: { write: async () => {} },
    send: () => false,
    isAway: () => false,
    drift: "show",
    changed: () => {},
    ...more,
  });
  return config;
};

describe("bounds of what speaks about devices", () => {
  test.each([
    ["template", configLimits.templates],
    ["group", configLimits.groups],
  ] as const)("%ss: %i and no more", async (kind, most) => {
    const room = await open();
    const applies = kind === "template" ? { applies: { to: "tag" as const, tags: ["none"] } } : {};
    const items = Array.from({ length: most }, (_, i) => item(kind, `one-${i}`, applies));
    await room.change(by, { items });
    const oneMore = room.change(by, { items: [item(kind, "one-more", applies)] });
    await expect(oneMore).rejects.toThrow(`there may be at most ${most} ${kind}s`);
    expect(room.sources(kind)).toHaveLength(most);
  });

  test("layers of one device", async () => {
    const room = await open();
    const items = Array.from({ length: configLimits.layersOfDevice }, (_, i) =>
      item("group", `g-${i}`, { tags: ["all"] }),
    );
    await room.change(by, { items: items.slice(1) });
    await expect(room.change(by, { items: items.slice(0, 1) })).rejects.toThrow(/more than 100 templates and groups/);
  });

  test("a document that all together make too long", async () => {
    const room = await open();
    const ignore = (mark: string) => Array.from({ length: 600 }, () => mark.repeat(60));
    const part = (mark: string) => ({ agent: { [mark]: ignore(mark) } });
    await expect(
      room.change(by, {
        items: [
          item("template", "a", { document: part("a"), applies: { to: "all" } }),
          item("group", "b", { document: part("b"), tags: ["all"] }),
        ],
      }),
    ).rejects.toThrow(/bytes; at most 65536 are allowed/);
  });

  test("changes that are kept: older ones can't be gone back to", async () => {
    const room = await open();
    const ago = 1;
    await fresh.records.db
      .insertInto("config_change")
      .values(
        [ago, ago + configLimits.changes].map((revision) => ({
          revision,
          message: "",
          by_kind: "user",
          by: "u",
          by_name: "U",
          at: 1,
        })),
      )
      .execute();
    expect(await room.changes(10)).toHaveLength(2);
    const { revision } = await room.change(by, { items: [item("group", "g", {})] });
    expect(revision).toBe(ago + configLimits.changes + 1);
    expect((await room.changes(10)).map((one) => one.revision)).toEqual([revision, (revision ?? 0) - 1]);
    await expect(room.goBack(by, ago, {})).rejects.toThrow(/change/);
  });

  test("what takes too long to work out ends with a sentence", async () => {
    let now = 0;
    const clock = { ...systemClock, monotonic: () => (now += configLimits.surveyMs) };
    const room = await open({ clock });
    const items = [item("template", "t", { applies: { to: "all" } })];
    await expect(room.preview({ items })).rejects.toThrow(/takes too long to work out/);
  });
});

describe("another key", () => {
  test("opens no secret: it counts as not set, and says who lacks it", async () => {
    const first = await open();
    const document = { agent: { controller: "wss://{{ key }}/mqtt" } };
    const variables = { key: { type: "secret" as const, value: "hunter2.example" } };
    await first.change(by, { items: [item("template", "t", { document, variables, applies: { to: "all" } })] });
    await first.stop();
    const other = await open({ seal: createSeal(Buffer.alloc(32, 7)) });
    expect((await other.source("template", "t"))?.body["variables"]).toEqual({
      key: { type: "secret", secret: true, set: false },
    });
    expect((await other.explain(device.id)).problems).toEqual([
      { path: "agent.controller", message: 'the variable "key" has no value (it is declared in the template "t")' },
    ]);
  });
});

test("what was wanted of a device before there were templates is what it says itself", async () => {
  const { db } = fresh.records;
  const document = { agent: { intervalMs: 5_000 } };
  const row = { hash: "h", signed_json: "{}", trial_ms: 60_000, message: "", by_kind: "user", by: "u", by_name: "U" };
  const more = { at: 5, outcome: "applied", outcome_at: null, detail_json: "{}", own_json: null };
  await db
    .insertInto("config_revision")
    .values([
      { device: device.id, revision: 4, document_json: JSON.stringify({ agent: {} }), ...row, ...more },
      { device: device.id, revision: 5, document_json: JSON.stringify(document), ...row, ...more },
    ])
    .execute();
  const state_json = JSON.stringify({ wanted: { revision: 5, hash: "h", trialMs: 60_000 } });
  await db
    .insertInto("config_device")
    .values([
      { device: device.id, state_json },
      { device: "never", state_json: "{}" },
    ])
    .execute();
  // As it was before 0018.
  for (const table of [
    "rollout_log",
    "rollout_device",
    "rollout",
    "config_source",
    "config_change_item",
    "config_change",
    "config_draft_item",
    "config_draft",
    "config_due",
  ])
    await sql.raw(`DROP TABLE ${table}`).execute(db);
  await sql`ALTER TABLE config_revision DROP COLUMN own_json`.execute(db);
  await sql`ALTER TABLE config_revision DROP COLUMN rendered_json`.execute(db);
  await sql`DELETE FROM kysely_migration WHERE name >= '0018'`.execute(db);
  await fresh.records.close();
  fresh.records = await openRecords({ file: join(fresh.folder, "records.db"), log: quiet, clock: fresh.clock });
  const room = await open();
  expect(await room.of(device.id)).toMatchObject({ revision: 5, document, composed: document });
  expect((await room.restore(by, device.id, 4)).document).toEqual({ agent: {} });
});
