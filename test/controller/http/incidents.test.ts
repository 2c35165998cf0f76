import { describe, expect, it } from "vitest";
import { later } from "../../undo.ts";
import { receiver } from "../notify/fresh.ts";
import { type FreshHttp, freshHttp } from "./fresh.ts";

async function fresh(): Promise<FreshHttp> {
  const one = await freshHttp();
  later(one.end);
  return one;
}
const json = async <T = Record<string, unknown>>(response: Response) => (await response.json()) as T;

async function plant({ records }: FreshHttp, id: string, over: object = {}): Promise<void> {
  const facts = {
    name: "Demo",
    place: null,
    timeZone: "Europe/London",
    down: 1,
    of: 1,
    fine: 0,
    others: 0,
    stopped: false,
    why: "",
  };
  const row = {
    id,
    organisation: records.organisation,
    state: "open",
    severity: "major",
    rule: "device_down",
    root_type: "device",
    root_id: `root-${id}`,
    site: "site-a",
    facts_json: JSON.stringify(facts),
    since: 1_000,
    opened_at: 1_000,
    generation: 1,
    told_members: 1,
    includes_json: "[]",
    ...over,
  };
  await records.db
    .insertInto("incident")
    .values(row as never)
    .execute();
}

describe("/incidents", () => {
  it("newest first, filtered, a page at a time; ids decide between those of one moment", async () => {
    const one = await fresh();
    for (const [id, at] of [
      ["i-1", 5],
      ["i-2", 9],
      ["i-3", 9],
      ["i-4", 1],
    ] as const)
      await plant(one, id, { opened_at: at });
    await plant(one, "i-5", { opened_at: 20, state: "resolved", resolved_at: 30, site: "site-b" });
    const member = { incident: "i-2", device: "ap-1", name: "Demo", rule: "device_down", state: "down", since: 1 };
    await one.records.db.insertInto("incident_member").values(member).execute();
    const ids: string[] = [];
    let cursor = "";
    do {
      const page = await json<{ items: { id: string }[]; next: string | null }>(
        await one.call("GET", `/api/v1/incidents?limit=2${cursor}`, { as: "viewer" }),
      );
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.next === null ? "" : `&cursor=${page.next}`;
    } while (cursor);
    expect(ids).toEqual(["i-5", "i-3", "i-2", "i-1", "i-4"]);
    const list = async (query: string) =>
      (await json<{ items: { id: string }[] }>(await one.call("GET", `/api/v1/incidents?${query}`))).items.map(
        ({ id }) => id,
      );
    expect(await list("state=resolved")).toEqual(["i-5"]);
    expect(await list("site=site-b")).toEqual(["i-5"]);
    expect(await list("device=ap-1")).toEqual(["i-2"]);
    expect((await one.call("GET", "/api/v1/incidents?state=bad")).status).toBe(400);
    expect((await one.call("GET", "/api/v1/incidents?cursor=bad")).status).toBe(400);
  });

  it("one with its timeline; taken, noted; shapes as promised", async () => {
    const one = await fresh();
    await plant(one, "i-1");
    const change = { incident: "i-1", kind: "configuration" };
    await one.records.db
      .insertInto("incident_change")
      .values([
        { ...change, at: 7, device: null, text: "4 devices: configuration applied" },
        { ...change, at: 8, device: "ap-1", text: "Demo: restarted" },
      ])
      .execute();
    const taken = await one.call("POST", "/api/v1/incidents/i-1/ack", { as: "operator" });
    expect(await json(taken)).toMatchObject({
      id: "i-1",
      state: "open",
      severity: "major",
      rule: "device_down",
      cause: null,
      root: { type: "device", id: "root-i-1" },
      openedAt: 1_000,
      resolvedAt: null,
      ackedBy: "operator",
      changed: [
        { at: 8, text: "Demo: restarted", device: "ap-1" },
        { at: 7, text: "4 devices: configuration applied" },
      ],
      told: [],
      timeline: [{ kind: "acknowledged" }],
    });
    expect((await one.call("POST", "/api/v1/incidents/i-1/ack")).status).toBe(409);
    const noted = await one.call("POST", "/api/v1/incidents/i-1/note", { body: { text: "called", reference: "T-1" } });
    expect(await json(noted)).toMatchObject({ reference: "T-1" });
    expect((await one.call("POST", "/api/v1/incidents/i-1/note", { body: {} })).status).toBe(400);
    expect((await one.call("POST", "/api/v1/incidents/i-1/note", { body: { text: "x".repeat(2_001) } })).status).toBe(
      400,
    );
    expect((await one.call("GET", "/api/v1/incidents/none")).status).toBe(404);
  });
});

