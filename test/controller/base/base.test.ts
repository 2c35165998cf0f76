import { createPublicKey, verify, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { messages, purposes } from "#wire";
import { SettingsError } from "../../../controller/base/errors.ts";
import { randomId, randomSecret, readableId } from "../../../controller/base/ids.ts";
import { openContentKeys } from "../../../controller/base/key-set.ts";
import { openKeys } from "../../../controller/base/keys.ts";
import { createLog } from "../../../controller/base/log.ts";
import { fullJitter } from "../../../controller/base/retry.ts";
import { createSerial } from "../../../controller/base/serial.ts";
import { createSigner, pinOf } from "../../../controller/base/signing.ts";
import { givenCertificate, ownCertificate, publiclyTrusted } from "../../../controller/base/tls.ts";
import { handClock } from "./hand-clock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lamplighter-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const dayMs = 86_400_000;

describe("keys and signing", () => {
  test("keys are made once, only their owner reads them, and no half file is left", () => {
    const keys = openKeys(join(folder, "keys"));
    const again = openKeys(join(folder, "keys"));
    const [content, contentAgain] = [1, 2].map(() => openContentKeys(join(folder, "keys")).content[0]?.private);
    expect(content && contentAgain?.equals(content)).toBe(true);
    expect(again.online.equals(keys.online) && again.tls.equals(keys.tls)).toBe(true);
    const files = readdirSync(join(folder, "keys"));
    expect(files.sort()).toEqual(["content.pem", "online.pem", "tls.pem"]);
    for (const file of files) expect(statSync(join(folder, "keys", file)).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "keys")).mode & 0o777).toBe(0o700);
  });

  test("a file that is no key of the right kind is refused by name", () => {
    openKeys(folder);
    writeFileSync(join(folder, "online.pem"), openKeys(folder).tls.export({ type: "pkcs8", format: "pem" }));
    expect(() => openKeys(folder)).toThrow(/online\.pem: ed25519 private key expected/);
  });

  test("what is signed is checked by the key set, by the right kind of key, and says who and when", () => {
    const clock = handClock();
    const signer = createSigner({ online: openKeys(folder).online, keys: openContentKeys(folder), clock });
    const set = messages.keySet.parse(signer.keySet());
    for (const [purpose, content] of [
      ["welcome", { session: 3, now: clock.now(), keySetVersion: 1 }],
      ["keys", { keySet: set }],
    ] as const) {
      const said = signer.sign(purpose, "ap-abcdefgh", content as never);
      const key = set.keys.find((one) => one.id === said.key);
      expect(key?.use).toBe(purposes[purpose].use);
      const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: key?.key ?? "" }, format: "jwk" });
      expect(verify(null, Buffer.from(said.body), publicKey, Buffer.from(said.sig, "base64url"))).toBe(true);
      expect(JSON.parse(said.body)).toMatchObject({ purpose, device: "ap-abcdefgh", issuedAt: clock.now() });
    }
    const content = set.keys.find((one) => one.use === "content");
    expect(signer.tokenPin()).toBe(pinOf(Buffer.from(content?.key ?? "", "base64url")));
    expect(signer.tokenPin()).toHaveLength(22);
  });

  test("content that breaks the schema is not signed", () => {
    const signer = createSigner({ online: openKeys(folder).online, keys: openContentKeys(folder), clock: handClock() });
    expect(() => signer.sign("welcome", "Not A Device", { session: 1, now: 1, keySetVersion: 1 })).toThrow();
  });
});

describe("certificates", () => {
  const own = (clock = handClock(), names: string[] = []) =>
    ownCertificate({ key: openKeys(folder).tls, file: join(folder, "tls.cert.pem"), names, clock });

  test("our own is for the names, kept, and renewed on the same key so that pins hold", async () => {
    const clock = handClock();
    const first = await own(clock, ["lamps.example", "192.0.2.7"]);
    const leaf = new X509Certificate(first.cert);
    for (const name of ["lamps.example", "localhost"]) expect(leaf.checkHost(name)).toBe(name);
    for (const ip of ["192.0.2.7", "127.0.0.1", "::1"]) expect(leaf.checkIP(ip)).toBe(ip);
    expect(first.pin).toBe(pinOf(leaf.publicKey.export({ type: "spki", format: "der" }) as Buffer));
    expect((await own(clock, ["lamps.example"])).cert).toBe(first.cert);

    clock.pass(first.validTo - clock.now() - 29 * dayMs);
    const renewed = await own(clock, ["lamps.example"]);
    expect(renewed.cert).not.toBe(first.cert);
    expect(renewed.pin).toBe(first.pin);
    const widened = await own(clock, ["lamps.example", "other.example"]);
    expect(new X509Certificate(widened.cert).checkHost("other.example")).toBe("other.example");
    expect(widened.pin).toBe(first.pin);
  });

  test("a file that broke is made anew", async () => {
    const { pin } = await own();
    writeFileSync(join(folder, "tls.cert.pem"), "not a certificate");
    expect((await own()).pin).toBe(pin);
  });

  test("a given one that nobody trusts publicly is pinned; what does not fit is refused by its setting", async () => {
    const made = await own();
    const cert = join(folder, "tls.cert.pem");
    const key = join(folder, "tls.pem");
    expect(givenCertificate({ cert, key })).toMatchObject({ pin: made.pin, validTo: made.validTo });
    const wrong = (files: { cert: string; key: string }, name: string) => {
      const error = thrown(() => givenCertificate(files));
      expect(error).toBeInstanceOf(SettingsError);
      expect((error as SettingsError).key).toBe(name);
    };
    wrong({ cert: join(folder, "none.pem"), key }, "tls.cert");
    wrong({ cert: key, key }, "tls.cert");
    wrong({ cert, key: cert }, "tls.key");
    wrong({ cert, key: join(folder, "online.pem") }, "tls.key");
  });

  test("a chain to a root that is trusted is public; one that does not link is not", async () => {
    const root = new X509Certificate(rootCertificates[0] ?? "");
    const ours = new X509Certificate((await own()).cert);
    expect(publiclyTrusted([root])).toBe(true);
    expect(publiclyTrusted([ours])).toBe(false);
    expect(publiclyTrusted([ours, root])).toBe(false);
    expect(publiclyTrusted([ours], [ours.toString()])).toBe(true);
  });
});

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
}

