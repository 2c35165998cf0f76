import { describe, expect, it } from "vitest";
import { createReach } from "../../../controller/base/outbound.ts";
import { render } from "../../../controller/notify/render.ts";
import { slack } from "../../../controller/notify/slack/index.ts";
import { cardOf } from "../../../controller/notify/teams/card.ts";
import { handClock } from "../base/hand-clock.ts";
import { freshNotify, receiver } from "./fresh.ts";

const site = {
  name: "Demo <market> square",
  location: { lat: 51.47, lon: 0.32 },
  timeZone: "Europe/London",
  contact: { supplier: "Demo Telecom", phone: "+44 1632 960001", circuit: "DEMO-1" },
};
/** A message with all that it may have. */
const about = async () => ({
  site,
  usuallyOn: 41,
  cause: "The line of the site.",
  changed: [{ at: Date.UTC(2026, 5, 1, 10, 40), text: "configuration 5 was sent to 3 devices" }],
  runbook: "https://wiki.council.example/line",
});
const local = (port: number, path = "") => `http://127.0.0.1:${port}${path}`;

describe("the message for somebody on call", () => {
  const incident = { id: "i-1", severity: "critical", sentence: "Demo is offline. More.", includes: [], told: [] };
  const way = { channel: "c", url: "http://l.example", now: Date.UTC(2026, 5, 1, 11), label: "P1", handle: null };
  const plain = { late: false, why: null, passed: null };

  it("has where, usual, cause, what changed, whom to call, and what to do", async () => {
    const { facts } = render(incident, { kind: "opened", generation: 1 }, { ...way, ...plain, about: await about() });
    expect(facts.map(({ label, text }) => [label, text])).toEqual([
      ["Likely cause", "The line of the site."],
      ["Where", "Demo <market> square"],
      ["Usually on", "41 devices on a Monday at 12:00"],
      ["What changed", "11:40 configuration 5 was sent to 3 devices"],
      ["Whom to call", "Demo Telecom, +44 1632 960001, circuit DEMO-1"],
      ["What to do", "https://wiki.council.example/line"],
    ]);
    expect(facts.find(({ label }) => label === "Whom to call")?.url).toBe("tel:+441632960001");
    expect(facts.find(({ label }) => label === "Where")?.url).toContain("mlat=51.47&mlon=0.32");
  });

  it("over: neither a number to call nor a map; late: from when to when, and why so late", async () => {
    const over = { ...incident, since: Date.UTC(2026, 5, 1, 9, 2), resolvedAt: Date.UTC(2026, 5, 1, 9, 14) };
    const late = { ...way, late: true, why: "503", passed: { name: "Duty", answer: "no" }, about: await about() };
    const notice = render(over, { kind: "resolved", generation: 2 }, late);
    expect(notice.facts.map(({ label }) => label)).toEqual(["Likely cause", "What changed"]);
    expect(notice.text).toBe(
      "Demo is offline. More. It lasted from 10:02 to 10:14. You hear of it only now: its beginning was not delivered in time (503). You are told because Duty could not be (no).",
    );
    expect(notice.title).toBe("Resolved: Demo is offline.");
  });

  it("what nobody knows is not said", () => {
    const bare = render(incident, { kind: "opened", generation: 1 }, { ...way, ...plain, about: {} });
    expect(bare.facts).toEqual([]);
  });
});

