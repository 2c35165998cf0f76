import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { alertBounds } from "../../../controller/alert/limits.ts";
import { createAsk } from "../../../controller/alert/probe/ask.ts";
import { createProbing } from "../../../controller/alert/probe/index.ts";
import { createReferences } from "../../../controller/alert/probe/references.ts";
import { readAddress } from "../../../controller/base/address.ts";
import { systemClock } from "../../../controller/base/clock.ts";
import { createReach } from "../../../controller/base/outbound.ts";
import { handClock } from "../base/hand-clock.ts";
import { quiet } from "../records/fresh.ts";
import { town } from "./town.ts";

describe("an address", () => {
  it.each([
    ["10.1.2.3", { host: "10.1.2.3", port: null }],
    ["10.1.2.3:443", { host: "10.1.2.3", port: 443 }],
    ["ap-1.example:22", { host: "ap-1.example", port: 22 }],
    ["2001:db8::1", { host: "2001:db8::1", port: null }],
    ["[2001:db8::1]:443", { host: "2001:db8::1", port: 443 }],
  ])("%s", (text, is) => expect(readAddress(text)).toEqual(is));

  it.each(["", "-c", "a b", "a:0", "a:65536", "a:b", "[a]:1", "[10.1.2.3]", "a;b", "http://a", "a".repeat(301)])(
    "not %j",
    (text) => expect(readAddress(text)).toBeNull(),
  );
});

describe("asking", () => {
  const ask = (allow: string[], ping?: string) => createAsk(createReach({ clock: systemClock, allow }), ping);

  it("who listens and who refuses is there", async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as { port: number };
    const loopback = ask(["127.0.0.0/8"]);
    expect(await loopback({ host: "127.0.0.1", port })).toBe(true);
    await new Promise((done) => server.close(done));
    expect(await loopback({ host: "127.0.0.1", port })).toBe(true);
  });

  it("says nothing of where it may not call, of unknown names, and where there is no ping", async () => {
    expect(await ask([])({ host: "127.0.0.1", port: 1 })).toBeNull();
    expect(await ask([])({ host: "nowhere.invalid", port: 1 })).toBeNull();
    expect(await ask(["127.0.0.0/8"], "no-such-program")({ host: "127.0.0.1", port: null })).toBeNull();
  });

  it("reads what the program says by its end: 0 answered, 1 silent, else not asked", async () => {
    for (const [program, answer] of [
      ["true", true],
      ["false", false],
    ] as const)
      expect(await ask(["127.0.0.0/8"], program)({ host: "127.0.0.1", port: null })).toBe(answer);
  });
});

describe("references", () => {
  const said = (answers: (boolean | null)[]) =>
    createReferences({
      ask: async ({ host }) => answers[Number(host.at(-1))] ?? null,
      addresses: answers.map((_, i) => `ref-${i}`),
    })();

  it("one that answers, or none that could be asked, is no blindness; all silent is", async () => {
    expect(await said([])).toBeNull();
    expect(await said([null, null])).toBeNull();
    expect(await said([false, true])).toBeNull();
    expect(await said([null, false])).toBe("ref-1 does not answer either");
    expect(await said([false, false])).toBe("none of ref-0, ref-1 answers either");
  });
});

describe("whom to ask", () => {
  const sites = { a: 8, b: 4, c: 3, d: 3 };
  function probing(answer: (host: string) => boolean | null) {
    const clock = handClock();
    const asked: string[] = [];
    const made = createProbing({
      clock,
      log: quiet,
      ask: async ({ host }) => {
        asked.push(host);
        return answer(host);
      },
      addressOf: ({ of, id }) => (id === "a-7" ? null : `${of}-${id}`),
    });
    return { clock, asked, ...made };
  }
  const settle = () => new Promise((done) => setImmediate(done));

  it("the silent device, what it is behind, and the line of its site: at once, and again after a while", async () => {
    const t = town(sites);
    t.hang(["a-1"], [["a-0"]]);
    const p = probing(() => true);
    p.look(t.state());
    expect(p.asked).toEqual([]);
    t.check(["a-1", "a-7"]);
    p.look(t.state());
    await settle();
    expect(p.asked.sort()).toEqual(["devices-a-0", "devices-a-1", "lines-a"]);
    expect(p.news()).toHaveLength(3);
    p.look(t.state());
    await settle();
    expect(p.asked).toHaveLength(3);
    p.clock.pass(alertBounds.probeEveryMs);
    p.look(t.state());
    await settle();
    expect(p.asked).toHaveLength(6);
  });

  it("silent is only who is so each time; who could not be asked is no news", async () => {
    const t = town(sites);
    t.check(["a-1"]);
    let lost = 1;
    const once = probing((host) => !host.startsWith("devices") || lost-- <= 0);
    once.look(t.state());
    await settle();
    expect(once.news()).toContainEqual(
      expect.objectContaining({ of: "devices", is: expect.objectContaining({ answers: true }) }),
    );
    const never = probing(() => false);
    never.look(t.state());
    await settle();
    expect(never.asked).toHaveLength(2 * alertBounds.probeTries);
    expect(never.news()).toContainEqual(expect.objectContaining({ is: expect.objectContaining({ answers: false }) }));
    const unknown = probing(() => null);
    unknown.look(t.state());
    await settle();
    expect([unknown.news(), unknown.counts()]).toEqual([[], { answered: 0, silent: 0, unknown: 2 }]);
  });

  it("a storm is asked within bounds", async () => {
    const t = town({ big: alertBounds.probesOfRound + 100 });
    t.check(t.of("big"));
    let now = 0;
    let most = 0;
    const made = createProbing({
      clock: handClock(),
      log: quiet,
      ask: async () => {
        most = Math.max(most, ++now);
        await settle();
        now--;
        return true;
      },
      addressOf: ({ id }) => `${id}.example`,
    });
    made.look(t.state());
    for (let i = 0; i < 60; i++) await settle();
    expect(most).toBe(alertBounds.probesAtOnce);
    expect(made.news().length).toBeLessThanOrEqual(alertBounds.probesOfRound + 1);
  });
});
