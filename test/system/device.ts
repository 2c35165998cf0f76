import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { connect, type MqttClient } from "mqtt";
import { type Delivered, type Enrolled, type Point, proofText, type Telemetry, topicOf } from "#wire";
import { type Answer, type Controller, call, enrolmentToken } from "./harness.ts";

const raw = (key: KeyObject): string => key.export({ format: "jwk" }).x as string;

/** Keys as a device makes them, held in hand so that a test can misuse them. */
export function makeKeys() {
  const identity = generateKeyPairSync("ed25519");
  const sealing = generateKeyPairSync("x25519");
  return {
    sign: raw(identity.publicKey),
    seal: raw(sealing.publicKey),
    proof: (token: string, serial: string, seal = raw(sealing.publicKey)) =>
      sign(null, Buffer.from(proofText(token, serial, seal)), identity.privateKey).toString("base64url"),
  };
}
export type Keys = ReturnType<typeof makeKeys>;

export const enrol = (
  controller: Controller,
  who: { token: string; serial: string; keys: Keys; kind?: string; proof?: string },
): Promise<Answer<Enrolled & { state?: string }>> =>
  call(controller.url, "POST", "/api/v1/enrolments", {
    token: who.token,
    kind: who.kind ?? "access-point",
    hardware: { model: "demo board", serial: who.serial },
    keys: { sign: who.keys.sign, seal: who.keys.seal },
    proof: who.proof ?? who.keys.proof(who.token, who.serial),
  });

let serial = 0;
/** A device played by the test: enrolled for real, speaking MQTT by hand. */
export async function handMade(controller: Controller) {
  const keys = makeKeys();
  const answer = await enrol(controller, {
    token: await enrolmentToken(controller),
    serial: `HAND-${process.pid}-${serial++}`,
    keys,
  });
  if (answer.status !== 201) throw new Error(`enrolment: ${answer.status} ${JSON.stringify(answer.body)}`);
  const { device, mqtt } = answer.body;
  const boot = Array.from(
    { length: 20 },
    () => "abcdefghijklmnopqrstuvwxyz234567"[Math.floor(Math.random() * 32)],
  ).join("");
  let seq = 0;
  let total = 0;
  let session = 0;

  return {
    device,
    mqtt,
    boot,
    keys,
    /** A connection as this device; rejects when it is refused. */
    async join(over: object = {}): Promise<MqttClient> {
      session++;
      const client = connect(`mqtt://127.0.0.1:${controller.ports.mqtt}`, {
        clientId: device,
        username: mqtt.username,
        password: mqtt.password,
        reconnectPeriod: 0,
        will: {
          topic: topicOf(device, "presence"),
          payload: Buffer.from(JSON.stringify({ v: 1, online: false, boot, session })),
          qos: 1,
          retain: true,
        },
        ...over,
      });
      await new Promise<void>((done, fail) => {
        client.once("connect", () => done());
        client.on("error", fail);
        client.once("close", () => fail(new Error("closed before CONNACK")));
      });
      client.on("error", () => {});
      return client;
    },
    birth: (held: object[] = []) => ({
      v: 1,
      online: true,
      boot,
      session,
      at: Date.now(),
      upMs: 1000,
      clock: "synced",
      agent: "0.1.0",
      hardware: { model: "demo board", serial: "HAND" },
      firmware: "demo",
      intervalMs: 1_000,
      config: { revision: 0, hash: "", state: "applied" },
      seq,
      total,
      unfinished: [],
      spool: { batches: 0, points: 0, bytes: 0, held },
    }),
    /** The next batch of this boot. */
    batch(
      points: Point[] = [{ m: "system", at: Date.now(), f: { load1: 1 } }],
      over: Partial<Telemetry> = {},
    ): Telemetry {
      seq++;
      total += points.length;
      return { v: 1, boot, session, seq, at: Date.now(), upMs: 1000 + seq, clock: "synced", total, points, ...over };
    },
  };
}
export type HandMade = Awaited<ReturnType<typeof handMade>>;

/** Hears `delivered`: resolves when every sequence up to `seq` was named. */
export function deliveries(client: MqttClient) {
  const named = new Set<number>();
  const waiting: { seqs: number[]; done(): void }[] = [];
  client.on("message", (topic, payload) => {
    if (!topic.endsWith("/delivered")) return;
    const { ranges } = JSON.parse(payload.toString()) as Delivered;
    for (const { from, to } of ranges) for (let seq = from; seq <= to; seq++) named.add(seq);
    for (const one of waiting) if (one.seqs.every((seq) => named.has(seq))) one.done();
  });
  return {
    named,
    of: (...seqs: number[]): Promise<void> =>
      seqs.every((seq) => named.has(seq)) ? Promise.resolve() : new Promise((done) => waiting.push({ seqs, done })),
  };
}
