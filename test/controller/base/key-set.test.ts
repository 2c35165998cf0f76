import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { messages } from "#wire";
import {
  addContentKey,
  describeKey,
  inUse,
  mostContentKeys,
  mostKeysKept,
  openContentKeys,
  retireContentKey,
} from "../../../controller/base/key-set.ts";
import { openKeys } from "../../../controller/base/keys.ts";
import { createSigner } from "../../../controller/base/signing.ts";
import { addKey, listKeys, retireKey } from "../../../controller/cli/keys.ts";
import { createWelcome } from "../../../controller/registry/presence/index.ts";
import { holdFolder } from "../../../controller/store/records/index.ts";
import { verifySigned } from "../../../edge-agent/trust/index.ts";
import { handClock } from "./hand-clock.ts";

let dataDir: string;
let folder: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "lamplighter-test-"));
  folder = join(dataDir, "keys");
  openKeys(folder);
  openContentKeys(folder);
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const device = "ap-abcdefgh";
const clock = handClock();
const signer = () => createSigner({ online: openKeys(folder).online, keys: openContentKeys(folder), clock });
const ids = () => openContentKeys(folder).content.map((one) => describeKey(one.private).id);
const bytes = (signed: unknown): Buffer => Buffer.from(JSON.stringify(signed));
const time = { now: clock.now(), synced: true };
const golden = messages.birth.parse(
  JSON.parse(readFileSync(new URL("../../wire/golden/0.1.0/birth.json", import.meta.url), "utf8")).message,
);
const config = { revision: 7, trialMs: 60_000, document: {} };

describe("the content keys", () => {
  test("one more is in the next version, the older one signs until it is retired, and files are the owner's alone", () => {
    const [first] = ids();
    const second = addContentKey(folder);
    expect(ids()).toEqual([first, second]);
    expect(signer().keySet()).toMatchObject({ version: 2, keys: [{ id: first }, { id: second }, { use: "online" }] });
    expect(signer().sign("config", device, config).key).toBe(first);
    const pin = signer().tokenPin();

    retireContentKey(folder, first ?? "");
    expect(signer().keySet()).toMatchObject({ version: 3, keys: [{ id: second }, { use: "online" }] });
    expect(signer().sign("config", device, config).key).toBe(second);
    expect(signer().tokenPin()).not.toBe(pin);
    expect(messages.keySet.parse(signer().keySet())).toEqual(signer().keySet());
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  });

  test("the only one can't be retired, nor one that is not there or went already", () => {
    const [first = ""] = ids();
    expect(() => retireContentKey(folder, first)).toThrow(/only content key/);
    expect(() => retireContentKey(folder, "nobody")).toThrow(/nobody/);
    addContentKey(folder);
    retireContentKey(folder, first);
    expect(() => retireContentKey(folder, first)).toThrow(first);
  });

  test("a set and the folder hold so many and no more", () => {
    for (let i = 1; i < mostContentKeys; i++) addContentKey(folder);
    expect(() => addContentKey(folder)).toThrow(`at most ${mostContentKeys}`);
    expect(messages.keySet.safeParse(signer().keySet()).success).toBe(true);
    const gone = { file: "content.pem", since: 1, until: 2 };
    const kept = [{ ...gone, until: null }, ...Array.from({ length: mostKeysKept - 1 }, () => gone)];
    writeFileSync(join(folder, "key-set.json"), JSON.stringify({ v: 1, version: 2, content: kept }));
    expect(() => addContentKey(folder)).toThrow(`at most ${mostKeysKept}`);
  });

  test("a file of the set that is broken, or names what is not there, stops the start by name", () => {
    const file = join(folder, "key-set.json");
    writeFileSync(file, "{");
    expect(() => openContentKeys(folder)).toThrow(/key-set\.json: not JSON/);
    const one = { file: "content.pem", since: 1, until: null };
    for (const content of [[{ ...one, file: "../x.pem" }], [{ ...one, until: 1 }], [{ ...one, since: 9 }], []]) {
      writeFileSync(file, JSON.stringify({ v: 1, version: 1, content }));
      expect(() => openContentKeys(folder)).toThrow(/key-set\.json: content/);
    }
    writeFileSync(file, JSON.stringify({ v: 1, version: 2, content: [one, { ...one, file: "content-2.pem" }] }));
    expect(() => openContentKeys(folder)).toThrow(/content-2\.pem/);
  });

  test("a key that a crash left behind is used by the next that is added", () => {
    const second = addContentKey(folder);
    rmSync(join(folder, "key-set.json"));
    expect(addContentKey(folder)).toBe(second);
  });
});

