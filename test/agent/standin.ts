import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer as createHttp, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, createServer as createTcp, type Socket, type Server as TcpServer } from "node:net";
import { createServer as createTls } from "node:tls";
import { Aedes, type Client } from "aedes";
import { createWebSocketStream, WebSocketServer } from "ws";
import { type Birth, type Heartbeat, type KeySet, type SequenceRange, type Telemetry, topicOf } from "#wire";
import { pinOf } from "../../edge-agent/trust/index.ts";

export interface Key {
  id: string;
  use: "online" | "content";
  raw: string;
  private: KeyObject;
}

export function newKey(id: string, use: Key["use"]): Key {
  const { privateKey } = generateKeyPairSync("ed25519");
  return { id, use, raw: privateKey.export({ format: "jwk" }).x ?? "", private: privateKey };
}

export const keySetOf = (version: number, ...keys: Key[]): KeySet => ({
  version,
  keys: keys.map(({ id, use, raw }) => ({ id, use, key: raw })),
});

/** A signed message, as a controller writes it. */
export function signedBy(key: Key, content: Record<string, unknown>): string {
  const body = JSON.stringify(content);
  const sig = sign(null, Buffer.from(body), key.private).toString("base64url");
  return JSON.stringify({ v: 1, body, key: key.id, sig });
}

export interface Received {
  suffix: string;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  message: any;
  retain: boolean;
}

export interface StandinOptions {
  web?: boolean;
  tls?: { cert: string; key: string; pin: string };
  /** Whether batches are answered with `delivered`. */
  deliver?: boolean;
  welcome?: boolean;
  /** What welcomes say; absent: the real time. */
  now?: () => number;
}

export type Standin = Awaited<ReturnType<typeof createStandin>>;