describe("Slack", () => {
  /** As Slack's Web API answers: 200 also to what it refuses. */
  async function workspace() {
    let ts = 100;
    const said: Record<string, object | undefined> = {};
    const hook = await receiver((response, { url, body, headers }) => {
      const method = url.replace("/api/", "");
      const good = { ok: true, channel: "C01DEMO", ts: body.ts ?? `${++ts}.000100`, message: { text: body.text } };
      const refusal =
        headers.authorization === "Bearer xoxb-demo" ? said[method] : { ok: false, error: "invalid_auth" };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(refusal ?? good));
    });
    const fresh = await freshNotify({ about });
    fresh.run();
    const bot = { token: "xoxb-demo", channel: "C01DEMO", api: local(hook.port, "/api") };
    return { ...fresh, hook, said, bot, calls: () => hook.got.map(({ url, body }) => [url.slice(5), body.thread_ts]) };
  }

  it("as a bot: one message, edited in place, its news in the thread", async () => {
    const { add, bot, plant, tellNow, calls, hook } = await workspace();
    await add("slack", "Duty", bot);
    await plant("i-1", "critical");
    await tellNow("i-1", "opened");
    await tellNow("i-1", "updated");
    await tellNow("i-1", "resolved");
    expect(calls()).toEqual([
      ["chat.postMessage", undefined],
      ["chat.update", undefined],
      ["chat.postMessage", "101.000100"],
      ["chat.update", undefined],
      ["chat.postMessage", "101.000100"],
    ]);
    expect(hook.got[3]?.body).toMatchObject({
      channel: "C01DEMO",
      ts: "101.000100",
      text: "Resolved: Demo i-1 is offline.",
    });
    const text = JSON.stringify(hook.got[0]?.body.blocks);
    expect(text).toContain("*■ P1: Demo i-1 is offline.*");
    expect(text).toContain("|Demo &lt;market&gt; square>");
    expect(text).toContain("<http://lamps.example/incidents/i-1|Open the incident>");
  });

  it("a message that was deleted is told anew; the thread goes on there", async () => {
    const { add, bot, plant, tellNow, calls, said } = await workspace();
    await add("slack", "Duty", bot);
    await plant("i-1", "critical");
    await tellNow("i-1", "opened");
    said["chat.update"] = { ok: false, error: "message_not_found" };
    await tellNow("i-1", "updated");
    delete said["chat.update"];
    await tellNow("i-1", "resolved");
    expect(calls().at(2)).toEqual(["chat.postMessage", undefined]);
    expect(calls().at(-1)).toEqual(["chat.postMessage", "102.000100"]);
  });

  it.each([
    ["invalid_auth", "dead"],
    ["channel_not_found", "dead"],
    ["internal_error", "waiting"],
    ["ratelimited", "waiting"],
  ])("%s: %s, in Slack's words", async (error, state) => {
    const { add, bot, plant, tellNow, said, rows } = await workspace();
    await add("slack", "Duty", bot);
    said["chat.postMessage"] = { ok: false, error };
    await plant("i-1", "critical");
    await tellNow("i-1", "opened");
    expect(await rows()).toMatchObject([{ state, answer: `Slack says no: ${error}` }]);
  });

  it.each([
    [200, "ok", true, "200 OK: ok"],
    [403, "action_prohibited", false, "403 Forbidden: action_prohibited"],
    [404, "no_service", false, "404 Not Found: no_service"],
    [410, "channel_is_archived", false, "410 Gone: channel_is_archived"],
    [500, "rollup_error", false, "500 Internal Server Error: rollup_error"],
  ])("an incoming webhook that answers %i %s", async (status, words, ok, answer) => {
    const hook = await receiver((response) => void response.writeHead(status).end(words));
    const fresh = await freshNotify();
    const { id, settings, secrets } = await fresh.add("slack", "Duty", { url: local(hook.port, "/services/T0/B0/x") });
    expect([settings, secrets]).toEqual([{}, ["url"]]);
    expect(await fresh.notify.test(id)).toMatchObject({ ok, answer });
  });

  it("wants either of the two, and no device's name mentions anybody", async () => {
    const fresh = await freshNotify();
    await expect(fresh.add("slack", "x", {})).rejects.toMatchObject({ faults: [{ path: "settings.url" }] });
    await expect(fresh.add("slack", "x", { token: "t" })).rejects.toMatchObject({
      faults: [{ path: "settings.channel" }],
    });
    const hook = await receiver((response) => void response.end("ok"));
    const reach = createReach({ clock: handClock(), allow: ["127.0.0.0/8"] });
    const sentence = "<!channel> <https://evil.example|click> is offline.";
    const incident = { id: "i", severity: "major", sentence, includes: [], told: [] };
    const plain = {
      channel: "c",
      url: "http://l",
      now: 0,
      late: false,
      why: null,
      passed: null,
      label: "P2",
      handle: null,
    };
    const notice = render(incident, { kind: "opened", generation: 1 }, { ...plain, about: {} });
    await slack.send(notice, { url: local(hook.port) }, reach);
    expect(JSON.stringify(hook.got[0]?.body.blocks)).not.toMatch(/<!|<https:\/\/evil/);
  });
});

