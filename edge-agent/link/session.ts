import { MqttClient } from "mqtt";
import { downFilters, type Suffix, topicOf } from "#wire";
import type { Time } from "../host/index.ts";
import { reason } from "../log.ts";
import type { Dial } from "../trust/index.ts";
import type { Scrubbed } from "./scrub.ts";
import { type Line, openLine } from "./stream.ts";

/** From dialled to subscribed. */
export const greetTimeoutMs = 20_000;
const keepaliveSeconds = 30;
const goodbyeTimeoutMs = 2_000;
/** After the socket has closed, for what was read from it to be heard: a refusal, a last `delivered`. */
const lingerMs = 250;

/** The broker doesn't know this name and password (CONNACK 4 or 5). */
export class SignInRefused extends Error {
  override name = "SignInRefused";
}

export interface SessionNeeds {
  time: Time;
  dial: Dial;
  url: string;
  device: string;
  password: string;
  will: Scrubbed;
  received: (topic: string, payload: Uint8Array) => void;
}

/** `server`: it hung up. `link`: nothing came through any more. */
export interface Closed {
  by: "us" | "server" | "link";
  why: string;
}

export interface Session {
  publish(suffix: Suffix, text: Scrubbed, retain?: boolean): void;
  closed: Promise<Closed>;
  /** Says the last words, waits until they arrived (at most 2 s), signs off. */
  leave(lastWords: Scrubbed): Promise<void>;
  /** Signs off (at most 2 s) without a word about it: another connection is about to be dialled. */
  end(): void;
  /** Hangs up without a word, as a power cut would. */
  drop(): void;
}

/** One MQTT connection: signed in and subscribed to its own down topics when it resolves. Rejects with SignInRefused or
 *  a sentence. There is no reconnecting in it: who dials again, and when, is decided in one place. */
export async function openSession(needs: SessionNeeds): Promise<Session> {
  const line = await openLine(new URL(needs.url), needs.dial);
  const client = new MqttClient(() => line.stream as never, options(needs));
  const closed = watch(client, line, needs.time);
  client.on("message", (topic, payload) => needs.received(topic, payload));
  await greet(client, closed, needs);
  return {
    closed: closed.promise,
    publish(suffix, text, retain = false) {
      if (!client.connected) return;
      // A publish that fails ends the session or stays undelivered, and is sent again either way.
      client.publish(topicOf(needs.device, suffix), text, { qos: 1, retain }, () => {});
    },
    async leave(lastWords) {
      closed.own("signed off");
      await new Promise<void>((done) => {
        const cancel = needs.time.after(goodbyeTimeoutMs, () => done());
        const topic = topicOf(needs.device, "presence");
        client.publish(topic, lastWords, { qos: 1, retain: true }, () => {
          cancel();
          done();
        });
      });
      await new Promise<void>((done) => {
        const cancel = needs.time.after(goodbyeTimeoutMs, () => {
          line.socket.destroy();
          done();
        });
        client.end(false, () => {
          cancel();
          done();
        });
      });
    },
    end() {
      closed.own("another connection is dialled");
      client.end(false);
      // A socket that takes nothing any more must not hold it up; what was in flight is sent again over the next one.
      const cancel = needs.time.after(goodbyeTimeoutMs, () => line.socket.destroy());
      line.socket.once("close", cancel);
    },
    drop() {
      closed.own("dropped");
      client.end(true);
      line.socket.destroy();
    },
  };
}

function options({ time, device, password, will }: SessionNeeds) {
  return {
    protocolVersion: 4 as const,
    clientId: device,
    username: device,
    password,
    clean: true,
    keepalive: keepaliveSeconds,
    reconnectPeriod: 0,
    connectTimeout: greetTimeoutMs,
    queueQoSZero: false,
    resubscribe: false,
    will: { topic: topicOf(device, "presence"), payload: Buffer.from(will, "utf8"), qos: 1 as const, retain: true },
    timerVariant: timers(time),
  };
}

/** mqtt.js wants intervals; this is the only user of them. */
function timers(time: Time) {
  const running = new Map<number, () => void>();
  let last = 0;
  return {
    set(run: () => void, ms: number): number {
      const id = ++last;
      const again = (): void => {
        running.set(
          id,
          time.after(ms, () => {
            again();
            run();
          }),
        );
      };
      again();
      return id;
    },
    clear(id: unknown): void {
      running.get(id as number)?.();
      running.delete(id as number);
    },
  };
}

interface Watch {
  promise: Promise<Closed>;
  own(why: string): void;
  error(): unknown;
}

function watch(client: MqttClient, { socket, stream }: Line, time: Time): Watch {
  let by: Closed["by"] = "link";
  let why = "the connection ended";
  let last: unknown;
  let ours = false;
  const blame = (who: Closed["by"], what: string): void => {
    if (!ours) [by, why] = [who, what];
  };
  socket.on("end", () => blame("server", "the controller hung up"));
  socket.on("error", (error: NodeJS.ErrnoException) => {
    const byPeer = error.code === "ECONNRESET" || error.code === "EPIPE";
    blame(byPeer ? "server" : "link", reason(error));
  });
  stream.on("error", (error) => {
    if (by === "link") blame("link", reason(error));
  });
  client.on("error", (error) => {
    last = error;
    if (by === "link") blame("link", reason(error));
  });
  const promise = new Promise<Closed>((done) => {
    const over = (): void => {
      // mqtt.js lets the stream of a lost connection be; a half-open socket would stay for ever.
      socket.destroy();
      client.end(true);
      done({ by, why });
    };
    client.once("close", over);
    // A stream that is held up with something unread never says that it closed, nor does mqtt.js then.
    socket.once("close", () => {
      const cancel = time.after(lingerMs, over);
      client.once("close", cancel);
    });
  });
  return {
    promise,
    error: () => last,
    own(what) {
      blame("us", what);
      ours = true;
    },
  };
}

function greet(client: MqttClient, closed: Watch, { time, device }: SessionNeeds): Promise<void> {
  return new Promise((done, fail) => {
    let problem: Error | undefined;
    const cancel = time.after(greetTimeoutMs, () => {
      problem = new Error(`no answer to CONNECT and SUBSCRIBE in ${greetTimeoutMs} ms`);
      client.end(true);
      fail(problem);
    });
    closed.promise.then((end) => {
      cancel();
      const code = (closed.error() as { code?: unknown } | undefined)?.code;
      if (code === 4 || code === 5) return fail(new SignInRefused("the broker refuses name and password"));
      fail(problem ?? new Error(end.why));
    }, fail);
    client.once("connect", () => {
      client.subscribe(downFilters(device), { qos: 1 }, (error, granted) => {
        const refused = granted?.find((g) => (g.qos as number) === 128);
        if (!error && !refused) {
          cancel();
          return done();
        }
        problem = error ?? new Error(`the broker refuses the subscription to ${refused?.topic}`);
        client.end(true);
      });
    });
  });
}
