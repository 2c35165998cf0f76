import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createExit } from "../../../edge-agent/link/exit.ts";
import { scrubText, scrubValue, shortestAddress } from "../../../edge-agent/link/scrub.ts";
import { randomName } from "../../../edge-agent/trust/index.ts";

const key = "demo-key";
const octets = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 6, maxLength: 6 });
const hex = (bytes: number[]): string[] => bytes.map((b) => b.toString(16).padStart(2, "0"));
const spellings: [string, (bytes: number[]) => string][] = [
  ["aa:bb:cc:dd:ee:ff", (b) => hex(b).join(":")],
  ["aa-bb-cc-dd-ee-ff", (b) => hex(b).join("-")],
  ["aabb.ccdd.eeff", (b) => (hex(b).join("").match(/.{4}/g) ?? []).join(".")],
  ["aabbccddeeff", (b) => hex(b).join("")],
  ["AA:BB:CC:DD:EE:FF", (b) => hex(b).join(":").toUpperCase()],
];
const before = fc.constantFrom("", " ", "client ", "(", "mac=", "[", '"', "über ", "/", "_");
const after = fc.constantFrom("", " ", " client", ")", "]", '"', ".", ", über", "/", "_");

describe("the scrubber", () => {
  it.each(spellings)("lets no address through as %s", (_, spell) => {
    fc.assert(
      fc.property(octets, before, after, (bytes, before, after) => {
        const text = `${before}${spell(bytes)}${after}`;
        const clean = scrubText(text, key);
        expect(clean).toMatch(/p-[a-z2-7]{10}/);
        expect(clean.toLowerCase()).not.toContain(spell(bytes).toLowerCase());
        expect(clean.startsWith(before) && clean.endsWith(after)).toBe(true);
      }),
    );
  });

  it("gives an address one pseudonym, however it is written, and another one with another key", () => {
    fc.assert(
      fc.property(octets, (bytes) => {
        const names = new Set(spellings.map(([, spell]) => scrubText(spell(bytes), key)));
        expect(names.size).toBe(1);
        expect(names.has(scrubText(hex(bytes).join(":"), "other"))).toBe(false);
      }),
    );
  });

  it("changes nothing the second time", () => {
    fc.assert(
      fc.property(fc.string(), octets, (text, bytes) => {
        const once = scrubText(`${text} ${hex(bytes).join(":")}`, key);
        expect(scrubText(once, key)).toBe(once);
      }),
    );
  });

  it("finds longer addresses and those inside IPv6 ones", () => {
    expect(scrubText("00:11:22:33:44:55:66:77", key)).toMatch(/^p-\w{10}$/);
    expect(scrubText("fe80::211:22ff:fe33:4455", key)).toMatch(/^fe80::p-\w{10}$/);
  });

  it.each([
    "a lamp post in Demo Street",
    "2026-11-23T12:34:56.789Z",
    "10.0.0.1",
    "fe80::1",
    "12:34:56",
    "2026-11-23-12-34-56",
    "wlan0-1",
    "eth0:1",
    "2001:db8::8a2e:370:7334",
    "deadbeef",
    "0123456789abc",
    "b2c0fd8e1aa64f2c8f4ad80ad2dbe7b0",
  ])("leaves %s alone", (text) => {
    expect(scrubText(text, key)).toBe(text);
  });

  it("finds the shortest addresses that there are", () => {
    for (const address of [":1:ff:fe12:1", "a0b1c2d3e4f5"]) {
      expect(address).toHaveLength(shortestAddress);
      expect(scrubText(address, key)).toContain("p-");
    }
  });

  it("keeps members of any name", () => {
    const odd = JSON.parse('{"__proto__":{"a":1},"constructor":2}') as object;
    expect(JSON.stringify(scrubValue(odd, key))).toBe(JSON.stringify(odd));
  });

  it("leaves every boot id alone", () => {
    for (let i = 0; i < 500; i++) {
      const boot = randomName(20);
      expect(scrubText(boot, key)).toBe(boot);
    }
  });

  it("looks into names and nested values, and leaves numbers", () => {
    const address = "aa:bb:cc:dd:ee:ff";
    const clean = scrubValue({ [address]: [{ by: address }], bytes: 123456789012, none: null }, key);
    expect(JSON.stringify(clean)).not.toContain(address);
    expect(clean).toMatchObject({ bytes: 123456789012, none: null });
  });

  it("stands at the exit, where only the device's own hardware and configuration stay as they are", () => {
    const exit = createExit(() => key);
    const event = {
      v: 1,
      boot: "a".repeat(20),
      session: 1,
      seq: 1,
      at: 1,
      upMs: 1,
      clock: "synced",
      total: 1,
    } as const;
    const text = exit.text("event", { ...event, kind: "demo", severity: "info", detail: { from: "aabbccddeeff" } });
    expect(text).not.toContain("aabbccddeeff");
    const hash = "aabbccddeeff-".repeat(4).slice(0, 43);
    const config = { revision: 1, hash, state: "applied" } as const;
    const spool = { batches: 0, points: 0, bytes: 0, held: [] };
    const presence = exit.text("presence", {
      ...{ v: 1, online: true, boot: event.boot, session: 1, at: 1, upMs: 1, clock: "synced", agent: "aabbccddeeff" },
      ...{ hardware: { model: "demo", serial: "aabbccddeeff" }, firmware: "demo", intervalMs: 1000, config, seq: 0 },
      ...{ total: 0, unfinished: [], spool },
    });
    expect(JSON.parse(presence)).toMatchObject({ config, hardware: { serial: "aabbccddeeff" } });
    expect(JSON.parse(presence).agent).toMatch(/^p-/);
  });
});
