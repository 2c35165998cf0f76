import { Resolver } from "node:dns/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect as tcpConnect } from "node:net";
import type { Sockets } from "../index.ts";
import { linuxTime } from "./time.ts";

const bodyBytes = 64 * 1024;

/** Runs `start`; whatever is not settled in time is ended by `abandon` and rejected. */
function within<T>(
  timeoutMs: number,
  what: string,
  start: () => { answer: Promise<T>; abandon: () => void },
): Promise<T> {
  return new Promise((done, fail) => {
    const { answer, abandon } = start();
    const cancel = linuxTime.after(timeoutMs, () => {
      fail(new Error(`${what}: no answer in ${timeoutMs} ms`));
      abandon();
    });
    answer.then(done, fail).finally(cancel);
  });
}

export const linuxSockets: Sockets = {
  open: (host, port) => tcpConnect({ host, port }),

  resolve: (name, resolver, timeoutMs) =>
    within(timeoutMs, `dns ${name}`, () => {
      const dns = new Resolver({ timeout: timeoutMs, tries: 1 });
      if (resolver !== undefined) dns.setServers([resolver]);
      const answer = Promise.any([dns.resolve4(name), dns.resolve6(name)]).catch((error: AggregateError) => {
        throw error.errors[0];
      });
      return { answer, abandon: () => dns.cancel() };
    }),

  connect: (host, port, timeoutMs) =>
    within(timeoutMs, `tcp ${host}:${port}`, () => {
      const socket = tcpConnect({ host, port });
      const answer = new Promise<void>((done, fail) => {
        socket.once("connect", () => {
          socket.destroy();
          done();
        });
        socket.on("error", fail);
      });
      return { answer, abandon: () => socket.destroy() };
    }),

  get: (url, timeoutMs) =>
    within(timeoutMs, `GET ${url}`, () => {
      const request = (url.startsWith("https:") ? httpsRequest : httpRequest)(url, { agent: false });
      const answer = new Promise<{ status: number; body: string }>((done, fail) => {
        request.on("error", fail);
        request.on("response", (response) => {
          const parts: Buffer[] = [];
          let bytes = 0;
          response.on("data", (part: Buffer) => {
            bytes += part.length;
            if (bytes > bodyBytes) request.destroy(new Error(`GET ${url}: over ${bodyBytes} bytes`));
            else parts.push(part);
          });
          response.on("error", fail);
          response.on("end", () =>
            done({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString("utf8") }),
          );
        });
        request.end();
      });
      return { answer, abandon: () => request.destroy() };
    }),
};
