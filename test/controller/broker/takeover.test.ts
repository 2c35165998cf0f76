import { mkdtempSync, rmSync } from "node:fs";
import { connect as dial, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MqttClient, connect as mqttConnect } from "mqtt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../controller/base/clock.ts";
import { openKeys } from "../../../controller/base/keys.ts";
import { createLog } from "../../../controller/base/log.ts";
import { ownCertificate } from "../../../controller/base/tls.ts";
import { type Broker, createBroker } from "../../../controller/broker/index.ts";

const log = createLog({ level: "silent" });
const topic = "lamplighter/v1/ap-1/presence";

/** CONNECT of MQTT 3.1.1 as ap-1, clean, keep-alive 60 s, with a password. */
function connectPacket(): Buffer {
  const text = (s: string) => Buffer.concat([Buffer.from([0, s.length]), Buffer.from(s)]);
  const body = Buffer.concat([text("MQTT"), Buffer.from([4, 0xc2, 0, 60]), text("ap-1"), text("ap-1"), text("right")]);
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}

describe("a takeover that comes to nothing", () => {
  let broker: Broker;
  let port: number;
  let heard: string[];
  let gone: string[];
  let answers: ((ok: boolean) => void)[];
  let held: boolean;
  let first: MqttClient;
  let second: Socket;

  beforeEach(async () => {
    heard = [];
    gone = [];
    answers = [];
    held = false;
    broker = await createBroker({
      clock: systemClock,
      log,
      listen: { host: "127.0.0.1", port: 0 },
      authenticate: () => (held ? new Promise((done) => answers.push(done)) : Promise.resolve(true)),
      received: (_device, _topic, payload, { will }) => heard.push(`${payload}${will ? " (will)" : ""}`),
      connected: () => {},
      disconnected: (device) => gone.push(device),
    });
    port = await broker.start();
    first = mqttConnect(`mqtt://127.0.0.1:${port}`, {
      clientId: "ap-1",
      username: "ap-1",
      password: "right",
      reconnectPeriod: 0,
      will: { topic, payload: Buffer.from("goodbye"), qos: 1, retain: true },
    });
    await new Promise((done) => first.once("connect", done));
    await expect.poll(() => broker.isConnected("ap-1")).toBe(true);
    held = true;
    second = dial(port, "127.0.0.1");
    second.on("error", () => {});
    second.write(connectPacket());
    await expect.poll(() => answers.length).toBe(1);
  });
  afterEach(async () => {
    second.destroy();
    await first.endAsync(true);
    await broker.stop();
  });

  it("leaves the connection that stands its voice and its will", async () => {
    second.destroy();
    await expect.poll(() => broker.counts().connections).toBe(1);
    answers[0]?.(true);
    await first.publishAsync(topic, "still me", { qos: 1 });
    (first.stream as Socket).destroy();
    await expect.poll(() => heard).toEqual(["still me", "goodbye (will)"]);
    await expect.poll(() => gone).toEqual(["ap-1"]);
  });

  it("is told as a broken connection when it ended the one that stood", async () => {
    first.on("close", () => second.destroy());
    answers[0]?.(true);
    second.destroy();
    (first.stream as Socket).destroy();
    await expect.poll(() => gone).toEqual(["ap-1"]);
    expect(broker.isConnected("ap-1")).toBe(false);
  });
});

describe("stopping a broker", () => {
  it("does not wait for a stranger who never finishes the TLS handshake", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lamplighter-broker-"));
    const { tls: key } = openKeys(join(folder, "keys"));
    const tls = await ownCertificate({ key, file: join(folder, "cert.pem"), names: [], clock: systemClock });
    const broker = await createBroker({
      clock: systemClock,
      log,
      listen: { host: "127.0.0.1", port: 0, tls },
      authenticate: async () => false,
      received: () => {},
      connected: () => {},
      disconnected: () => {},
    });
    const port = await broker.start();
    const socket = dial(port, "127.0.0.1");
    socket.on("error", () => {});
    await new Promise((done) => socket.once("connect", done));
    socket.write(Buffer.from([0x16]));
    await broker.stop();
    socket.destroy();
    rmSync(folder, { recursive: true });
  }, 3_000);
});
