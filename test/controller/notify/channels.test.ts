import { createHmac } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openAtRest } from "../../../controller/base/at-rest.ts";
import { createReach } from "../../../controller/base/outbound.ts";
import { retryAfter } from "../../../controller/notify/call.ts";
import { plan } from "../../../controller/notify/plan.ts";
import { later } from "../../undo.ts";
import { handClock } from "../base/hand-clock.ts";
import { freshRecords } from "../records/fresh.ts";
import { boss, freshNotify, receiver, secret } from "./fresh.ts";
import { mailServer } from "./mail-server.ts";

describe("where channels may call", () => {
  const reach = (allow: string[], addresses: string[]) =>
    createReach({
      clock: handClock(),
      allow,
      lookup: async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    });

  it.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "fe80::1",
    "fd00::1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
  ])("not to %s, by address or by name", async (address) => {
    await expect(reach([], []).resolve(address.includes(":") ? `[${address}]` : address)).rejects.toThrow(
      /outboundAllow/,
    );
    await expect(reach([], [address]).resolve("inside.example")).rejects.toThrow(
      /inside\.example is at .* private network/,
    );
  });

  it("to public addresses, and to those that are allowed", async () => {
    expect(await reach([], ["10.0.0.1", "93.184.216.34"]).resolve("a.example")).toEqual({
      address: "93.184.216.34",
      family: 4,
    });
    expect(await reach([], ["2606:4700::1111"]).resolve("a.example")).toMatchObject({ family: 6 });
    expect(await reach(["10.1.0.0/16"], []).resolve("10.1.2.3")).toMatchObject({ address: "10.1.2.3" });
    await expect(reach(["10.1.0.0/16"], []).resolve("10.2.2.3")).rejects.toThrow();
  });
});

describe("webhook", () => {
  it("signs what it sends, tells the receiver's own words, and follows no redirect", async () => {
    const hook = await receiver((response) => void response.end("welcome"));
    const fresh = await freshNotify();
    const channel = await fresh.webhook(hook.port);
    expect(await fresh.notify.test(channel.id)).toMatchObject({ ok: true, answer: "200 OK: welcome" });
    const [got] = hook.got;
    const signed = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(got?.headers["lamplighter-signature"]));
    expect(signed?.[1]).toBe(String(fresh.clock.now()));
    expect(signed?.[2]).toBe(createHmac("sha256", secret).update(`${signed?.[1]}.${got?.text}`).digest("hex"));
    expect(JSON.parse(got?.text ?? "")).toMatchObject({ kind: "test", incident: { state: "resolved" } });

    hook.answer = (response) => void response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
    expect(await fresh.notify.test(channel.id)).toMatchObject({ ok: false, answer: "302 Found" });
    // Longer than is read, and never ending.
    hook.answer = (response) => void response.writeHead(500).write("x".repeat(10_000));
    expect((await fresh.notify.test(channel.id)).answer).toMatch(/^500 Internal Server Error: x{200,300}$/);
    hook.answer = (response) => void response.destroy();
    expect(await fresh.notify.test(channel.id)).toMatchObject({ ok: false, answer: "the connection was broken off" });
  });

  it("is not let into the own network, whatever the name says", async () => {
    const hook = await receiver();
    const fresh = await freshNotify({ allow: [] });
    const channel = await fresh.webhook(hook.port);
    const { ok, answer } = await fresh.notify.test(channel.id);
    expect([ok, answer]).toEqual([false, "127.0.0.1 is in a private network: allow it with the setting outboundAllow"]);
    expect(hook.got).toEqual([]);
  });

  it("reads Retry-After in seconds and as a date by the receiver's clock, and bounds it", () => {
    expect(retryAfter("7", undefined)).toBe(7_000);
    expect(retryAfter("Mon, 01 Jun 2026 12:01:00 GMT", "Mon, 01 Jun 2026 12:00:00 GMT")).toBe(60_000);
    expect(retryAfter("999999", undefined)).toBe(3_600_000);
    expect(retryAfter("soon", undefined)).toBeUndefined();
  });
});

describe("email", () => {
  const settings = (port: number) => ({
    host: "127.0.0.1",
    port,
    from: "lamplighter@demo.invalid",
    to: ["duty@demo.invalid"],
  });

  it("is text and HTML, with the notice's key as Message-ID and one conversation an incident", async () => {
    const mail = await mailServer();
    const fresh = await freshNotify({
      incident: async (id) => ({
        id,
        severity: "major",
        sentence: "Demo <b> is offline. More.",
        includes: ["x"],
        told: [],
      }),
    });
    await fresh.plant("i-1");
    await fresh.notify.channels.create(boss, { kind: "email", name: "Duty", settings: settings(mail.port) });
    await fresh.tell("i-1", "opened");
    fresh.notify.start();
    later(() => fresh.notify.stop());
    await expect.poll(() => mail.got.length).toBe(1);
    const [text = ""] = mail.got;
    expect(text).toContain("Message-ID: <i-1.opened.1@demo.invalid>");
    expect(text).toContain("References: <i-1@demo.invalid>");
    expect(text).toContain("Subject: P2: Demo <b> is offline.");
    expect(text).toContain("Demo &lt;b&gt; is offline.");
    expect(text).toContain("http://lamps.example/incidents/i-1");
    expect(text).toContain("This includes 1 reported before.");
  });

  it("tells the server's own words: yes, not now, no", async () => {
    const refusal = (code: number, text: string) => Object.assign(new Error(text), { responseCode: code });
    let answer: Error | null = null;
    const mail = await mailServer(() => answer);
    const fresh = await freshNotify();
    const { channel } = await fresh.notify.channels.create(boss, {
      kind: "email",
      name: "Duty",
      settings: settings(mail.port),
    });
    expect((await fresh.notify.test(channel.id)).answer).toMatch(/^250 OK/);
    answer = refusal(550, "no such mailbox");
    expect(await fresh.notify.test(channel.id)).toMatchObject({ ok: false, answer: "550 no such mailbox" });
    await fresh.plant("i-1");
    answer = refusal(451, "try later");
    await fresh.tell("i-1", "opened");
    fresh.notify.start();
    later(() => fresh.notify.stop());
    await expect.poll(async () => (await fresh.rows())[0]).toMatchObject({ state: "waiting", answer: "451 try later" });
  });
});

