import { connect as dial, type Socket } from "node:net";
import { type MqttClient, connect as mqttConnect } from "mqtt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../controller/base/clock.ts";
import { createLog } from "../../../controller/base/log.ts";
import { type Broker, createBroker } from "../../../controller/broker/index.ts";

const silent = createLog({ level: "silent" });
type Heard = { device: string; suffix: string; payload: string; will: boolean };

describe("the embedded broker", () => {
  let broker: Broker;
  let port: number;
  let heard: Heard[];
  let gone: string[];
  let waiting: { match: (h: Heard) => boolean; done: (h: Heard) => void }[];
  const clients: MqttClient[] = [];
  const sockets: Socket[] = [];

  const hears = (match: (h: Heard) => boolean): Promise<Heard> => {
    const already = heard.find(match);
    return already ? Promise.resolve(already) : new Promise((done) => waiting.push({ match, done }));
  };
  const join = (device: string, password = "right", more: object = {}): Promise<MqttClient> => {
    const options = { clientId: device, username: device, password, reconnectPeriod: 0, ...more };
    const client = mqttConnect(`mqtt://127.0.0.1:${port}`, options);
    clients.push(client);
    return new Promise((done, fail) => {
      client.once("connect", () => done(client));
      client.on("error", fail);
      client.on("close", () => fail(new Error("closed")));
    });
  };
  /** The broker knows of a connection a little after the device does. */
  const known = async (device: string) => {
    while (!broker.isConnected(device)) await new Promise((next) => setImmediate(next));
  };
  const closed = (client: MqttClient) => new Promise<void>((done) => client.once("close", () => done()));
  const raw = (): Promise<Socket> =>
    new Promise((done) => {
      const socket = dial(port, "127.0.0.1", () => done(socket));
      socket.on("error", () => {});
      sockets.push(socket);
    });
  const ended = (socket: Socket) => new Promise<void>((done) => socket.once("close", () => done()));

  beforeEach(async () => {
    heard = [];
    gone = [];
    waiting = [];
    broker = await createBroker({
      clock: systemClock,
      log: silent,
      listen: { host: "127.0.0.1", port: 0 },
      limits: { connectTimeoutMs: 300, strangers: 4, packetsPerSecond: 100, packetsBurst: 300 },
      authenticate: async (_device, password) => password === "right",
      received(device, { suffix }, payload, { will }) {
        const message = { device, suffix, payload: payload.toString(), will };
        heard.push(message);
        for (const w of waiting) if (w.match(message)) w.done(message);
      },
      connected: () => {},
      disconnected: (device) => gone.push(device),
    });
    port = await broker.start();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.endAsync(true);
    for (const socket of sockets.splice(0)) socket.destroy();
    await broker.stop();
  });

  it("lets a device in with its own name and password only", async () => {
    await expect(join("ap-1", "wrong")).rejects.toThrow(/Bad username or password/);
    await expect(join("ap-1", "right", { username: "ap-2" })).rejects.toThrow();
    await expect(join("AP_1")).rejects.toThrow();
    await expect(join("ap-1", "right", { clean: false })).rejects.toThrow();
    await join("ap-1");
    await known("ap-1");
    expect(broker.counts().refusedSignIns).toBe(4);
  });

  it("hands on what is published on an own topic, and closes on another's without PUBACK", async () => {
    const client = await join("ap-1");
    await client.publishAsync("lamplighter/v1/ap-1/telemetry", "{}", { qos: 1 });
    expect(heard).toEqual([{ device: "ap-1", suffix: "telemetry", payload: "{}", will: false }]);
    const end = closed(client);
    client.publish("lamplighter/v1/ap-2/telemetry", "{}", { qos: 1 });
    await end;
    expect(heard).toHaveLength(1);
    expect(gone).toEqual(["ap-1"]);
  });

  it("grants only own down topics", async () => {
    const client = await join("ap-1");
    const grant = async (topic: string) => (await client.subscribeAsync(topic).catch(() => [{ qos: 128 }]))[0]?.qos;
    expect(await grant("lamplighter/v1/ap-1/delivered")).toBe(0);
    expect(await grant("lamplighter/v1/ap-2/delivered")).toBe(128);
    expect(await grant("#")).toBe(128);
  });

  it("swallows the will of a connection that a takeover ended, and hands on that of one that broke", async () => {
    const will = (session: number) => ({
      will: {
        topic: "lamplighter/v1/ap-1/presence",
        payload: Buffer.from(`${session}`),
        qos: 1 as const,
        retain: true,
      },
    });
    const first = await join("ap-1", "right", will(1));
    const end = closed(first);
    const second = await join("ap-1", "right", will(2));
    await end;
    await second.publishAsync("lamplighter/v1/ap-1/presence", "birth", { qos: 1, retain: true });
    (second.stream as Socket).destroy();
    await hears((h) => h.payload === "2");
    expect(heard.map((h) => [h.payload, h.will])).toEqual([
      ["birth", false],
      ["2", true],
    ]);
    expect(gone).toEqual(["ap-1"]);
  });

  it("cuts a 200 MB CONNECT on the byte that says so", async () => {
    const socket = await raw();
    const end = ended(socket);
    socket.write(Buffer.from([0x10, 0x80, 0x90, 0xaf, 0x5f]));
    await end;
    expect(broker.counts().breaches).toBe(1);
  });

  it("cuts who doesn't finish CONNECT in time, a byte at a time or silent", async () => {
    const slow = await raw();
    const end = ended(slow);
    slow.write(Buffer.from([0x10]));
    await end;
  });

  it("lets the longest waiting stranger go when there are too many", async () => {
    const crowd = await Promise.all([raw(), raw(), raw(), raw()]);
    const end = ended(crowd[0] as Socket);
    await join("ap-1");
    await end;
    await known("ap-1");
  });

  it("cuts a flood of packets, and the neighbour doesn't notice", async () => {
    const honest = await join("ap-1");
    const flood = await join("ap-2");
    const end = closed(flood);
    for (let i = 0; i < 400; i++) flood.publish("lamplighter/v1/ap-2/telemetry", "x", { qos: 0 });
    await end;
    await honest.publishAsync("lamplighter/v1/ap-1/heartbeat", "still here", { qos: 1 });
    expect(heard.at(-1)?.payload).toBe("still here");
    expect(broker.counts().breaches).toBe(1);
  });

  it("never lets a device that doesn't read hold another", async () => {
    const deaf = await join("ap-1");
    const well = await join("ap-2");
    await known("ap-1");
    await known("ap-2");
    (deaf.stream as Socket).pause();
    let skipped = false;
    for (let i = 0; i < 2000 && !skipped; i++) {
      skipped = !broker.send("ap-1", "delivered", "x".repeat(32_768));
      await new Promise((next) => setImmediate(next));
    }
    expect(skipped).toBe(true);
    const got = new Promise<string>((done) => well.once("message", (_topic, payload) => done(payload.toString())));
    expect(broker.send("ap-2", "delivered", "for you")).toBe(true);
    expect(await got).toBe("for you");
    await well.publishAsync("lamplighter/v1/ap-2/heartbeat", "{}", { qos: 1 });
  });

  it("says false for a device that isn't there", () => {
    expect(broker.send("ap-9", "delivered", "{}")).toBe(false);
  });
});
