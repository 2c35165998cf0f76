import { createDecipheriv, createECDH, createPublicKey, hkdfSync, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { encrypt, newKey, pushBytes } from "../../../controller/notify/web-push/encrypt.ts";
import { freshNotify, receiver } from "./fresh.ts";

const b64 = (text: string) => Buffer.from(text, "base64url");
const jo = { kind: "user", id: "user_jo" };

/** A browser: its key pair and secret, and what it makes of a message. */
function browser() {
  const key = newKey();
  const auth = Buffer.alloc(16, 7);
  return {
    keys: { p256dh: key.getPublicKey("base64url"), auth: auth.toString("base64url") },
    read(body: Buffer): Record<string, string> {
      const salt = body.subarray(0, 16);
      const theirs = body.subarray(21, 21 + body.readUInt8(20));
      const sealed = body.subarray(21 + theirs.length);
      const info = Buffer.concat([Buffer.from("WebPush: info\0"), key.getPublicKey(), theirs]);
      const derive = (secret: Buffer, from: Buffer, words: Buffer, bytes: number) =>
        Buffer.from(hkdfSync("sha256", secret, from, words, bytes));
      const ikm = derive(key.computeSecret(theirs), auth, info, 32);
      const cek = derive(ikm, salt, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
      const nonce = derive(ikm, salt, Buffer.from("Content-Encoding: nonce\0"), 12);
      const decipher = createDecipheriv("aes-128-gcm", cek, nonce).setAuthTag(sealed.subarray(-16));
      const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
      expect(plain.at(-1)).toBe(2);
      return JSON.parse(plain.subarray(0, -1).toString());
    },
  };
}

describe("web push", () => {
  it("encrypts as the example of RFC 8291 does", () => {
    const key = createECDH("prime256v1");
    key.setPrivateKey(b64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));
    const to = {
      p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
      auth: "BTBZMqHH6r4Tts7J_aSIgg",
    };
    const body = encrypt(Buffer.from("When I grow up, I want to be a watermelon"), to, {
      key,
      salt: b64("DGv6ra1nlYgDCS1FRnbzlw"),
    });
    expect(body.toString("base64url")).toBe(
      "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
    );
    expect(() => encrypt(Buffer.alloc(4_096), to, { key, salt: Buffer.alloc(16) })).toThrow(String(pushBytes));
  });

  it("a browser subscribes, reads what only it can read, knows by whom, and ends it", async () => {
    const service = await receiver((response) => void response.writeHead(201).end());
    const fresh = await freshNotify({ url: () => "https://lamps.example" });
    fresh.run();
    const one = browser();
    const endpoint = `http://127.0.0.1:${service.port}/wpush/v2/demo`;
    const wish = { name: "Jo's phone", endpoint, keys: one.keys };
    const channel = await fresh.notify.push.subscribe(jo, wish);
    expect(JSON.stringify(channel)).not.toContain("wpush");
    // The same browser again is the same channel.
    expect((await fresh.notify.push.subscribe(jo, wish)).id).toBe(channel.id);
    await fresh.plant("i-1", "critical");
    await fresh.tellNow("i-1", "opened");
    const [got] = service.got;
    expect(got?.headers).toMatchObject({ "content-encoding": "aes128gcm", ttl: "86400", urgency: "high" });
    expect(one.read(got?.bytes ?? Buffer.alloc(0))).toMatchObject({
      kind: "opened",
      title: "P1: Demo i-1 is offline.",
      path: "/incidents/i-1",
      tag: "i-1",
    });
    const [, jwt = "", key = ""] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(String(got?.headers.authorization)) ?? [];
    expect(key).toBe(fresh.notify.push.key);
    const [head = "", claims = "", mark = ""] = jwt.split(".");
    const point = b64(key);
    const jwk = {
      kty: "EC",
      crv: "P-256",
      x: point.subarray(1, 33).toString("base64url"),
      y: point.subarray(33).toString("base64url"),
    };
    const publicKey = createPublicKey({ key: jwk, format: "jwk" });
    expect(
      verify("sha256", Buffer.from(`${head}.${claims}`), { key: publicKey, dsaEncoding: "ieee-p1363" }, b64(mark)),
    ).toBe(true);
    expect(JSON.parse(b64(claims).toString())).toEqual({
      aud: `http://127.0.0.1:${service.port}`,
      exp: fresh.clock.now() / 1_000 + 12 * 3_600,
      sub: "https://lamps.example",
    });
    const known = String(channel.settings["browser"]);
    await expect(fresh.notify.push.unsubscribe({ kind: "user", id: "user_al" }, known)).rejects.toMatchObject({
      kind: "not-found",
    });
    await fresh.notify.push.unsubscribe(jo, known);
    expect(await fresh.notify.channels.list()).toEqual([]);
  });

  it("a very long message is cut to what push services take", async () => {
    const service = await receiver((response) => void response.writeHead(201).end());
    const sentence = `Grüße ${"ü".repeat(9_000)}. x`;
    const fresh = await freshNotify({
      incident: async (id) => ({ id, severity: "critical", sentence, includes: [], told: [] }),
    });
    fresh.run();
    const one = browser();
    await fresh.notify.push.subscribe(jo, { name: "x", endpoint: `http://127.0.0.1:${service.port}/`, keys: one.keys });
    await fresh.plant("i-1", "critical");
    await fresh.tellNow("i-1", "opened");
    const body = service.got[0]?.bytes ?? Buffer.alloc(0);
    expect(body.length).toBeLessThanOrEqual(4_096);
    expect(one.read(body)["body"]).toMatch(/ü…$/);
  });

  it.each([
    [410, "dead", "410 Gone: this browser asked for no more"],
    [404, "dead", "404 Not Found: this browser asked for no more"],
    [403, "dead", "403 Forbidden"],
    [413, "dead", "413 Payload Too Large"],
    [429, "waiting", "429 Too Many Requests"],
    [503, "waiting", "503 Service Unavailable"],
  ])("a push service that answers %i: %s", async (status, state, answer) => {
    const service = await receiver((response) => void response.writeHead(status).end());
    const fresh = await freshNotify();
    fresh.run();
    await fresh.notify.push.subscribe(jo, {
      name: "x",
      endpoint: `http://127.0.0.1:${service.port}/`,
      keys: browser().keys,
    });
    await fresh.plant("i-1", "critical");
    await fresh.tellNow("i-1", "opened");
    expect(await fresh.rows()).toMatchObject([{ state, answer }]);
  });

  it("refuses keys that are none", async () => {
    const fresh = await freshNotify();
    const wish = {
      name: "x",
      endpoint: "https://push.example/1",
      keys: { p256dh: "short", auth: browser().keys.auth },
    };
    await expect(fresh.notify.push.subscribe(jo, wish)).rejects.toMatchObject({
      faults: [{ path: "settings.p256dh" }],
    });
  });
});
