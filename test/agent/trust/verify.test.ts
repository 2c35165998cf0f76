import { describe, expect, it } from "vitest";
import { verifySigned } from "../../../edge-agent/trust/index.ts";
import { keySetOf, newKey, signedBy } from "../standin.ts";

const day = 24 * 3600 * 1000;
const now = Date.UTC(2026, 5, 1);
const [online, content, stranger] = [newKey("o", "online"), newKey("c", "content"), newKey("o", "online")];
const trusted = { device: "demo-device", keySet: keySetOf(3, online, content), floor: now };
const synced = { now, synced: true };
const unset = { now: 0, synced: false };

const welcome = { purpose: "welcome", device: "demo-device", issuedAt: now, session: 1, now, keySetVersion: 3 };
const keys = { purpose: "keys", device: "demo-device", issuedAt: now, keySet: keySetOf(4, online, content) };
const config = { purpose: "config", device: "demo-device", issuedAt: now, revision: 1, document: {} };
const bytes = (text: string): Buffer => Buffer.from(text);

describe("a signed message", () => {
  it("is taken when everything about it is right", () => {
    const verdict = verifySigned("welcome", bytes(signedBy(online, welcome)), trusted, synced);
    expect(verdict).toMatchObject({ ok: true, floor: now, body: { session: 1, now } });
  });

  const tampered = signedBy(online, welcome).replace('\\"session\\":1', '\\"session\\":2');
  it.each([
    ["unreadable", "welcome", "not JSON", trusted],
    ["unreadable", "welcome", "{}", trusted],
    ["unreadable", "welcome", signedBy(online, { ...welcome, session: "one" }), trusted],
    ["wrong purpose", "welcome", signedBy(online, { ...config, purpose: "confirm" }), trusted],
    ["unknown key", "welcome", signedBy({ ...online, id: "x" }, welcome), trusted],
    ["wrong key", "welcome", signedBy(content, welcome), trusted],
    ["wrong key", "config", signedBy(online, config), trusted],
    ["wrong key", "keys", signedBy(online, keys), trusted],
    ["bad signature", "welcome", signedBy(stranger, welcome), trusted],
    ["bad signature", "welcome", tampered, trusted],
    ["wrong device", "welcome", signedBy(online, { ...welcome, device: "other" }), trusted],
    ["expired", "welcome", signedBy(online, { ...welcome, expiresAt: now - 1 }), trusted],
    ["too old", "welcome", signedBy(online, { ...welcome, issuedAt: now - day - 1 }), trusted],
    ["from the future", "welcome", signedBy(online, { ...welcome, issuedAt: now + day + 1 }), trusted],
    ["lower key set", "keys", signedBy(content, { ...keys, keySet: keySetOf(3, content) }), trusted],
    ["useless key set", "keys", signedBy(content, { ...keys, keySet: keySetOf(4, content) }), trusted],
    ["useless key set", "keys", signedBy(content, { ...keys, keySet: keySetOf(4, online) }), trusted],
    [
      "useless key set",
      "keys",
      signedBy(content, { ...keys, keySet: keySetOf(4, online, content, stranger) }),
      trusted,
    ],
  ] as const)("is refused as %s (%s)", (why, purpose, text, by) => {
    expect(tampered).not.toBe(signedBy(online, welcome));
    expect(verifySigned(purpose, bytes(text), by, synced)).toMatchObject({ ok: false, why });
  });

  it("is refused when it is larger than a packet may be", () => {
    const text = signedBy(content, { ...config, document: { padding: "x".repeat(200 * 1024) } });
    expect(verifySigned("config", bytes(text), trusted, synced)).toMatchObject({ ok: false, why: "unreadable" });
    const fits = signedBy(content, { ...config, document: { padding: "x".repeat(190 * 1024) } });
    expect(verifySigned("config", bytes(fits), trusted, synced).ok).toBe(true);
  });

  it("is held against what time it is at least, where the clock is not set", () => {
    const late = signedBy(online, { ...welcome, expiresAt: now - 1 });
    expect(verifySigned("welcome", bytes(late), trusted, unset)).toMatchObject({ why: "expired" });
    const ahead = signedBy(online, { ...welcome, issuedAt: now + 20 * day });
    expect(verifySigned("welcome", bytes(ahead), trusted, unset)).toMatchObject({ ok: true, floor: now + 20 * day });
  });

  it("of an off-line key may be older than the floor: its revision protects it", () => {
    const old = signedBy(content, { ...config, issuedAt: now - 300 * day });
    expect(verifySigned("config", bytes(old), trusted, synced)).toMatchObject({ ok: true, floor: now });
  });

  it("raises the floor by 30 days at most unless the clock is synced, and by nothing when refused", () => {
    const far = signedBy(content, { ...config, issuedAt: now + 900 * day });
    expect(verifySigned("config", bytes(far), trusted, unset)).toMatchObject({ ok: true, floor: now + 30 * day });
    expect(verifySigned("config", bytes(far), trusted, synced)).toMatchObject({ ok: false, why: "from the future" });
    const soon = signedBy(content, { ...config, issuedAt: now + day });
    expect(verifySigned("config", bytes(soon), trusted, synced)).toMatchObject({ ok: true, floor: now + day });
  });

  it("with a newer key set resets the floor to its own date", () => {
    const poisoned = { ...trusted, floor: now + 300 * day };
    const verdict = verifySigned("keys", bytes(signedBy(content, keys)), poisoned, synced);
    expect(verdict).toMatchObject({ ok: true, floor: now, body: { keySet: { version: 4 } } });
  });
});