describe("the log", () => {
  const lines: string[] = [];
  const log = () => createLog({ level: "debug", to: { write: (line: string) => void lines.push(line) } });
  const last = () => JSON.parse(lines.at(-1) ?? "{}");

  test("blanks what is secret by name, however deep, in children and errors too", () => {
    const error = Object.assign(new Error("planted"), { code: "E1", cause: { password: "s3cret-d" } });
    log()
      .child({ apiToken: "s3cret-a" })
      .info("hello", { who: "amy", request: { headers: { Cookie: "s3cret-b", authorization: "s3cret-c" } }, error });
    expect(lines.at(-1)).not.toContain("s3cret");
    expect(last()).toMatchObject({
      msg: "hello",
      who: "amy",
      apiToken: "[redacted]",
      error: { message: "planted", code: "E1" },
    });
  });

  test("cuts what is long or deep, and ends with what refers to itself", () => {
    const circle: Record<string, unknown> = { text: "x".repeat(5_000), count: 3n };
    circle["self"] = circle;
    log().warn("long", circle);
    expect(lines.at(-1)?.length).toBeLessThan(20_000);
    expect(last()).toMatchObject({ count: "3" });
  });

  test("keeps to its level", () => {
    const before = lines.length;
    createLog({ level: "error", to: { write: (line: string) => void lines.push(line) } }).info("not said");
    expect(lines).toHaveLength(before);
  });
});

describe("small things", () => {
  test("ids are as the wire wants them, and not met twice", () => {
    const made = Array.from({ length: 500 }, () => readableId("ap"));
    for (const id of made) expect(id).toMatch(/^ap-[a-z2-7]{8}$/);
    expect(new Set([...made, ...Array.from({ length: 500 }, () => randomId("x"))]).size).toBe(1_000);
  });

  test("no secret can be taken for an option of a command line", () => {
    const secrets = Array.from({ length: 2_000 }, () => randomSecret());
    expect(secrets.filter((secret) => secret.startsWith("-"))).toEqual([]);
    expect(new Set(secrets.map((secret) => secret.length))).toEqual(new Set([43]));
  });

  test("full jitter stays between nothing and the ceiling, and uses all of it", () => {
    const backoff = { baseMs: 100, maxMs: 5_000 };
    fc.assert(
      fc.property(fc.nat(2_000), (attempt) => {
        const ceiling = Math.min(5_000, 100 * 2 ** attempt);
        expect(fullJitter(attempt, backoff, () => 0)).toBe(0);
        expect(fullJitter(attempt, backoff, (below) => below - 1)).toBe(ceiling);
        expect(fullJitter(attempt, backoff)).toBeLessThanOrEqual(ceiling);
      }),
    );
  });

  test("serial: one at a time, in order; a failure fails alone; beyond the limit it refuses", async () => {
    const serial = createSerial(3);
    const seen: string[] = [];
    const opens: (() => void)[] = [];
    const gate = new Promise<void>((done) => {
      opens.push(done);
    });
    const first = serial(async () => {
      await gate;
      seen.push("first");
    });
    const second = serial(async () => {
      seen.push("second");
      throw new Error("planted");
    });
    const third = serial(async () => seen.push("third"));
    await expect(serial(async () => seen.push("fourth"))).rejects.toMatchObject({ kind: "away", code: "busy" });
    opens[0]?.();
    await first;
    await expect(second).rejects.toThrow("planted");
    await third;
    expect(seen).toEqual(["first", "second", "third"]);
    await serial(async () => seen.push("after"));
    expect(seen).toContain("after");
  });
});