describe("Microsoft Teams", () => {
  const teams = async (answer: Parameters<typeof receiver>[0]) => {
    const hook = await receiver(answer);
    const fresh = await freshNotify({ about });
    fresh.run();
    const channel = await fresh.add("teams", "Duty", {
      url: local(hook.port, "/workflows/1/triggers/manual?sig=demo"),
    });
    return { ...fresh, hook, channel };
  };

  it("an Adaptive Card in a message, as Workflows wants it; 202 is yes", async () => {
    const { plant, tellNow, hook, rows, channel } = await teams((response) => void response.writeHead(202).end());
    expect(channel).toMatchObject({ settings: {}, secrets: ["url"] });
    await plant("i-1", "critical");
    await tellNow("i-1", "opened");
    expect(await rows()).toMatchObject([{ state: "sent", answer: "202 Accepted: the workflow has it and posts it" }]);
    const { type, attachments } = hook.got[0]?.body ?? {};
    expect(type).toBe("message");
    expect(attachments).toMatchObject([
      { contentType: "application/vnd.microsoft.card.adaptive", content: { type: "AdaptiveCard", version: "1.4" } },
    ]);
    expect(JSON.stringify(attachments)).toContain(
      '"title":"Open the incident","url":"http://lamps.example/incidents/i-1"',
    );
    expect(JSON.stringify(attachments)).toContain("Demo Telecom");
  });

  it.each([
    [400, '{"error":{"code":"TriggerInputSchemaMismatch","message":"no"}}', "dead"],
    [401, '{"error":{"code":"DirectApiAuthorizationRequired"}}', "dead"],
    [404, '{"error":{"code":"WorkflowNotFound"}}', "dead"],
    [429, "", "waiting"],
    [502, '{"error":{"code":"NoResponse"}}', "waiting"],
  ])("%i %s: %s", async (status, words, state) => {
    const { plant, tellNow, rows, clock } = await teams(
      (response) => void response.writeHead(status, { "retry-after": "30" }).end(words),
    );
    await plant("i-1", "critical");
    await tellNow("i-1", "opened");
    const [row] = await rows();
    expect(row?.state).toBe(state);
    expect(row?.answer).toContain(words);
    if (state === "waiting") expect(row?.not_before).toBe(clock.now() + 30_000);
  });

  it("a full digest stays below what Teams takes; names are no Markdown", () => {
    const item = {
      title: `[x](http://evil.example) ${"n".repeat(140)}`.slice(0, 140),
      url: `http://l.example/incidents/${"i".repeat(30)}`,
      incident: {},
    };
    const usual = {
      key: "k",
      thread: "t",
      severity: "critical",
      text: "x",
      facts: [],
      url: "http://l",
      at: 0,
      handle: null,
    };
    const card = cardOf({
      ...usual,
      kind: "digest",
      title: "50 incidents",
      incident: null,
      items: Array.from({ length: 50 }, () => item),
    });
    expect(Buffer.byteLength(JSON.stringify({ type: "message", attachments: [{ content: card }] }))).toBeLessThan(
      28_000,
    );
    expect(JSON.stringify(card)).not.toContain("[x](http://evil");
  });
});

describe("ntfy", () => {
  it("priority, tags, what a press opens, buttons to call and for the map; a token", async () => {
    const hook = await receiver((response) => void response.end('{"id":"sPs71M8A2T","event":"message"}'));
    const fresh = await freshNotify({ about });
    fresh.run();
    await fresh.add("ntfy", "Duty", { server: local(hook.port), topic: "duty", token: "tk_demo" });
    await fresh.plant("i-1", "critical");
    await fresh.tellNow("i-1", "opened");
    expect(hook.got[0]?.headers.authorization).toBe("Bearer tk_demo");
    expect(hook.got[0]?.body).toMatchObject({
      topic: "duty",
      title: "P1: Demo i-1 is offline.",
      priority: 5,
      tags: ["rotating_light"],
      click: "http://lamps.example/incidents/i-1",
      actions: [{ label: "Open" }, { label: "Call", url: "tel:+441632960001" }, { label: "Map" }],
      sequence_id: "i-1",
    });
    expect(await fresh.rows()).toMatchObject([{ state: "sent", answer: "200 OK, message sPs71M8A2T" }]);
    await fresh.tellNow("i-1", "resolved");
    expect(hook.got[1]?.body).toMatchObject({ priority: 3, tags: ["white_check_mark"] });
  });

  it.each([
    [401, '{"code":40101,"http":401,"error":"unauthorized"}', "dead", "401 unauthorized"],
    [403, '{"code":40301,"http":403,"error":"forbidden"}', "dead", "403 forbidden"],
    [
      429,
      '{"code":42901,"http":429,"error":"limit reached: too many requests"}',
      "waiting",
      "429 limit reached: too many requests",
    ],
    [507, '{"code":50701,"http":507,"error":"insufficient storage"}', "waiting", "507 insufficient storage"],
  ])("%i %s: %s", async (status, words, state, answer) => {
    const hook = await receiver((response) => void response.writeHead(status).end(words));
    const fresh = await freshNotify();
    fresh.run();
    await fresh.add("ntfy", "Duty", { server: local(hook.port), topic: "duty" });
    await fresh.plant("i-1", "critical");
    await fresh.tellNow("i-1", "opened");
    expect(await fresh.rows()).toMatchObject([{ state, answer }]);
  });
});