describe("channels", () => {
  it("keep their secrets: sealed on disk, never shown, gone from the audit log", async () => {
    const fresh = await freshNotify();
    const hidden = "correct horse battery staple";
    const settings = {
      host: "mail.example",
      port: 587,
      from: "a@b.example",
      to: ["c@d.example"],
      user: "u",
      password: hidden,
    };
    const { channel } = await fresh.notify.channels.create(boss, { kind: "email", name: "Duty", settings });
    expect(channel).toMatchObject({ secrets: ["password"], settings: { user: "u" } });
    expect(JSON.stringify(channel)).not.toContain(hidden);
    const { channel: after } = await fresh.notify.channels.change(boss, channel.id, { settings: { port: 465 } }, 1);
    expect(after).toMatchObject({ version: 2, secrets: ["password"], settings: { port: 465 } });
    expect((await fresh.notify.channels.open(channel.id))?.settings["password"]).toBe(hidden);
    await expect(fresh.notify.channels.change(boss, channel.id, { name: "x" }, 1)).rejects.toMatchObject({
      kind: "stale",
    });
    expect(JSON.stringify(await fresh.audit.list({ limit: 9 }))).not.toContain(hidden);
    const rows = await fresh.records.db.selectFrom("channel").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(hidden);
    const key = join(fresh.folder, "keys", "at-rest.key");
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(readFileSync(key, "utf8")).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it("a webhook without a secret gets one, shown once", async () => {
    const fresh = await freshNotify();
    const wish = { kind: "webhook" as const, name: "Duty", settings: { url: "https://a.example/" } };
    const { channel, made } = await fresh.notify.channels.create(boss, wish);
    expect(made["secret"]).toMatch(/^[\w-]{43}$/);
    expect(channel.settings).toEqual({ url: "https://a.example/" });
  });

  it.each([
    ["webhook", { url: "ftp://a.example/" }, "settings.url"],
    ["webhook", { url: "https://me:pw@a.example/" }, "settings.url"],
    ["webhook", { url: "https://a.example/", secret: "short" }, "settings.secret"],
    ["email", { host: "h", port: 25, from: "a@b", to: ["x@y\r\nbcc: z@y"] }, "settings.to.0"],
    ["email", { host: "h", port: 25, from: "a@b", to: [] }, "settings.to"],
    ["email", { host: "h", port: 25, from: "a@b", to: ["x@y"], password: "p" }, "settings.user"],
    ["email", { host: "h", port: 25, from: "a@b", to: ["x@y"], extra: 1 }, "settings"],
  ] as const)("%s refuses %j at %s", async (kind, settings, path) => {
    const fresh = await freshNotify();
    const made = fresh.notify.channels.create(boss, { kind, name: "Duty", settings });
    await expect(made).rejects.toMatchObject({ kind: "invalid", faults: [{ path }] });
  });
});

describe("the plan for one channel and incident", () => {
  const row = (id: number, kind: string, state = "waiting") => ({ id, kind, state, generation: id });
  it.each([
    ["the beginning", [row(1, "opened")], "opened", 1, false],
    ["the beginning as it has grown", [row(1, "opened"), row(2, "updated")], "opened", 2, false],
    [
      "over before it was told: once, and late",
      [row(1, "opened"), row(2, "updated"), row(3, "resolved")],
      "resolved",
      3,
      true,
    ],
    ["the newest of several", [row(1, "opened", "sent"), row(2, "updated"), row(3, "updated")], "updated", 2, false],
    ["the end", [row(1, "opened", "sent"), row(2, "updated"), row(3, "closed")], "closed", 2, false],
    ["never told, never taken back", [row(1, "opened", "dead"), row(2, "resolved")], undefined, 1, false],
  ])("%s", (_name, rows, kind, covers, late) => {
    const what = plan(rows);
    expect([what.send?.kind, what.covers.length, what.late]).toEqual([kind, covers, late]);
  });
});

describe("secrets at rest", () => {
  it("open only unchanged, for the same owner and with the same key", async () => {
    const fresh = await freshRecords();
    later(fresh.end);
    const vault = openAtRest(join(fresh.folder, "keys"));
    const box = vault.seal("demo", "channel_1");
    expect(openAtRest(join(fresh.folder, "keys")).open(box, "channel_1")).toBe("demo");
    expect(() => vault.open(box, "channel_2")).toThrow();
    expect(() => vault.open(`${box[0] === "A" ? "B" : "A"}${box.slice(1)}`, "channel_1")).toThrow();
    expect(() => openAtRest(join(fresh.folder, "other")).open(box, "channel_1")).toThrow();
  });
});
