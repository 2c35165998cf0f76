import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { createTransport } from "nodemailer";
import { describe, expect, it } from "vitest";
import { signature } from "../../../controller/notify/webhook/index.ts";
import { openPhone, type Phone, phoneLimits } from "../../../controller/street/phone/index.ts";
import { isSigned } from "../../../controller/street/phone/signature.ts";
import { later } from "../../undo.ts";

const now = Date.UTC(2026, 10, 25, 12);
const secret = "demo-secret-of-the-phone";

async function newPhone(ports = { mailPort: 0, webhookPort: 0 }): Promise<Phone & { arrivals: () => number }> {
  let arrivals = 0;
  const phone = await openPhone({ ...ports, secret, now: () => now, arrived: () => void arrivals++ });
  later(() => phone.stop());
  return { ...phone, arrivals: () => arrivals };
}

async function post(phone: Phone, body: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`http://127.0.0.1:${phone.webhookPort}/hook`, { method: "POST", body, headers });
  return { status: answer.status, text: await answer.text() };
}

async function mail(phone: Phone, text: string): Promise<string> {
  const transport = createTransport({ host: "127.0.0.1", port: phone.mailPort, secure: false });
  later(async () => transport.close());
  const message = { from: "a@demo.invalid", to: "b@demo.invalid", subject: "Grays: öffline", text };
  return (await transport.sendMail(message)).response;
}

describe("the phone", () => {
  it("shows a mail as it came, with its words", async () => {
    const phone = await newPhone();
    expect(await mail(phone, "All 9 devices – since 10:28")).toMatch(/^250/);
    const [message] = phone.messages();
    expect(message).toMatchObject({
      id: 1,
      at: now,
      channel: "email",
      to: "b@demo.invalid",
      subject: "Grays: öffline",
    });
    expect(message?.text.trim()).toBe("All 9 devices – since 10:28");
    expect(message?.raw).toContain("Subject:");
    expect([message?.signed, phone.arrivals()]).toEqual([null, 1]);
  });

  it("shows a webhook, and checks its signature as a receiver should", async () => {
    const phone = await newPhone();
    const body = JSON.stringify({ kind: "opened", incident: { sentence: "Grays is offline." } });
    const good = { "lamplighter-signature": signature(body, secret, now) };
    expect(await post(phone, body, good)).toEqual({ status: 200, text: "the phone of the demo has it\n" });
    expect(await post(phone, `${body} `, good)).toMatchObject({ status: 401 });
    expect(await post(phone, "no json")).toMatchObject({ status: 200 });
    expect(phone.messages().map(({ subject, text, signed }) => [subject, text, signed])).toEqual([
      ["not JSON", "no json", null],
      ["opened", "Grays is offline.", false],
      ["opened", "Grays is offline.", true],
    ]);
  });

  it.each([
    ["/slack", { text: "P1: Demo" }, 200, "ok", ["Slack", "P1: Demo"]],
    ["/teams", { attachments: [{ content: { fallbackText: "P1: Demo" } }] }, 202, "", ["Microsoft Teams", "P1: Demo"]],
    ["/ntfy", { title: "P1", message: "Demo" }, 200, '{"id":"demo1"}', ["ntfy", "P1\nDemo"]],
    ["/tickets", { a: { b: "P1" } }, 201, '{"id":"DEMO-1"}', ["Ticket DEMO-1 was opened", "P1"]],
    ["/tickets/DEMO-7", { note: "over" }, 200, '{"id":"DEMO-7"}', ["Ticket DEMO-7 was changed", "over"]],
    ["/teams", { attachments: "odd" }, 202, "", ["Microsoft Teams", ""]],
  ])("answers %s as its vendor would", async (path, body, status, text, words) => {
    const phone = await newPhone();
    const answer = await fetch(`http://127.0.0.1:${phone.webhookPort}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    expect([answer.status, await answer.text()]).toEqual([status, text]);
    expect(phone.messages().map((one) => [one.subject, one.text])).toEqual([words]);
  });

  it("takes no signature that is old, of another key, or none at all", () => {
    const sign = (at: number, key = secret) =>
      `t=${at},v1=${createHmac("sha256", key).update(`${at}.body`).digest("hex")}`;
    const check = (header: string) => isSigned(secret, { "lamplighter-signature": header }, "body", now);
    expect([check(sign(now)), check(sign(now - 6 * 60_000)), check(sign(now, "another")), check("v1=1")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("keeps the newest hundred", async () => {
    const phone = await newPhone();
    for (let i = 0; i < phoneLimits.messages + 3; i++) await post(phone, JSON.stringify({ kind: `n${i}` }));
    const subjects = phone.messages().map(({ subject }) => subject);
    expect([subjects.length, subjects[0], subjects.at(-1)]).toEqual([100, "n102", "n3"]);
  });

  it("refuses what is too long, and other methods", async () => {
    const phone = await newPhone();
    expect(await post(phone, "x".repeat(phoneLimits.messageBytes + 1))).toMatchObject({ status: 413 });
    expect((await fetch(`http://127.0.0.1:${phone.webhookPort}/`)).status).toBe(405);
    await expect(mail(phone, "x".repeat(phoneLimits.messageBytes))).rejects.toThrow(/at most|exceeds|552|452|450/i);
    expect(phone.messages()).toEqual([]);
  });

  it("takes another port when its own is taken", async () => {
    const first = await newPhone();
    const second = await newPhone({ mailPort: first.mailPort, webhookPort: first.webhookPort });
    expect([second.mailPort, second.webhookPort]).not.toEqual([first.mailPort, first.webhookPort]);
    expect(await post(second, "{}")).toMatchObject({ status: 200 });
  });

  it("outlives a caller that hangs up in the middle", async () => {
    const phone = await newPhone();
    const socket = connect(phone.mailPort, "127.0.0.1");
    await new Promise((done) => socket.once("data", done));
    socket.resetAndDestroy();
    expect(await mail(phone, "still here")).toMatch(/^250/);
  });
});
