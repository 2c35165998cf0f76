import { randomInt } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { AgentSettings, ConfigReported } from "#wire";
import { openApply } from "../../../edge-agent/apply/index.ts";
import { readSettings } from "../../../edge-agent/index.ts";
import { createInbox } from "../../../edge-agent/link/inbox.ts";
import { hashText, type Trusted } from "../../../edge-agent/trust/index.ts";
import { noFiles } from "../apply/estate.ts";
import { later, newFolder, newLog } from "../setup.ts";
import { type Key, keySetOf, newKey, signedBy } from "../standin.ts";
import { fakeTime } from "../time.ts";

const device = "demo-device";
const now = Date.UTC(2026, 5, 1);
const dayMs = 24 * 3600 * 1000;
const hostileMs = 3_600_000;
/** Fewer than may wait, so that none is left out unread. */
const atOnce = 25;
const rounds = 400;

const online = newKey("online-1", "online");
const [retired, content] = [newKey("content-1", "content"), newKey("content-2", "content")];
const first = keySetOf(1, online, retired);
const second = keySetOf(2, online, retired, content);
const third = keySetOf(3, online, content);
const stranger = { ...newKey("stranger", "content"), id: content.id };
const keysBody = (keySet: object) => ({ purpose: "keys", device, issuedAt: now, keySet });

/** A device's inbox and its configuration, as the agent joins them, without the line between. */
async function newDevice() {
  const [dataDir, log, time] = [await newFolder(), newLog(), fakeTime(now)];
  const own = readSettings({});
  const apply = await openApply({ time, log, ...noFiles(dataDir), dataDir, own });
  const trusted: Trusted = { device, keySet: first, floor: now };
  const used: number[] = [];
  const seen: Partial<Record<string, number>> = {};
  let session = 1;
  let done = (): void => {};
  apply.join({
    use(settings: AgentSettings) {
      if (used.at(-1) !== settings.intervalMs) used.push(settings.intervalMs);
    },
    redial: () => apply.opened(++session),
    report(report: Omit<ConfigReported, "v" | "at" | "session">) {
      const { revision, attempt, state } = report;
      seen[state] = (seen[state] ?? 0) + 1;
      const body = { purpose: "confirm", device, issuedAt: now, revision, attempt, session };
      if (state === "trying") receive("config/confirm", signedBy(online, body));
      if (state === "applied") done();
    },
    drifted: () => {},
  });
  const inbox = createInbox({
    log,
    trusted: () => trusted,
    time: () => ({ now, synced: true }),
    delivered: () => {},
    welcome: () => {},
    keys: (keySet, floor) => void Object.assign(trusted, { keySet, floor }),
    config: apply.desired,
    confirm: apply.confirm,
    configRefused: apply.refused,
    floor: (floor) => void Object.assign(trusted, { floor }),
  });
  const receive = (suffix: string, text: string): void =>
    inbox(`lamplighter/v1/${device}/${suffix}`, Buffer.from(text));
  later(() => apply.stop());
  return {
    apply,
    trusted,
    used,
    receive,
    /** Everything that came before it was judged by then. */
    applied(text: string): Promise<void> {
      return new Promise((resolve) => {
        done = resolve;
        receive("config/desired", text);
      });
    },
  };
}

const wanted = (revision: number, intervalMs: number, more: object = {}) => ({
  purpose: "config",
  device,
  issuedAt: now,
  revision,
  trialMs: 60_000,
  document: { agent: { intervalMs } },
  ...more,
});

interface Known {
  /** In force; all that came after it is above. */
  revision: number;
  /** Good ones that were applied, oldest first. */
  texts: readonly string[];
}
type Attack = (known: Known, by: { at: number; salt: number }) => { suffix: string; text: string };
const config = (text: string) => ({ suffix: "config/desired", text });
const next = (known: Known, more: object = {}) => wanted(known.revision + 1, hostileMs, more);

/** One letter of the body, or one bit of the signature, is another: what was signed would have been believed. */
function tampered(text: string, what: "body" | "sig", { at, salt }: { at: number; salt: number }): string {
  const outer = JSON.parse(text);
  if (what === "body") {
    const letters = [...outer.body];
    const place = at % letters.length;
    const others = [...'0123456789{}",:az '].filter((one) => one !== letters[place]);
    letters[place] = others[salt % others.length] ?? "";
    return JSON.stringify({ ...outer, body: letters.join("") });
  }
  const bytes = Buffer.from(outer.sig, "base64url");
  const place = at % bytes.length;
  bytes[place] = (bytes[place] ?? 0) ^ (1 << (salt % 8));
  return JSON.stringify({ ...outer, sig: bytes.toString("base64url") });
}

