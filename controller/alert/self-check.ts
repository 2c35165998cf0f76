import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import type { Clock } from "../base/clock.ts";
import { alertBounds } from "./limits.ts";

/** Where this controller listens for devices. */
export interface Doors {
  mqtt: { host: string; port: number };
  http: { host: string; port: number; secure: boolean };
}

/** Calls our own doors as a device would. @returns what does not answer, in words; null when all do */
export async function checkDoors(doors: Doors, clock: Clock): Promise<string | null> {
  const [mqtt, http] = await Promise.all([answersTcp(doors.mqtt, clock), answersHttp(doors.http, clock)]);
  const silent = [...(mqtt ? [] : ["MQTT"]), ...(http ? [] : ["HTTP"])];
  return silent.length === 0 ? null : `its own ${silent.join(" and ")} listener does not answer`;
}

/** Who listens everywhere is asked on loopback. */
const near = (host: string): string => (host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host);

function answersTcp({ host, port }: { host: string; port: number }, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: near(host), port });
    const done = (ok: boolean) => {
      cancel();
      socket.destroy();
      resolve(ok);
    };
    const cancel = clock.after(alertBounds.selfCheckTimeoutMs, () => done(false));
    socket.once("connect", () => done(true));
    socket.on("error", () => done(false));
  });
}

function answersHttp({ host, port, secure }: Doors["http"], clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const send = secure ? httpsRequest : httpRequest;
    // Our own certificate, asked from this machine: whether it is good for others is not the question.
    const tls = secure ? { rejectUnauthorized: false } : {};
    const asked = send({ host: near(host), port, path: "/healthz", agent: false, ...tls }, (response) => {
      response.resume();
      done(response.statusCode === 200);
    });
    const done = (ok: boolean) => {
      cancel();
      asked.destroy();
      resolve(ok);
    };
    const cancel = clock.after(alertBounds.selfCheckTimeoutMs, () => done(false));
    asked.on("error", () => done(false));
    asked.end();
  });
}