describe("who has an incident", () => {
  it("takes it for a while, longer, gives it back; it is somebody's", async () => {
    const one = await fresh();
    await plant(one, "i-1");
    const now = one.clock.now();
    const path = "/api/v1/incidents/i-1";
    const call = (what: string, body?: object) => one.call("POST", `${path}/${what}`, { body, as: "operator" });
    expect(await json(await call("ack", { forMs: 600_000 }))).toMatchObject({ ackedUntil: now + 600_000 });
    expect(await json(await call("ack"))).toMatchObject({ ackedUntil: now + 4 * 3_600_000 });
    expect((await call("ack", { forMs: 1 })).status).toBe(400);
    expect(await json(await call("unack"))).not.toHaveProperty("ackedBy");
    expect((await call("unack")).status).toBe(409);
    const boss = { kind: "user", id: "user_boss", name: "boss", role: "admin", expiresAt: null } as const;
    await one.auth.users.create(boss, { name: "vic", role: "viewer" });
    await one.auth.users.create(boss, { name: "opal", role: "operator" });
    const able = await json<{ items: object[] }>(
      await one.call("GET", "/api/v1/incidents/assignable", { as: "operator" }),
    );
    const names = (await one.auth.users.list()).filter(({ role }) => role !== "viewer");
    expect(able.items).toEqual(names.map(({ id, name }) => ({ id, name })));
    expect(JSON.stringify(able)).toContain("opal");
    expect(JSON.stringify(able)).not.toContain("vic");
    const [user] = await one.auth.users.list();
    const assigned = await json(await call("assign", { user: user?.id }));
    expect(assigned).toMatchObject({ assignee: { id: user?.id, name: user?.name } });
    expect((await call("assign", { user: "user_none" })).status).toBe(404);
    expect((await call("assign", {})).status).toBe(400);
    expect(await json(await call("assign", { user: null }))).not.toHaveProperty("assignee");
    const { timeline } = await json<{ timeline: { kind: string }[] }>(await one.call("GET", path));
    expect(timeline.map(({ kind }) => kind)).toEqual([
      ...["acknowledged", "acknowledged", "given-back", "assigned", "assigned"],
    ]);
  });
});

