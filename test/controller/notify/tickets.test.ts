import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { presets } from "../../../controller/notify/ticket-http/presets.ts";
import { at, faultOf, fill, inJson } from "../../../controller/notify/ticket-http/template.ts";
import { codePoint } from "../../code-point.ts";
import { freshNotify, receiver } from "./fresh.ts";
import { mailServer } from "./mail-server.ts";

type Answer = NonNullable<Parameters<typeof receiver>[0]>;

/** A channel from a preset, against a helpdesk that answers as its vendor documents. */
async function desk(title: string, answer: Answer, more: object = {}) {
  const hook = await receiver(answer);
  const tickets: object[] = [];
  const fresh = await freshNotify({
    async ticket(_t, made) {
      tickets.push(made);
    },
  });
  fresh.run();
  const preset = presets.find((one) => one.title === title)?.settings ?? {};
  const here = (text: unknown) =>
    typeof text === "string" ? text.replace(/^https:\/\/[^/]+/, `http://127.0.0.1:${hook.port}`) : text;
  const settings = Object.fromEntries(Object.entries(preset).map(([key, value]) => [key, here(value)]));
  const channel = await fresh.add("ticket-http", title, { ...settings, ...more });
  const calls = () => hook.got.map(({ method, url }) => `${method} ${url}`);
  return { ...fresh, hook, tickets, channel, calls };
}

describe("a ticket in a helpdesk with an API", () => {
  it("ServiceNow: opened once, its number kept and shown, closed by its sys_id", async () => {
    const one = await desk(
      "ServiceNow",
      (response, { method }) =>
        void response.writeHead(method === "POST" ? 201 : 200, { "content-type": "application/json" }).end(
          JSON.stringify({
            result: { number: "INC0010023", sys_id: "9d385017c611228701d22104cc95c371", more: "x".repeat(9_000) },
          }),
        ),
      { headers: "Authorization: Basic ZGVtbzpkZW1v\nX-Demo: 1" },
    );
    expect(JSON.stringify(one.channel)).not.toContain("ZGVtbzpkZW1v");
    await one.plant("i-1", "critical");
    await one.tellNow("i-1", "opened");
    await one.tellNow("i-1", "updated");
    await one.tellNow("i-1", "resolved");
    expect(one.calls()).toEqual([
      "POST /api/now/table/incident",
      "PATCH /api/now/table/incident/9d385017c611228701d22104cc95c371",
    ]);
    expect(one.hook.got[0]?.headers).toMatchObject({
      authorization: "Basic ZGVtbzpkZW1v",
      "x-demo": "1",
      "idempotency-key": "i-1:opened:1",
    });
    expect(one.hook.got[0]?.body).toMatchObject({
      short_description: "P1: Demo i-1 is offline.",
      impact: "1",
      correlation_id: "i-1",
    });
    expect(one.hook.got[1]?.body).toMatchObject({ state: "6" });
    expect(one.tickets).toMatchObject([{ incident: "i-1", handle: { reference: "INC0010023" } }]);
    const told = (await one.notify.toldOf(["i-1"])).get("i-1");
    expect(told?.[0]).toMatchObject({ reference: "INC0010023", link: expect.stringContaining("sys_id=9d385017") });
  });

  it("over before it could be opened: opened and closed, in two steps, one ticket", async () => {
    let away = true;
    const one = await desk("Jira", (response, { url }) => {
      if (away) return void response.writeHead(503).end();
      if (url.endsWith("/transitions")) return void response.writeHead(204).end();
      response.writeHead(201).end('{"id":"10000","key":"NET-24","self":"https://x/rest/api/2/issue/10000"}');
    });
    await one.plant("i-1", "critical");
    await one.tellNow("i-1", "opened");
    await one.tellNow("i-1", "resolved");
    away = false;
    one.hook.got.length = 0;
    await one.pass(60_000, 1_000);
    expect(one.calls()).toEqual(["POST /rest/api/2/issue", "POST /rest/api/2/issue/NET-24/transitions"]);
    expect((await one.rows()).map(({ state }) => state)).toEqual(["sent", "sent"]);
  });

  it("Freshservice: a number for the priority, and its own words when it refuses", async () => {
    const one = await desk("Freshservice", (response, { body }) =>
      body.subject.includes("i-2")
        ? void response.writeHead(400).end('{"description":"Validation failed","errors":[{"field":"email"}]}')
        : void response.writeHead(201).end('{"ticket":{"id":1234,"subject":"x"}}'),
    );
    for (const id of ["i-1", "i-2"]) await one.plant(id, "critical");
    await one.tellNow("i-1", "opened");
    await one.tellNow("i-2", "opened");
    expect(one.hook.got[0]?.body.priority).toBe(4);
    expect(await one.rows()).toMatchObject([
      { state: "sent", answer: "201 Created: 1234" },
      { state: "dead", answer: expect.stringContaining("Validation failed") },
    ]);
  });

  it("Halo: with a token of its own for each call; a test is closed at once", async () => {
    const one = await desk(
      "Halo",
      (response, { url, text }) => {
        if (url === "/auth/token")
          return text.includes("client_secret=s3")
            ? void response.end('{"access_token":"tok-1","token_type":"Bearer"}')
            : void response.writeHead(400).end('{"error":"invalid_client"}');
        response.writeHead(201).end('{"id":77,"summary":"x"}');
      },
      { tokenForm: "grant_type=client_credentials&client_id=a&client_secret=s3&scope=all" },
    );
    expect(await one.notify.test(one.channel.id)).toMatchObject({
      ok: true,
      answer: "201 Created: 77; closed: 201 Created",
    });
    expect(one.calls()).toEqual(["POST /auth/token", "POST /api/Tickets", "POST /api/Tickets"]);
    expect(one.hook.got[1]?.headers.authorization).toBe("Bearer tok-1");
    expect(one.hook.got[2]?.body[0]).toMatchObject({ id: 77, status_id: 9 });
    await one.notify.channels.change({ kind: "user", id: "u" }, one.channel.id, { settings: { tokenForm: "a=b" } });
    expect(await one.notify.test(one.channel.id)).toMatchObject({
      ok: false,
      answer: expect.stringMatching(/^no access token: 400/),
    });
  });

  it("an answer without a number: said in the test, and no second ticket for it", async () => {
    const one = await desk("Jira", (response) => void response.writeHead(201).end("{}"));
    expect(await one.notify.test(one.channel.id)).toMatchObject({
      ok: false,
      answer: "201 Created, but the answer has nothing at /key",
    });
    await one.plant("i-1", "critical");
    await one.tellNow("i-1", "opened");
    await one.tellNow("i-1", "resolved");
    expect(await one.rows()).toMatchObject([
      { state: "sent" },
      { state: "dead", answer: expect.stringContaining("close it by hand") },
    ]);
  });

  it.each([
    [{ body: '{"a":"{{nobody}}"}' }, "settings.body"],
    [{ body: "{{title}}" }, "settings.body"],
    [{ body: '{"a":"{{ if x }}"}' }, "settings.body"],
    [{ url: "ftp://a.example/{{title}}" }, "settings.url"],
    [{ headers: "Host: evil.example" }, "settings.headers"],
    [{ headers: "X: a\r\nY" }, "settings.headers"],
    [{ referenceAt: "key" }, "settings.referenceAt"],
    [{ closeUrl: "https://a.example/{{ticket}}" }, "settings.closeBody"],
  ])("refuses %j", async (wrong, path) => {
    const fresh = await freshNotify();
    const right = { url: "https://a.example/", body: '{"a":"{{title}}"}', referenceAt: "/id" };
    await expect(fresh.add("ticket-http", "x", { ...right, ...wrong })).rejects.toMatchObject({ faults: [{ path }] });
  });

  it("every preset is what its schema takes", async () => {
    const fresh = await freshNotify();
    for (const { title, settings } of presets) {
      const needed = settings.tokenUrl === undefined ? {} : { tokenForm: "a=b" };
      await expect(fresh.add("ticket-http", title, { ...settings, ...needed })).resolves.toBeDefined();
    }
  });
});

