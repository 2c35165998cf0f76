import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect as dial, type Socket } from "node:net";
import type { MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { limits, type Suffix, topicOf, topics } from "#wire";
import { honest } from "./bystander.ts";
import { deliveries, enrol, type HandMade, handMade, makeKeys } from "./device.ts";
import { type Controller, createCleanup, enrolmentToken, startController } from "./harness.ts";
import { until } from "./until.ts";

describe("a hostile world", () => {
  const cleanup = createCleanup();
  let controller: Controller;
  let bystander: Awaited<ReturnType<typeof honest>>;
  const clients: MqttClient[] = [];
  const join = async (device: HandMade, over: object = {}) => {
    const client = await device.join(over);
    clients.push(client);
    return client;
  };
  const ended = (emitter: MqttClient | Socket) => new Promise<void>((done) => emitter.once("close", () => done()));
  const quarantined = async (device: string): Promise<number> =>
    Number((await controller.api<{ quarantined: number }>("GET", `/devices/${device}/delivery`)).body.quarantined);
  const metric = async (name: string): Promise<number> => {
    const text = String((await controller.api<string>("GET", "/../../metrics")).body);
    return Number(new RegExp(`^${name.replace(/[{}"]/g, (c) => `\\${c}`)} (\\S+)`, "m").exec(text)?.[1] ?? 0);
  };
  /** Publishes telemetry and waits until it was settled. */
  const send = async (device: HandMade, messages: unknown[]): Promise<void> => {
    const client = await join(device);
    const heard = deliveries(client);
    for (const message of messages)
      client.publish(topicOf(device.device, "telemetry"), JSON.stringify(message), { qos: 1 });
    await heard.of(...messages.map((m) => (m as { seq: number }).seq));
    client.end(true);
  };

  beforeAll(async () => {
    controller = await startController(cleanup);
    bystander = await honest(controller);
  });
  afterAll(async () => {
    for (const client of clients) client.end(true);
    const { batches, p99Ms, closed } = await bystander.verdict();
    expect(closed).toBe(0);
    expect(batches).toBeGreaterThan(10);
    expect(p99Ms).toBeLessThan(2_000);
    await cleanup.run();
  });

  it("refuses a wrong password, a stranger's name, another device's name", async () => {
    const one = await handMade(controller);
    const two = await handMade(controller);
    await expect(join(one, { password: "wrong" })).rejects.toThrow();
    await expect(join(one, { username: "nobody", clientId: "nobody" })).rejects.toThrow();
    await expect(join(one, { username: two.device, clientId: two.device })).rejects.toThrow();
    await expect(join(one, { clientId: two.device })).rejects.toThrow();
  });

  it("refuses every topic × verb that the table doesn't give, by a stranger's client too", async () => {
    const mine = await handMade(controller);
    const other = await handMade(controller);
    for (const suffix of Object.keys(topics) as Suffix[]) {
      const id = suffix.includes("<id>") ? "c-1" : undefined;
      for (const owner of [mine, other]) {
        const allowed = topics[suffix].way === "up" && owner === mine;
        if (allowed) continue;
        const client = await join(mine);
        const end = ended(client);
        client.publish(topicOf(owner.device, suffix, id), "{}", { qos: 1 });
        await end;
      }
    }
    const reader = await join(mine);
    for (const filter of [
      "#",
      "+/+/+/+",
      "$SYS/#",
      `lamplighter/v1/${other.device}/#`,
      `lamplighter/v1/${other.device}/delivered`,
      `lamplighter/v1/${mine.device}/presence`,
    ]) {
      const granted = await reader.subscribeAsync(filter).then(
        (g) => g[0]?.qos,
        () => 128,
      );
      expect([filter, granted]).toEqual([filter, 128]);
    }
    const stranger = spawn("mosquitto_pub", [
      "-h",
      "127.0.0.1",
      "-p",
      String(controller.ports.mqtt),
      "-q",
      "1",
      "-i",
      mine.device,
      "-u",
      mine.device,
      "-P",
      "guess",
      "-t",
      `lamplighter/v1/${mine.device}/telemetry`,
      "-m",
      "{}",
    ]);
    expect((await once(stranger, "exit"))[0]).not.toBe(0);
  });

  it("takes Mosquitto's client as any device, and quarantines what it can't use", async () => {
    const mine = await handMade(controller);
    const batch = mine.batch([{ m: "nonsense", at: Date.now(), f: { x: 1 } }]);
    const words = [
      "-h",
      "127.0.0.1",
      "-p",
      String(controller.ports.mqtt),
      "-q",
      "1",
      "-i",
      mine.device,
      "-u",
      mine.mqtt.username,
      "-P",
      mine.mqtt.password,
    ];
    const client = spawn("mosquitto_pub", [
      ...words,
      "-t",
      `lamplighter/v1/${mine.device}/telemetry`,
      "-m",
      JSON.stringify(batch),
    ]);
    expect((await once(client, "exit"))[0]).toBe(0);
    await until(
      () => quarantined(mine.device),
      (n) => n === 1,
    );
  });

  it("quarantines `of` a device that isn't reached through the sender", async () => {
    const mine = await handMade(controller);
    const other = await handMade(controller);
    await send(mine, [mine.batch([{ m: "system", at: Date.now(), f: { load1: 99 }, of: other.device }])]);
    expect(await quarantined(mine.device)).toBe(1);
    const now = Date.now();
    const served = await controller.api<{ series: unknown[] }>(
      "GET",
      `/devices/${other.device}/series?measurement=system&field=load1&from=${now - 60_000}&to=${now + 60_000}`,
    );
    expect(served.body.series).toEqual([]);
  });

  it("a stale will after a takeover doesn't call a living device dead", async () => {
    const mine = await handMade(controller);
    const first = await join(mine);
    await first.publishAsync(topicOf(mine.device, "presence"), JSON.stringify(mine.birth()), { qos: 1, retain: true });
    const end = ended(first);
    const second = await join(mine);
    await second.publishAsync(topicOf(mine.device, "presence"), JSON.stringify(mine.birth()), { qos: 1, retain: true });
    await end;
    const heard = deliveries(second);
    const batch = mine.batch();
    second.publish(topicOf(mine.device, "telemetry"), JSON.stringify(batch), { qos: 1 });
    await heard.of(batch.seq);
    const { body } = await controller.api<{ state: string }>("GET", `/devices/${mine.device}`);
    expect(body.state).toBe("online");
  });

  it("enrolls known hardware with another key only after a person said so", async () => {
    const keys = makeKeys();
    const serial = `KNOWN-${process.pid}`;
    const first = await enrol(controller, { token: await enrolmentToken(controller), serial, keys });
    expect(first.status).toBe(201);
    const thief = makeKeys();
    const answer = await enrol(controller, { token: await enrolmentToken(controller), serial, keys: thief });
    expect([answer.status, answer.body.state]).toEqual([202, "awaiting approval"]);
    const again = await enrol(controller, { token: `${"A".repeat(32)}.${"A".repeat(22)}.`, serial, keys });
    expect(again.status).toBe(201);
    expect(again.body.device).toBe(first.body.device);
  });

  it("refuses an enrolment with a forged proof", async () => {
    const keys = makeKeys();
    const token = await enrolmentToken(controller);
    const forged = makeKeys().proof(token, "FORGED-1");
    const answer = await enrol(controller, { token, serial: "FORGED-1", keys, proof: forged });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  it("unknown measurement, wrong type, NaN, far future, unknown keys: the point goes, its neighbours stay", async () => {
    const mine = await handMade(controller);
    const at = Date.now();
    const good = { m: "system", at, f: { load1: 1 } };
    const bad = [
      { m: "nonsense", at, f: { x: 1 } },
      { m: "system", at: at + 1, f: { load1: "1" } },
      { m: "system", at: at + 2, f: { load1: null } },
      { m: "system", at: at + 10 * 365 * 86_400_000, f: { load1: 1 } },
      { m: "system", at: at + 3, t: { a: "b" }, f: { load1: 1 } },
      { m: "interface", at: at + 4, t: { interface: "wan\nup=0" }, f: { up: 1 } },
    ];
    await send(mine, [{ ...mine.batch([good, ...(bad as never[])]), more: 1 }]);
    const delivery = (await controller.api<Record<string, number>>("GET", `/devices/${mine.device}/delivery`)).body;
    expect(delivery).toMatchObject({ stored: 1, quarantined: bad.length, missing: 0 });
  });

  it("a malformed or oversized message ends the session, and nothing else", async () => {
    const mine = await handMade(controller);
    const bodies = [
      "{",
      "[]",
      "\u0000",
      "x".repeat(limits.batchBytes + 1),
      JSON.stringify({ ...mine.batch(), seq: -1 }),
    ];
    // Often: a message that comes in the very moment of signing in must not slip through.
    for (let round = 0; round < 5; round++) {
      for (const body of bodies) {
        const client = await join(mine);
        const end = ended(client);
        client.publish(topicOf(mine.device, "telemetry"), body, { qos: 1 });
        await end;
      }
    }
    for (const suffix of ["presence", "heartbeat"] as const) {
      const client = await join(mine);
      const end = ended(client);
      client.publish(topicOf(mine.device, suffix), "{}", { qos: 1 });
      await end;
    }
  });

  it("10,000 points in one message are refused; in batches they are stored", async () => {
    const mine = await handMade(controller);
    const at = Date.now();
    const points = (n: number, from = 0) =>
      Array.from({ length: n }, (_, i) => ({ m: "system", at: at - 20_000_000 + from + i, f: { load1: i } }));
    const client = await join(mine);
    const end = ended(client);
    client.publish(topicOf(mine.device, "telemetry"), JSON.stringify(mine.batch(points(10_000))), { qos: 1 });
    await end;
    const other = await handMade(controller);
    await send(
      other,
      Array.from({ length: 20 }, (_, i) => other.batch(points(500, i * 500))),
    );
    expect(
      (await controller.api<Record<string, number>>("GET", `/devices/${other.device}/delivery`)).body,
    ).toMatchObject({ stored: 10_000, missing: 0 });
  });

  it("more series than a device may make are refused", async () => {
    const mine = await handMade(controller);
    const points = Array.from({ length: limits.seriesPerDevice + 5 }, (_, i) => ({
      m: "interface",
      at: Date.now(),
      t: { interface: `if${i}` },
      f: { up: 1 },
    }));
    await send(mine, [mine.batch(points)]);
    expect(await quarantined(mine.device)).toBe(5);
  });

  it("a 200 MB CONNECT, a slow-loris and a crowd of strangers are cut", async () => {
    const raw = (port: number): Promise<Socket> =>
      new Promise((done, fail) => {
        const socket = dial(port, "127.0.0.1", () => done(socket));
        socket.once("error", fail);
        socket.on("error", () => {});
      });
    const before = await metric('lamplighter_mqtt_refusals_total{what="breaches"}');
    const big = await raw(controller.ports.mqtt);
    const end = ended(big);
    big.write(Buffer.from([0x10, 0x80, 0x90, 0xaf, 0x5f]));
    await end;
    expect(await metric('lamplighter_mqtt_refusals_total{what="breaches"}')).toBe(before + 1);
    const slow = await raw(controller.ports.mqtt);
    const slowEnd = ended(slow);
    const drip = setInterval(() => slow.write(Buffer.from([0x10])), 1_000);
    slow.write(Buffer.from([0x10]));
    await slowEnd;
    clearInterval(drip);
    const crowd = await Promise.all(Array.from({ length: 500 }, () => raw(controller.ports.mqtt)));
    await (await join(await handMade(controller))).endAsync();
    for (const socket of crowd) socket.destroy();
  });

  it("a flood is cut, and the flooder may come back", async () => {
    const mine = await handMade(controller);
    const client = await join(mine);
    const end = ended(client);
    for (let i = 0; i < 6_000; i++) client.publish(topicOf(mine.device, "telemetry"), "{}", { qos: 0 });
    await end;
    await send(mine, [mine.batch()]);
  });
});