describe("a device that was away", () => {
  test("gets the newest set before its welcome, and once it has that the welcome alone", () => {
    addContentKey(folder);
    const sent: string[] = [];
    const send = (_: string, suffix: string) => sent.push(suffix) > 0;
    const born = createWelcome({ signer: signer(), clock, send });
    born(device, { ...golden, keySetVersion: 1 });
    expect(sent.splice(0)).toEqual(["keys", "welcome"]);
    born(device, { ...golden, keySetVersion: 2 });
    expect(sent.splice(0)).toEqual(["welcome"]);
    // Agents up to 0.1.0 don't say: each key that there ever was may be the one that they believe.
    born(device, golden);
    expect(sent).toEqual(["keys", "keys", "welcome"]);
  });

  test("comes from any older set to the newest in one step, whatever was added and retired meanwhile", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 7 }), (steps) => {
        rmSync(folder, { recursive: true });
        mkdirSync(folder);
        const sets = [signer().keySet()];
        for (const step of steps) {
          const used = inUse(openContentKeys(folder).content);
          const chosen = used[step % used.length]?.private;
          if (step > 4 && used.length > 1 && chosen) retireContentKey(folder, describeKey(chosen).id);
          else addContentKey(folder);
          sets.push(signer().keySet());
        }
        const newest = sets.at(-1);
        const now = signer();
        for (const keySet of sets.slice(0, -1)) {
          const trusted = { device, keySet, floor: 0 };
          const known = now.newerSet(device, keySet.version);
          expect(known).toHaveLength(1);
          for (const all of [known, now.newerSet(device, undefined)]) {
            const taken = all.map((one) => verifySigned("keys", bytes(one), trusted, time)).filter((one) => one.ok);
            expect(taken.length).toBeGreaterThan(0);
            expect(taken[0]).toMatchObject({ body: { keySet: newest } });
          }
        }
        expect(now.newerSet(device, newest?.version)).toEqual([]);
        expect(now.newerSet(device, (newest?.version ?? 0) + 1)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  test("nothing goes to anybody while there was one set only", () => {
    expect(signer().newerSet(device, undefined)).toEqual([]);
    expect(signer().newerSet(device, 1)).toEqual([]);
  });

  test("what a retired key signed goes out with the same body, signed by one that is in the set", () => {
    const [first = ""] = ids();
    const before = signer().sign("config", device, config);
    addContentKey(folder);
    expect(signer().renewed(before)).toEqual(before);
    retireContentKey(folder, first);
    const renewed = signer().renewed(before);
    expect(renewed.body).toBe(before.body);
    const trusted = { device, keySet: signer().keySet(), floor: 0 };
    expect(verifySigned("config", bytes(before), trusted, time)).toMatchObject({ ok: false, why: "unknown key" });
    expect(verifySigned("config", bytes(renewed), trusted, time)).toMatchObject({ ok: true, text: before.body });
  });
});

describe("lamplighter keys", () => {
  const said: string[] = [];
  const io = { out: (text: string) => void said.push(text), error: (text: string) => void said.push(text) };
  beforeEach(() => void said.splice(0));
  const json = () => JSON.parse(said.pop() ?? "");

  test("lists, adds and retires", async () => {
    expect(await listKeys({}, { dataDir, json: true }, io)).toBe(0);
    const [{ id }] = json().content;
    expect(await addKey({}, { dataDir, json: true }, io)).toBe(0);
    expect(json()).toMatchObject({
      version: 2,
      content: [
        { id, until: null, signs: true },
        { since: 2, signs: false },
      ],
    });
    expect(await retireKey({}, id, { dataDir }, io)).toBe(0);
    expect(said.pop()).toContain(`${id}  since version 1, retired with version 3`);
    expect(await retireKey({}, id, { dataDir }, io)).toBe(2);
    expect(said.pop()).toContain(id);
  });

  test("changes nothing beside a running controller, and makes no keys at a wrong path", async () => {
    const release = holdFolder(dataDir);
    expect(await addKey({}, { dataDir }, io)).toBe(78);
    expect(said.pop()).toContain("in use by another controller");
    await release();
    expect(openContentKeys(folder).version).toBe(1);
    expect(await addKey({}, { dataDir: join(dataDir, "elsewhere") }, io)).toBe(78);
    expect(said.pop()).toContain("no keys");
    expect(readdirSync(dataDir)).not.toContain("elsewhere");
  });
});