describe("the template", () => {
  it("makes the same JSON of whatever a value holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint }), (value) => {
        expect(JSON.parse(fill('{"a":"{{title}}","b":"x{{ title }}"}', { title: value }, inJson))).toEqual({
          a: value,
          b: `x${value}`,
        });
        expect(
          new URL(fill("http://h/{{title}}/z", { title: Buffer.from(value).toString() }, encodeURIComponent)).host,
        ).toBe("h");
      }),
      { numRuns: 100 },
    );
  });
  it("maps, points, and says what is wrong", () => {
    expect(fill("{{severity | map: critical=1, major=2}}", { severity: "major" }, String)).toBe("2");
    expect(faultOf("{{severity | map: x}}", ["severity"])).toMatch(/such as/);
    expect(faultOf("{{ title }", ["title"])).toMatch(/a place is such as/);
    expect(faultOf("{{ constructor }}", ["title"])).toMatch(/one of \{\{title\}\}/);
    expect([
      at({ a: [{ "b/c": 5 }] }, "/a/0/b~1c"),
      at({}, "/__proto__/x"),
      at({ a: {} }, "/a"),
      at(null, "/a"),
    ]).toEqual(["5", null, null, null]);
  });
});

describe("a ticket by mail", () => {
  it("one conversation with one reference, and the helpdesk's own commands", async () => {
    const mail = await mailServer();
    const tickets: { handle: object }[] = [];
    const fresh = await freshNotify({
      async ticket(_t, made) {
        tickets.push(made);
      },
    });
    fresh.run();
    await fresh.add("ticket-mail", "Desk", {
      ...{ host: "127.0.0.1", port: mail.port, from: "lamplighter@demo.invalid", to: "desk@demo.invalid" },
      ...{ opening: "#category network", closing: "#status resolved" },
    });
    await fresh.plant("incident_Ab-c_D1", "critical");
    await fresh.tellNow("incident_Ab-c_D1", "opened");
    await fresh.tellNow("incident_Ab-c_D1", "resolved");
    const [opened = "", resolved = ""] = mail.got;
    expect(opened).toContain("Subject: [LL-ABCD1] P1: Demo");
    expect(opened).toContain("Message-ID: <incident_Ab-c_D1@demo.invalid>");
    expect(opened).toContain("#category network");
    expect(resolved).toContain("Subject: [LL-ABCD1] Resolved: Demo");
    expect(resolved).toContain("In-Reply-To: <incident_Ab-c_D1@demo.invalid>");
    expect(resolved).toContain("#status resolved");
    expect(resolved).not.toContain("#category");
    expect(tickets).toMatchObject([{ handle: { reference: "LL-ABCD1" } }]);
  });
});