describe("/channels", () => {
  it("made, shown without its secret, changed under ETag, tested, removed; in the audit log without its secret", async () => {
    const one = await fresh();
    const hook = await receiver();
    const secret = "a secret of sixteen letters";
    const settings = { url: `http://127.0.0.1:${hook.port}/duty`, secret };
    const made = await one.call("POST", "/api/v1/channels", { body: { kind: "webhook", name: "Duty", settings } });
    expect(made.status).toBe(201);
    expect(made.headers.get("etag")).toBe('"1"');
    const channel = await json<{ id: string }>(made);
    expect(channel).toMatchObject({
      kind: "webhook",
      name: "Duty",
      settings: { url: settings.url },
      secrets: ["secret"],
    });
    const path = `/api/v1/channels/${channel.id}`;
    const changed = await one.call("PATCH", path, { body: { name: "Night" }, headers: { "if-match": '"1"' } });
    expect(await json(changed)).toMatchObject({ name: "Night", version: 2 });
    expect((await one.call("PATCH", path, { body: { name: "x" }, headers: { "if-match": '"1"' } })).status).toBe(412);
    expect(await json(await one.call("POST", `${path}/test`))).toMatchObject({ ok: true, answer: "200 OK: ok" });
    const list = await json<{ items: object[] }>(await one.call("GET", "/api/v1/channels", { as: "operator" }));
    expect(list.items).toMatchObject([{ name: "Night", health: { dead: 0, problem: null } }]);
    expect((await one.call("DELETE", path)).status).toBe(204);
    expect((await one.call("GET", path)).status).toBe(404);
    for (const shown of [list, await json(await one.call("GET", "/api/v1/audit"))])
      expect(JSON.stringify(shown)).not.toContain(secret);
  });

  it("a made secret is in the first answer only, also for the same idempotency key", async () => {
    const one = await fresh();
    const wish = {
      body: { kind: "webhook", name: "Duty", settings: { url: "https://a.example/" } },
      headers: { "idempotency-key": "k-1" },
    };
    const made = await json<{ settings: { secret: string } }>(await one.call("POST", "/api/v1/channels", wish));
    expect(made.settings.secret).toMatch(/^[\w-]{43}$/);
    const again = await one.call("POST", "/api/v1/channels", wish);
    expect(again.status).toBe(409);
    expect(await again.text()).not.toContain(made.settings.secret);
  });

  it("each kind has a form; secrets are marked, and nothing that people set is without a label", async () => {
    const one = await fresh();
    const { items } = await json<{
      items: { kind: string; help: string; fields: { name: string; secret?: true }[] }[];
    }>(await one.call("GET", "/api/v1/channels/kinds", { as: "operator" }));
    expect(items.map(({ kind }) => kind)).toEqual([
      "email",
      "teams",
      "slack",
      "ntfy",
      "ticket-mail",
      "ticket-http",
      "webhook",
    ]);
    const secrets = items.flatMap(({ kind, fields }) => fields.filter((f) => f.secret).map((f) => `${kind} ${f.name}`));
    expect(secrets).toEqual([
      "email password",
      "teams url",
      "slack url",
      "slack token",
      "ntfy token",
      "ticket-mail password",
      "ticket-http headers",
      "ticket-http tokenForm",
      "webhook secret",
    ]);
    for (const { help } of items) expect(help).toMatch(/\.$/);
  });

  it("muted and unmuted, told at other times, removed and brought back", async () => {
    const one = await fresh();
    const wish = { kind: "ntfy", name: "Duty", settings: { topic: "duty" } };
    const { id } = await json<{ id: string }>(await one.call("POST", "/api/v1/channels", { body: wish }));
    const path = `/api/v1/channels/${id}`;
    const patch = async (body: object) => await json(await one.call("PATCH", path, { body }));
    const mutedUntil = one.clock.now() + 60_000;
    expect(await patch({ mutedUntil })).toMatchObject({ mutedUntil });
    expect(await patch({ mutedUntil: null })).toMatchObject({ mutedUntil: null });
    expect(await patch({ delivery: { digestAt: "07:30" } })).toMatchObject({
      delivery: { digestAt: "07:30", when: { critical: "now", major: "hours" } },
    });
    expect(await patch({ delivery: { timeZone: "Mars/Olympus" } })).toMatchObject({ status: 400 });
    expect((await one.call("DELETE", path)).status).toBe(204);
    expect((await one.call("GET", path)).status).toBe(404);
    expect(await json(await one.call("POST", `${path}/restore`))).toMatchObject({ id, name: "Duty" });
    expect((await one.call("POST", `${path}/restore`)).status).toBe(404);
  });

  it("a browser's own: subscribed and ended by whoever sits before it", async () => {
    const one = await fresh();
    const { key } = await json<{ key: string }>(await one.call("GET", "/api/v1/push", { as: "operator" }));
    expect(Buffer.from(key, "base64url")).toHaveLength(65);
    const keys = { p256dh: key, auth: "BTBZMqHH6r4Tts7J_aSIgg" };
    const body = { name: "Jo: Firefox on Linux", endpoint: "https://push.example/1", keys };
    const made = await one.call("POST", "/api/v1/push", { as: "operator", body });
    expect(made.status).toBe(201);
    const { browser } = await json<{ browser: string }>(made);
    const list = await json<{ items: object[] }>(await one.call("GET", "/api/v1/channels"));
    expect(list.items).toMatchObject([
      { kind: "web-push", settings: { browser }, secrets: ["endpoint", "p256dh", "auth"] },
    ]);
    expect((await one.call("DELETE", `/api/v1/push/${browser}`)).status).toBe(404);
    expect((await one.call("DELETE", `/api/v1/push/${browser}`, { as: "operator" })).status).toBe(204);
  });

  it("wrong settings: where, and what is allowed", async () => {
    const one = await fresh();
    const wrong = await one.call("POST", "/api/v1/channels", {
      body: { kind: "email", name: "x", settings: { host: "h" } },
    });
    expect(wrong.status).toBe(400);
    const { faults } = await json<{ faults: { path: string }[] }>(wrong);
    expect(faults.map(({ path }) => path)).toContain("settings.port");
    expect(
      (await one.call("POST", "/api/v1/channels", { body: { kind: "pager", name: "x", settings: {} } })).status,
    ).toBe(400);
  });
});
