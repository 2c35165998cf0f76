import type { Server } from "node:http";
import { createServer, type Socket, type Server as TcpServer } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import { Aedes, type AuthenticateError, type Client } from "aedes";
import { type DownSuffix, type ParsedTopic, parseTopic, topicOf, topics, limits as wireLimits } from "#wire";
import type { Clock } from "../base/clock.ts";
import { SettingsError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { access } from "./access.ts";
import { createConnections } from "./connections.ts";
import { guard } from "./guard.ts";
import { acceptWebSockets } from "./websocket.ts";

export const brokerLimits = {
  packetBytes: wireLimits.packetBytes,
  firstPacketBytes: wireLimits.firstPacketBytes,
  connections: 60_000,
  /** Open sockets that have not signed in yet. */
  strangers: 2_000,
  connectTimeoutMs: 5_000,
  authenticateTimeoutMs: 5_000,
  /** How long a device may leave its socket full before it is cut. */
  drainTimeoutMs: 8_000,
  keepaliveSeconds: 600,
  packetsPerSecond: 1_000,
  packetsBurst: 4_000,
};
export type BrokerLimits = typeof brokerLimits;

export interface BrokerNeeds {
  clock: Clock;
  log: Log;
  listen: { host: string; port: number; tls?: { cert: string; key: string } };
  limits?: Partial<BrokerLimits>;
  /** Is this the device's password? Called once a CONNECT. */
  authenticate(device: string, password: string): Promise<boolean>;
  /** A message on one of the sender's own up topics. Must return at once: it never holds the socket.
   *  `will`: left behind by a connection that broke. */
  received(device: string, topic: ParsedTopic, payload: Buffer, about: { will: boolean }): void;
  connected(device: string): void;
  /** The device's connection is gone, and no newer one has taken over. */
  disconnected(device: string): void;
}

export type Counts = Record<"connections" | "refusedSignIns" | "refusedTopics" | "breaches" | "skippedSends", number>;

const refusal = (message: string, returnCode: number): AuthenticateError =>
  Object.assign(new Error(message), { returnCode }) as AuthenticateError;
const notAuthorised = 5;
const badPassword = 4;

/** The embedded MQTT 3.1.1 broker: aedes behind a guard, with the access rules of DESIGN §4. */
export async function createBroker(needs: BrokerNeeds) {
  const { clock, log } = needs;
  const limits: BrokerLimits = { ...brokerLimits, ...needs.limits };
  const connections = createConnections(limits);
  const counts: Counts = { connections: 0, refusedSignIns: 0, refusedTopics: 0, breaches: 0, skippedSends: 0 };
  const clients = new Map<string, Client>();
  /** Signed in, but not answered yet. Until they are, the connection that they will take over is the device's. */
  const arriving = new Map<string, Client>();
  /** Another connection of the device lives: the will of this one would call a living device dead. */
  const isSuperseded = (client: Client): boolean =>
    [arriving.get(client.id), clients.get(client.id)].some((one) => one && one !== client && !one.closed);

  const aedes = await Aedes.createBroker({
    concurrency: 1000,
    connectTimeout: limits.connectTimeoutMs,
    drainTimeout: limits.drainTimeoutMs,
    maxClientsIdLength: 64,

    preConnect(_client, packet, done) {
      const known =
        packet.clientId === packet.username && parseTopic(`lamplighter/v1/${packet.clientId}/presence`) !== null;
      if (known && packet.clean && packet.keepalive && packet.keepalive <= limits.keepaliveSeconds) {
        return done(null, true);
      }
      counts.refusedSignIns++;
      done(
        new Error(
          `client id and user name must be the device's, the session clean, keep-alive 1-${limits.keepaliveSeconds} s`,
        ),
        false,
      );
    },

    authenticate(client, username, password, done) {
      const device = username ?? "";
      let answered = false;
      const answer = (ok: boolean, code: number) => {
        if (answered) return;
        answered = true;
        cancel();
        if (!ok) {
          counts.refusedSignIns++;
          log.warn("sign-in refused", { device: device.slice(0, 64) });
          return done(refusal("not authorised", code), null);
        }
        if (!client.closed) arrive(device, client);
        done(null, true);
      };
      const cancel = clock.after(limits.authenticateTimeoutMs, () => answer(false, 3));
      needs.authenticate(device, password?.toString("utf8") ?? "").then(
        (ok) => answer(ok, badPassword),
        (error) => {
          log.error("sign-in could not be checked", { device, error: String(error) });
          answer(false, 3);
        },
      );
    },

    authorizePublish(client, packet, done) {
      if (!client || isSuperseded(client)) return done(new Error("superseded"));
      const verdict = access(client.id, "publish", packet.topic);
      if (!verdict.allowed || packet.qos === 2) {
        counts.refusedTopics++;
        log.warn("publish refused", { device: client.id, topic: packet.topic.slice(0, 128) });
        return done(refusal("not authorised", notAuthorised));
      }
      const topic = parseTopic(packet.topic) as ParsedTopic;
      // Nobody may subscribe to what devices say (access), so nothing is kept for those who come later: at every SUBSCRIBE
      // aedes would look through all of it, and a fleet that comes back would cost the square of its size.
      packet.retain = false;
      needs.received(client.id, topic, packet.payload as Buffer, { will: client.closed });
      done(null);
    },

    authorizeSubscribe(client, subscription, done) {
      const verdict = access(client.id, "subscribe", subscription.topic);
      if (!verdict.allowed) {
        counts.refusedTopics++;
        log.warn("subscribe refused", { device: client.id, topic: subscription.topic.slice(0, 128) });
      }
      done(null, verdict.allowed ? subscription : null);
    },
  });

  /** Whoever dies between sign-in and answer may have ended the connection before it: then nobody is left to say so. */
  function arrive(device: string, client: Client): void {
    arriving.set(device, client);
    client.conn.once("close", () => {
      if (arriving.get(device) !== client) return;
      arriving.delete(device);
      if (!clients.has(device)) needs.disconnected(device);
    });
  }

  // Not at `clientReady`: that comes later, and what the device said meanwhile could neither be answered nor refused.
  aedes.on("connackSent", ({ returnCode }, client) => {
    if (returnCode !== 0 || client.closed) return;
    connections.known(client.conn);
    if (arriving.get(client.id) === client) arriving.delete(client.id);
    // aedes forgets a connection when one that was to take it over dies too early.
    const older = clients.get(client.id);
    clients.set(client.id, client);
    if (older && older !== client) older.close();
    needs.connected(client.id);
  });
  aedes.on("clientDisconnect", (client) => {
    if (clients.get(client.id) !== client) return;
    clients.delete(client.id);
    if (!isSuperseded(client)) needs.disconnected(client.id);
  });
  aedes.on("clientError", (client, error) => log.debug("client error", { device: client.id, error: error.message }));
  aedes.on("connectionError", (_client, error) => log.debug("connection error", { error: error.message }));
  // Without a listener an error of the memory persistence would end the process.
  (aedes as unknown as NodeJS.EventEmitter).on("error", (error: Error) =>
    log.error("broker", { error: error.message }),
  );

  let paused = false;
  function accept(stream: Duplex): void {
    stream.on("error", () => stream.destroy());
    if (paused || !connections.admit(stream)) {
      stream.destroy();
      return;
    }
    guard(stream, {
      limits,
      clock,
      breached: (why) => {
        counts.breaches++;
        log.warn("connection cut", { why });
      },
    });
    // Without the request: it would be kept as long as the connection.
    aedes.handle(stream);
  }

  const tls = needs.listen.tls;
  const server: TcpServer = tls
    ? createTlsServer({ ...tls, minVersion: "TLSv1.2", handshakeTimeout: limits.connectTimeoutMs }, accept)
    : createServer(accept);
  /** Also those whose TLS handshake is not done: `connections` has not met them yet. */
  const sockets = new Set<Socket>();
  server.maxConnections = limits.connections;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("error", (error) => log.error("mqtt listener", { error: error.message }));
  server.on("tlsClientError", () => {});

  let { port } = needs.listen;
  const listen = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const { host } = needs.listen;
      const failed = (error: NodeJS.ErrnoException) => {
        const found = `${host}:${port} (${error.code ?? error.message})`;
        reject(new SettingsError("mqtt.port", found, "an address that is free"));
      };
      server.once("error", failed);
      server.listen({ host, port, backlog: 4096 }, () => {
        server.off("error", failed);
        const address = server.address();
        port = typeof address === "object" && address ? address.port : 0;
        resolve(port);
      });
    });
  const hangUp = (): Promise<void> => {
    const closed = new Promise<void>((done) => server.close(() => done()));
    connections.closeAll();
    for (const socket of sockets) socket.destroy();
    return closed;
  };

  return {
    /** Resolves with the port; rejects with SettingsError when it is taken. */
    start: listen,

    /** The controller goes blind: no device is heard and none gets in, until `resume`. Only the demo does that. */
    async pause(): Promise<void> {
      if (paused) return;
      paused = true;
      await hangUp();
    },
    /** Rejects with SettingsError when somebody took the port meanwhile. */
    async resume(): Promise<void> {
      if (!paused) return;
      await listen();
      paused = false;
    },

    /** MQTT over WebSocket on the HTTP server's `/mqtt`. */
    attach: (http: Server): void =>
      acceptWebSockets(http, { packetBytes: limits.packetBytes, accept, isOpen: () => !paused }),

    /** Straight to that device's connection, never by fan-out: one device that doesn't read holds nobody else.
     *  @returns false when it isn't connected or its socket is full; whoever sends must be able to send again. */
    send(device: string, suffix: DownSuffix, payload: string, id?: string): boolean {
      const client = clients.get(device);
      if (!client || client.closed) return false;
      if (client.conn.writableNeedDrain) {
        counts.skippedSends++;
        return false;
      }
      client.publish(
        {
          cmd: "publish",
          topic: topicOf(device, suffix, id),
          payload: Buffer.from(payload),
          qos: topics[suffix].qos,
          retain: false,
          dup: false,
        },
        () => {},
      );
      return true;
    },

    isConnected: (device: string): boolean => clients.has(device),
    disconnect: (device: string): void => clients.get(device)?.close(),
    counts: (): Counts => ({ ...counts, connections: connections.count() }),

    async stop(): Promise<void> {
      const closed = hangUp();
      await new Promise<void>((done) => aedes.close(done));
      await closed;
    },
  };
}

export type Broker = Awaited<ReturnType<typeof createBroker>>;