const attacks: Record<string, Attack> = {
  "body changed": (known, by) => config(tampered(signedBy(content, next(known)), "body", by)),
  "signature changed": (known, by) => config(tampered(signedBy(content, next(known)), "sig", by)),
  "cut off": (known, { at }) => {
    const text = signedBy(content, next(known));
    return config(text.slice(0, at % text.length));
  },
  "signature of another body": (known) => {
    const { sig } = JSON.parse(known.texts.at(-1) ?? signedBy(content, wanted(1, hostileMs, { device: "other" })));
    return config(JSON.stringify({ ...JSON.parse(signedBy(content, next(known))), sig }));
  },
  "replayed from an earlier revision": (known, { at }) => {
    const earlier = known.texts.slice(0, -1);
    return config(earlier[at % earlier.length] ?? signedBy(content, wanted(0, hostileMs)));
  },
  "lower revision": (known, { at }) => config(signedBy(content, wanted(at % known.revision, hostileMs))),
  "same revision, other body": (known) => config(signedBy(content, wanted(known.revision, hostileMs))),
  expired: (known, { at }) => config(signedBy(content, next(known, { expiresAt: now - 1 - at }))),
  "from the future": (known, { at }) => config(signedBy(content, next(known, { issuedAt: now + dayMs + 1 + at }))),
  "other device": (known) => config(signedBy(content, next(known, { device: "demo-devicf" }))),
  "other purpose": (known, { at }) => {
    const purposes = ["firmware", "keys", "confirm", "welcome", "command", "", "__proto__"];
    return config(signedBy(content, next(known, { purpose: purposes[at % purposes.length] })));
  },
  "on another topic": (known, { at }) => {
    const suffixes = ["config/confirm", "keys", "firmware/desired", "welcome", "command/c1", "delivered"];
    return { suffix: suffixes[at % suffixes.length] ?? "", text: signedBy(content, next(known)) };
  },
  "stranger's key": (known) => config(signedBy(stranger, next(known))),
  "unknown key": (known) => config(signedBy({ ...stranger, id: "stranger" }, next(known))),
  "online key": (known) => config(signedBy(online, next(known))),
  "online key under the name of a content key": (known) => config(signedBy({ ...online, id: content.id }, next(known))),
  "retired key": (known) => config(signedBy(retired, next(known))),
  "key set replayed": (_, { at }) => ({ suffix: "keys", text: signedBy(content, keysBody(at % 2 ? second : third)) }),
  "key set of another": (_, { at }) => {
    const by: Key[] = [online, stranger, retired, { ...stranger, id: "stranger" }];
    const set = keySetOf(4, online, stranger);
    return { suffix: "keys", text: signedBy(by[at % by.length] ?? stranger, keysBody(set)) };
  },
  "other key set of the same version": () => ({
    suffix: "keys",
    text: signedBy(content, keysBody(keySetOf(3, online, retired, content))),
  }),
  "key set without content keys": () => ({ suffix: "keys", text: signedBy(content, keysBody(keySetOf(4, online))) }),
  "confirmation of nothing": (known, { at }) => {
    const body = { purpose: "confirm", device, issuedAt: now, revision: known.revision + 1, attempt: 1, session: at };
    return { suffix: "config/confirm", text: signedBy(online, body) };
  },
};
const names = Object.keys(attacks);

it("10,000 hostile messages change nothing, and every good one between them is applied", async () => {
  const seed = randomInt(2 ** 31);
  const one = fc.record({ name: fc.constantFrom(...names), at: fc.nat(1_000_000), salt: fc.nat(1_000) });
  const all = fc.sample(fc.array(one, { minLength: atOnce, maxLength: atOnce }), { seed, numRuns: rounds });
  const { apply, trusted, used, receive, applied } = await newDevice();
  // Two rotations, as a controller does them: one more key, then the older one retired.
  receive("keys", signedBy(retired, keysBody(second)));
  receive("keys", signedBy(retired, keysBody(third)));
  expect(trusted.keySet).toEqual(third);

  const texts: string[] = [];
  let tried = 0;
  for (const [round, hostile] of all.entries()) {
    const known = { revision: texts.length * 10 + 1, texts };
    if (texts.length === 0) {
      const text = signedBy(content, wanted(1, 10_000));
      await applied(text);
      texts.push(text);
    } else known.revision = (texts.length - 1) * 10 + 1;
    for (const { name, at, salt } of hostile) {
      const { suffix, text } = attacks[name]?.(known, { at, salt }) ?? { suffix: "", text: "" };
      receive(suffix, text);
      tried++;
    }
    const good = signedBy(content, wanted(texts.length * 10 + 1, 10_001 + round));
    await applied(good);
    texts.push(good);
    const about = `seed ${seed}, round ${round}: ${hostile.map(({ name }) => name).join(", ")}`;
    expect(apply.summary(), about).toMatchObject({ state: "applied", hash: hashText(JSON.parse(good).body) });
    expect(used.at(-1), about).toBe(10_001 + round);
    expect(trusted.keySet, about).toEqual(third);
  }
  expect(tried).toBe(10_000);
  expect(used).toEqual(Array.from({ length: rounds + 1 }, (_, i) => 10_000 + i));
  expect(trusted.floor).toBe(now);
}, 60_000);
