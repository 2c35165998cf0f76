import { readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decode, limits } from "#wire";
import { createLinuxHost } from "../../../edge-agent/index.ts";
import { greetTimeoutMs, openSession } from "../../../edge-agent/link/session.ts";
import { mostSkewMs } from "../../../edge-agent/link/time.ts";
import { openIdentity } from "../../../edge-agent/trust/index.ts";
import { later, newStandin } from "../setup.ts";
import { keySetOf, newKey, type Standin, signedBy } from "../standin.ts";
import { fakeTime } from "../time.ts";
import { connected, large, load, newLink, settled } from "./links.ts";

describe("never lost", () => {
  it("sends again after a broken connection, the same bytes, until it is delivered", async () => {
    const { standin, link } = await connected({ deliver: false });
    link.offer([load(1), load(2)]);
    await standin.until("the batch", () => standin.telemetry().length === 1);
    standin.hangUp();
    await standin.until("the batch again", () => standin.telemetry().length === 2);
    const [first, again] = standin.of("telemetry");
    expect(again?.text).toBe(first?.text);
    const held = [{ boot: link.boot, from: 1, to: 1, points: 2, before: 0 }];
    expect(standin.births()[1]).toMatchObject({ session: 2, seq: 1, total: 2, unfinished: [], spool: { held } });
    expect(standin.of("presence").map((p) => p.message)).toContainEqual({
      v: 1,
      online: false,
      boot: link.boot,
      session: 1,
    });
    standin.deliver([{ boot: link.boot, from: 1, to: 1 }]);
    standin.state.deliver = true;
    link.offer([load(3)]);
    await standin.until("the next batch", () => standin.telemetry().length === 3);
    await settled(standin, link);
    standin.hangUp();
    await standin.until("a third birth", () => standin.births().length === 3);
    expect(standin.births()[2]?.spool).toMatchObject({ batches: 0, held: [] });
    expect(standin.telemetry()).toHaveLength(3);
  });

  it("keeps 64 KiB in flight at most, and goes on as they are delivered", async () => {
    const { standin, link } = await connected({ deliver: false });
    for (let i = 0; i < 20; i++) link.offer(large);
    await standin.until("a full window", () => standin.telemetry().length === 6);
    const bytes = (): number => standin.of("telemetry").reduce((sum, r) => sum + Buffer.byteLength(r.text), 0);
    expect(bytes()).toBeLessThanOrEqual(limits.windowBytes);
    // A round trip: had it sent more, it would be here by now.
    await settled(standin, link);
    expect(standin.telemetry()).toHaveLength(6);
    standin.state.deliver = true;
    standin.deliver([{ boot: link.boot, from: 1, to: 6 }]);
    await standin.until("the rest", () => standin.telemetry().length === 20);
    expect(
      standin
        .telemetry()
        .map((t) => t.seq)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it("tells, after a power cut, what it still has and what it may have lost", async () => {
    const { standin, link } = await connected({ deliver: false });
    link.offer([load(1)]);
    link.offer([load(2), load(3)]);
    await standin.until("both batches", () => standin.telemetry().length === 2);
    const texts = standin.of("telemetry").map((r) => r.text);
    await link.flush();
    await link.halt();
    standin.state.deliver = true;
    const next = await newLink(standin, { dataDir: link.folder });
    next.start();
    await standin.until("everything", () => standin.telemetry().length === 4 && standin.of("event").length === 1);
    expect(next.boot).not.toBe(link.boot);
    expect(standin.births()[1]).toMatchObject({
      boot: next.boot,
      unfinished: [{ boot: link.boot, lastSeq: 2, total: 3 }],
    });
    expect(
      standin
        .of("telemetry")
        .slice(2)
        .map((r) => r.text),
    ).toEqual(texts);
    const lost = { kind: "tail-lost", severity: "warning", detail: { boot: link.boot, afterSeq: 2, atMostMs: 50 } };
    expect(standin.of("event")[0]?.message).toMatchObject({ boot: next.boot, seq: 1, total: 1, ...lost });
    expect(standin.enrolments).toHaveLength(1);
  });

  it("names a boot that lost a file until something made after the birth is stored: a welcome is no proof", async () => {
    const { standin, link } = await connected({ deliver: false });
    link.offer([load(1)]);
    await link.flush();
    await link.halt();
    const folder = join(link.folder, "spool");
    for (const name of (await readdir(folder)).filter((n) => n.endsWith(".seg"))) await rm(join(folder, name));
    const next = await newLink(standin, { dataDir: link.folder });
    next.start();
    await standin.until("the second birth", () => standin.births().length === 2);
    const lost = [{ boot: link.boot, lastSeq: 1, total: 1 }];
    expect(standin.births()[1]?.unfinished).toEqual(lost);
    await settled(standin, next);
    next.redial();
    await standin.until("the third birth", () => standin.births().length === 3);
    expect(standin.births()[2]?.unfinished).toEqual(lost);
    standin.state.deliver = true;
    next.offer([load(2)]);
    await standin.until("the new batch", () => standin.telemetry().some((t) => t.boot === next.boot));
    await settled(standin, next);
    next.redial();
    await standin.until("the fourth birth", () => standin.births().length === 4);
    expect(standin.births()[3]?.unfinished).toEqual([]);
  });

  it("sends new batches before those of an earlier boot", async () => {
    const standin = await newStandin({ deliver: false });
    const first = await newLink(standin);
    for (let i = 0; i < 8; i++) first.offer(large);
    await first.stop();
    const link = await newLink(standin, { dataDir: first.folder });
    link.start();
    await standin.until("half a window of backlog", () => standin.telemetry().length === 3);
    link.offer([load(1)]);
    await standin.until("the new batch", () => standin.telemetry().length === 4);
    expect(standin.telemetry().map((t) => t.boot === link.boot)).toEqual([false, false, false, true]);
  });

  it("sets aside what makes the controller hang up, and delivers everything else", async () => {
    const { standin, link } = await connected({ deliver: true });
    standin.state.hangUpOn = (message) => message.seq === 2 && message.points !== undefined;
    for (let i = 1; i <= 4; i++) link.offer([load(i)]);
    await standin.until(
      "the event",
      () => standin.of("event").some((e) => e.message.kind === "batch-set-aside"),
      10_000,
    );
    link.offer([load(5)]);
    await standin.until("what is new", () => standin.telemetry().some((t) => t.points[0]?.f["load1"] === 5));
    await settled(standin, link);
    standin.state.hangUpOn = undefined;
    standin.hangUp();
    const births = standin.births().length;
    await standin.until("another birth", () => standin.births().length > births);
    const held = [{ boot: link.boot, from: 2, to: 2, points: 1, before: 1 }];
    expect(standin.births().at(-1)?.spool).toMatchObject({ batches: 1, held });
  }, 15_000);

  it("tries what was set aside once more in the next boot", async () => {
    const { standin, link } = await connected({ deliver: true });
    standin.state.hangUpOn = (message) => message.seq === 1 && message.points !== undefined;
    link.offer([load(1)]);
    await standin.until("the event", () => standin.of("event").length === 1, 10_000);
    await link.stop();
    standin.state.hangUpOn = undefined;
    const tries = standin.telemetry().length;
    const next = await newLink(standin, { dataDir: link.folder });
    next.start();
    await standin.until("one more try", () => standin.telemetry().length === tries + 1);
  }, 15_000);
});

describe("time", () => {
  it("is taken from the controller where the device has none, before anything is sent", async () => {
    const started = Date.now();
    const { standin, link } = await connected({ welcome: false }, { now: () => 86_400_000 });
    link.offer([load(1)]);
    expect(standin.births()[0]).toMatchObject({ clock: "unknown", at: 86_400_000 });
    const body = { purpose: "welcome", device: "demo-device", issuedAt: Date.now(), now: Date.now(), keySetVersion: 1 };
    standin.send("welcome", signedBy(newKey("online-1", "online"), { ...body, session: 1 }));
    standin.send("welcome", signedBy(standin.online, { ...body, session: 9 }));
    await link.log.until("bad signature");
    await settled(standin, link);
    expect(standin.telemetry()).toEqual([]);
    standin.send("welcome", signedBy(standin.online, { ...body, session: 1 }));
    await standin.until("the batch", () => standin.telemetry().length === 1);
    const [batch] = standin.telemetry();
    expect(batch?.clock).toBe("corrected");
    expect(batch?.at).toBeGreaterThanOrEqual(started - 1_000);
    expect(batch?.at).toBeLessThanOrEqual(Date.now() + 1_000);
    expect(decode("telemetry", standin.of("telemetry")[0]?.text ?? "").ok).toBe(true);
  });
});

describe("a clock that is wrong", () => {
  /** In seconds, by sequence: a batch may be sent twice. */
  const skews = (standin: Standin): number[] => [
    ...new Map(
      standin.telemetry().flatMap(({ seq, points }) => {
        const ms = points[0]?.f["clock_skew_ms"];
        return ms === undefined ? [] : [[seq, Math.round(Number(ms) / 1000)] as const];
      }),
    ).values(),
  ];

  it("by more than 30 s is measured at each welcome, and once more when it is right again", async () => {
    let wrongBy = 0;
    const { standin, link } = await connected({}, { now: () => Date.now() + wrongBy });
    for (const [births, ms] of [0, mostSkewMs - 5_000, mostSkewMs + 5_000, -120_000, 0, 0].entries()) {
      wrongBy = ms;
      standin.hangUp();
      await standin.until("another birth", () => standin.births().length === births + 2);
      await settled(standin, link);
      link.offer([load(births)]);
      await standin.until("the load", () => standin.telemetry().some((t) => t.points[0]?.f["load1"] === births));
    }
    const found = skews(standin);
    expect([...new Set(found)]).toEqual([35, -120, 0]);
    expect(found.filter((seconds) => seconds === 0)).toHaveLength(1);
  });
});

describe("trust", () => {
  it("asks for another password when the broker refuses the one that it has", async () => {
    const { standin, link } = await connected();
    standin.state.password = "another";
    standin.hangUp();
    await standin.until("a second birth", () => standin.births().length === 2);
    expect(standin.enrolments).toHaveLength(2);
    expect(link.identity.get().enrolled?.mqtt.password).toBe("another");
  });

  it("takes a newer key set that a content key signed, and remembers it", async () => {
    const { standin, link } = await connected();
    const next = newKey("online-2", "online");
    const keySet = keySetOf(2, next, standin.content);
    const body = { purpose: "keys", device: "demo-device", issuedAt: Date.now(), keySet };
    standin.send("keys", signedBy(standin.online, body));
    standin.send("keys", signedBy(standin.content, body));
    standin.send("keys", signedBy(standin.content, body));
    await link.log.until("lower key set");
    expect(standin.births()[0]?.keySetVersion).toBe(1);
    standin.hangUp();
    await standin.until("a second birth", () => standin.births().length === 2);
    expect(standin.births()[1]?.keySetVersion).toBe(2);
    await link.stop();
    expect((await openIdentity(link.folder)).get().enrolled?.keySet).toEqual(keySet);
    expect(link.log.lines.some((l) => l.includes("wrong key"))).toBe(true);
  });

  it("writes at most 20 lines about what it refuses on one connection", async () => {
    const { standin, link } = await connected({ welcome: false }, { now: () => 86_400_000 });
    for (let i = 0; i < 40; i++) standin.send("config/desired", "rubbish");
    const body = { purpose: "welcome", device: "demo-device", issuedAt: Date.now(), now: Date.now(), keySetVersion: 1 };
    standin.send("welcome", signedBy(standin.online, { ...body, session: 1 }));
    await link.log.until("the time is known");
    expect(link.log.lines.filter((l) => l.includes("refused"))).toHaveLength(20);
  });
});

describe("presence", () => {
  it("is a heartbeat when nothing else is sent", async () => {
    const { standin, link } = await connected({}, { intervalMs: 50 });
    await standin.until("a heartbeat", () => standin.heartbeats().length >= 1);
    expect(standin.heartbeats()[0]).toMatchObject({
      boot: link.boot,
      session: 1,
      seq: 0,
      total: 0,
      spool: { held: [] },
    });
  });

  it("is retained, and ends with a clean stop that no will follows", async () => {
    const { standin, link } = await connected();
    await link.stop();
    await standin.until("the clean stop", () => standin.of("presence").length === 2);
    expect(standin.of("presence").map((p) => p.retain)).toEqual([true, true]);
    expect(standin.of("presence")[1]?.message).toMatchObject({ online: false, reason: "stopped", session: 1 });
  });

  it("stops at once while nobody answers", async () => {
    const silent = createServer((socket) => void socket.on("error", () => {}));
    await new Promise<void>((done) => silent.listen(0, "127.0.0.1", () => done()));
    const standin = await newStandin();
    const { port } = silent.address() as { port: number };
    const link = await newLink({ ...standin, url: `http://127.0.0.1:${port}` });
    const asked = new Promise((done) => silent.once("connection", done));
    link.start();
    await asked;
    await link.stop();
    await new Promise((done) => silent.close(done));
    expect(link.log.lines.filter((l) => l.startsWith("error"))).toEqual([]);
  });

  it("gives up on a broker that takes the connection and says nothing", async () => {
    const silent = createServer((socket) => void socket.on("error", () => {}).resume());
    await new Promise<void>((done) => silent.listen(0, "127.0.0.1", () => done()));
    later(() => new Promise((done) => silent.close(done)));
    const { port } = silent.address() as { port: number };
    const time = fakeTime();
    const accepted = new Promise((done) => silent.once("connection", done));
    const opening = openSession({
      time,
      dial: { time, open: createLinuxHost().sockets.open, pin: "", signal: new AbortController().signal },
      url: `mqtt://127.0.0.1:${port}`,
      device: "demo-device",
      password: "demo",
      will: "{}" as never,
      received: () => {},
    });
    const refused = expect(opening).rejects.toThrow(/no answer to CONNECT/);
    await accepted;
    for (let i = 0; i < 20; i++) await time.advance(0);
    await time.advance(greetTimeoutMs);
    await refused;
  });
});