/** The least controller that an agent can live with: a real broker and the enrolment call, in this process. */
export async function createStandin(options: StandinOptions = {}) {
  const { web = false, tls, now = Date.now } = options;
  const [online, content] = [newKey("online-1", "online"), newKey("content-1", "content")];
  const state = {
    deliver: options.deliver ?? true,
    welcome: options.welcome ?? true,
    password: "demo-password",
    /** Whom enrolment says that the caller is. */
    device: "demo-device",
    enrolAnswer: 201,
    /** The body of any other answer. */
    problem: { state: "awaiting approval" } as Record<string, string>,
    keys: [online, content],
    // biome-ignore lint/suspicious/noExplicitAny: looks into whatever was sent
    hangUpOn: undefined as ((message: any) => boolean) | undefined,
  };
  const received: Received[] = [];
  const enrolments: Record<string, unknown>[] = [];
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const waiters = new Set<() => void>();

  broker.authenticate = (_client, _name, password, done) =>
    password?.toString() === state.password
      ? done(null, true)
      : done(Object.assign(new Error("no"), { returnCode: 5 }) as never, false);
  broker.authorizePublish = (client, packet, done) => {
    const text = packet.payload.toString();
    const suffix = packet.topic.split("/").slice(3).join("/");
    received.push({ suffix, text, message: text === "" ? null : JSON.parse(text), retain: packet.retain });
    done(null);
    const last = received.at(-1) as Received;
    if (client && last.message && state.hangUpOn?.(last.message)) hangUp();
    else if (client) answer(client, last);
    for (const wake of waiters) wake();
  };

  function hangUp(): void {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  }

  function send(client: Client, topic: string, payload: string, qos: 0 | 1): void {
    client.publish({ cmd: "publish", topic, payload: Buffer.from(payload), qos, dup: false, retain: false }, () => {});
  }

  function answer(client: Client, { suffix, message }: Received): void {
    if (suffix === "presence" && message.online && state.welcome) {
      const body = {
        purpose: "welcome",
        device: client.id,
        issuedAt: now(),
        session: message.session,
        now: now(),
        keySetVersion: 1,
      };
      send(client, topicOf(client.id, "welcome"), signedBy(online, body), 1);
    }
    if ((suffix === "telemetry" || suffix === "event") && state.deliver)
      deliver(client.id, [{ boot: message.boot, from: message.seq, to: message.seq }]);
  }

  function deliver(device: string, ranges: SequenceRange[]): void {
    const client = (broker as unknown as { clients: Record<string, Client> }).clients[device];
    if (client) send(client, topicOf(device, "delivered"), JSON.stringify({ v: 1, ranges }), 0);
  }

  const take = (socket: Socket): void => {
    sockets.add(socket);
    broker.handle(socket as never);
  };
  const mqtt: TcpServer = tls ? createTls(tls, take) : createTcp(take);
  await listen(mqtt);
  const scheme = tls ? "s" : "";
  const http: Server = (tls ? (createHttps as unknown as typeof createHttp) : createHttp)(
    { ...tls } as never,
    (request, response) => {
      if (request.url === "/healthz") return response.end("ok");
      let body = "";
      request.on("data", (part) => (body += part));
      request.on("end", () => {
        enrolments.push(JSON.parse(body));
        response.statusCode = state.enrolAnswer;
        const url = web ? `ws${scheme}://127.0.0.1:${portOf(http)}/mqtt` : `mqtt${scheme}://127.0.0.1:${portOf(mqtt)}`;
        const { device } = state;
        const enrolled = {
          device,
          mqtt: { url, username: device, password: state.password },
          keySet: keySetOf(1, ...state.keys),
        };
        response.end(JSON.stringify(state.enrolAnswer === 201 ? enrolled : state.problem));
        for (const wake of waiters) wake();
      });
    },
  );
  const wss = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  http.on("connection", (socket) => sockets.add(socket));
  http.on("upgrade", (request, socket, head) => {
    wss.handleUpgrade(request, socket, head, (ws) => broker.handle(createWebSocketStream(ws) as never));
  });
  await listen(http);

  const contentPin = pinOf(Buffer.from(content.raw, "base64url"));
  return {
    url: `http${scheme}://127.0.0.1:${portOf(http)}`,
    token: `demo-secret-demo-secret.${contentPin}.${tls?.pin ?? ""}`,
    state,
    online,
    content,
    received,
    enrolments,
    deliver: (ranges: SequenceRange[]) => deliver(state.device, ranges),
    send: (suffix: "welcome" | "keys" | "config/desired" | "config/confirm", text: string) => {
      const client = (broker as unknown as { clients: Record<string, Client> }).clients[state.device];
      if (client) send(client, topicOf(state.device, suffix), text, 1);
    },
    of: (suffix: string) => received.filter((r) => r.suffix === suffix),
    births: (): Birth[] => received.filter((r) => r.suffix === "presence" && r.message.online).map((r) => r.message),
    telemetry: (): Telemetry[] => received.filter((r) => r.suffix === "telemetry").map((r) => r.message),
    heartbeats: (): Heartbeat[] => received.filter((r) => r.suffix === "heartbeat").map((r) => r.message),
    /** Resolves when `holds` is true, looking at every message; rejects after `timeoutMs`. */
    until(what: string, holds: () => boolean, timeoutMs = 5_000): Promise<void> {
      return new Promise((done, fail) => {
        const timer = setTimeout(() => {
          waiters.delete(look);
          fail(new Error(`${what}: not in ${timeoutMs} ms`));
        }, timeoutMs);
        const look = (): void => {
          if (!holds()) return;
          clearTimeout(timer);
          waiters.delete(look);
          done();
        };
        waiters.add(look);
        look();
      });
    },
    /** Hangs up on everybody, as a server does. */
    hangUp,
    async close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await Promise.all([new Promise((done) => http.close(done)), new Promise((done) => mqtt.close(done))]);
      await new Promise<void>((done) => broker.close(() => done()));
    },
  };
}

const listen = (server: Server | TcpServer): Promise<void> =>
  new Promise((done) => server.listen(0, "127.0.0.1", () => done()));
const portOf = (server: Server | TcpServer): number => (server.address() as AddressInfo).port;
