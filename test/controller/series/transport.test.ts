import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { createInfluxSeries, StoreAway } from "../../../controller/store/series/index.ts";
import { createTransport, transportLimits } from "../../../controller/store/series/influx/transport.ts";
import { NeedsPerson } from "../../../controller/store/series/readiness.ts";
import { handClock } from "../base/hand-clock.ts";

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void,
  host = "127.0.0.1",
) {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => answer(request, response, Buffer.concat(parts)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const clock = handClock();
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://${host}:${port}`);
  const credentials = { username: "writer", password: "letters-only" };
  const names = { database: "lamplighter", retentionPolicy: "raw" };
  return { clock, url, transport: createTransport({ url, credentials, ...names, requestTimeoutMs: 1_000, clock }) };
}

/** A promise and what resolves it. */
function signal() {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const answering = (status: number, body = "") =>
  serve((_, response) => {
    response.writeHead(status).end(body);
  });

describe("writing to InfluxDB", () => {
  // 0.0.0.0 leads here, too, but nothing says so.
  it.each([
    ["packed to another machine", "0.0.0.0", true],
    ["as it is to this one", "127.0.0.1", false],
  ])("says where, who and in what unit: %s", async (_, host, isPacked) => {
    const seen: { url?: string | undefined; authorization?: string | undefined; text?: string } = {};
    const { transport } = await serve((request, response, body) => {
      Object.assign(seen, { url: request.url, authorization: request.headers.authorization });
      expect(request.headers["content-encoding"]).toBe(isPacked ? "gzip" : undefined);
      seen.text = (isPacked ? gunzipSync(body) : body).toString();
      response.writeHead(204).end();
    }, host);
    expect(await transport.write('a v=1 1\nb v="é" 2')).toEqual({ ok: true });
    expect(seen).toEqual({
      url: "/write?db=lamplighter&rp=raw&precision=ms",
      authorization: `Basic ${btoa("writer:letters-only")}`,
      text: 'a v=1 1\nb v="é" 2',
    });
  });

  it.each([400, 413])("hands on what a %d says of the points", async (status) => {
    const { transport } = await answering(status, JSON.stringify({ error: "partial write: so dropped=1" }));
    expect(await transport.write("x")).toEqual({ ok: false, message: "partial write: so dropped=1" });
  });

  it.each([301, 401, 403, 404, 429, 500, 502, 503])("takes %d for being away", async (status) => {
    const { transport } = await answering(status, "<html>not the database</html>");
    await expect(transport.write("x")).rejects.toThrow(StoreAway);
  });

  it("names the status and the reason, and never a password", async () => {
    const { transport } = await answering(503, JSON.stringify({ error: "timeout" }));
    const error = await transport.write("x").catch((e: Error) => e.message);
    expect(error).toMatch(/^InfluxDB at 127\.0\.0\.1:\d+ answered 503 to a write: timeout$/);
    expect(error).not.toContain("letters-only");
  });

  it("waits so long for an answer and no longer", async () => {
    const asked = signal();
    const { transport, clock } = await serve(() => asked.resolve());
    const writing = expect(transport.write("x")).rejects.toThrow(/no answer in 1000 ms/);
    await asked.promise;
    clock.pass(1_000);
    await writing;
    expect(clock.pending()).toBe(0);
  });

  it("is away when the answer breaks off", async () => {
    const { transport } = await serve((_, response) => {
      response.writeHead(400, { "content-length": "100" });
      response.write("{");
      setImmediate(() => response.destroy());
    });
    await expect(transport.write("x")).rejects.toThrow(StoreAway);
  });

  it("reads an endless answer only so far", async () => {
    const { transport } = await serve((_, response) => {
      response.writeHead(400);
      const more = (): void => void response.write("x".repeat(65_536), more);
      more();
    });
    const written = await transport.write("x");
    expect(written.ok).toBe(false);
    expect(JSON.stringify(written).length).toBeLessThan(transportLimits.answerBytes);
  });

  it("is away where nobody listens", async () => {
    const { transport } = await answering(204);
    server.close();
    server.closeAllConnections();
    await expect(transport.write("x")).rejects.toThrow(/ECONNREFUSED/);
  });

  it("ends what is under way when it stops", async () => {
    const asked = signal();
    const { transport } = await serve(() => asked.resolve());
    const writing = expect(transport.write("x")).rejects.toThrow(/stopped/);
    await asked.promise;
    transport.stop();
    await writing;
  });

  it("asks for a person when the credentials are refused", async () => {
    const { transport } = await answering(401);
    await expect(transport.ping()).rejects.toThrow(NeedsPerson);
  });
});

describe("an InfluxDB's address", () => {
  it.each([
    ["no URL", "influx.example", /http:\/\/ or https:\/\/ expected/],
    ["another protocol", "ftp://influx.example", /http:\/\/ or https:\/\/ expected/],
    ["credentials in it", "http://me:letters-only@influx.example", /^(?!.*letters-only)/],
  ])("is refused: %s", (_, url, message) => {
    const quiet = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };
    const needs = { clock: handClock(), log: quiet, retention: { rawMs: 1, fiveMinuteMs: 2, hourlyMs: 3 } };
    expect(() => createInfluxSeries({ url, ...needs })).toThrow(message);
  });
});
