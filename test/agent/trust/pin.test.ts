import { type AddressInfo, createServer as createTcp, type Server } from "node:net";
import { createServer as createTls } from "node:tls";
import { describe, expect, it } from "vitest";
import { createLinuxHost } from "../../../edge-agent/index.ts";
import { dial, dialTimeoutMs, request, WrongPin } from "../../../edge-agent/trust/index.ts";
import { newCertificate } from "../certificate.ts";
import { later } from "../setup.ts";
import { fakeTime } from "../time.ts";

const {
  time,
  sockets: { open },
} = createLinuxHost();
const signal = new AbortController().signal;

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
  later(() => new Promise((done) => server.close(done)));
  return (server.address() as AddressInfo).port;
}

/** A TLS server that keeps every byte it was told. */
async function newServer(year?: number): Promise<{ url: (scheme: string) => URL; pin: string; heard: () => string }> {
  const certificate = await newCertificate(year);
  let heard = "";
  const server = createTls(certificate, (socket) => {
    socket.on("error", () => {});
    socket.on("data", (part) => {
      heard += part;
      if (heard.endsWith("\r\n\r\n")) socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    });
  });
  const port = await listen(server);
  return {
    url: (scheme) => new URL(`${scheme}://127.0.0.1:${port}/healthz`),
    pin: certificate.pin,
    heard: () => heard,
  };
}

describe("a pinned connection", () => {
  it("stands when the key is the token's, also when the certificate's dates are not ours", async () => {
    for (const year of [2026, 1999]) {
      const server = await newServer(year);
      const answer = await request("GET", server.url("https"), undefined, { time, open, pin: server.pin, signal });
      expect(answer).toEqual({ status: 200, body: "ok" });
    }
  });

  it("ends before one byte of ours when somebody else answers", async () => {
    const server = await newServer();
    const { pin } = await newCertificate();
    const how = { time, open, pin, signal };
    await expect(request("POST", server.url("https"), () => "secret", how)).rejects.toThrow(WrongPin);
    for (const scheme of ["wss", "mqtts"])
      await expect(dial(server.url(scheme), how)).rejects.toThrow(/the token allows only/);
    expect(server.heard()).toBe("");
  });

  it("needs an authority where the token pins nothing", async () => {
    const server = await newServer();
    await expect(dial(server.url("https"), { time, open, pin: "", signal })).rejects.toThrow(/self-signed/);
    expect(server.heard()).toBe("");
  });
});

describe("a connection without TLS", () => {
  it.each(["ws://192.0.2.1/mqtt", "http://controller.example:8080", "mqtt://192.0.2.1"])(
    "is refused: %s",
    async (url) => {
      await expect(dial(new URL(url), { time, open, pin: "", signal })).rejects.toThrow(/only loopback/);
    },
  );

  it("ends when the agent stops", async () => {
    const port = await listen(createTcp((socket) => void socket.on("error", () => {})));
    const stopping = new AbortController();
    const socket = await dial(new URL(`mqtt://127.0.0.1:${port}`), { time, open, pin: "", signal: stopping.signal });
    const closed = new Promise((done) => socket.once("close", done));
    stopping.abort();
    await closed;
    await expect(
      dial(new URL(`mqtt://127.0.0.1:${port}`), { time, open, pin: "", signal: stopping.signal }),
    ).rejects.toThrow(/the agent stops/);
  });

  it("that is never answered ends in time", async () => {
    // Speaks TCP, never TLS.
    const port = await listen(createTcp((socket) => void later(async () => socket.destroy())));
    const patience = fakeTime();
    const dialled = dial(new URL(`mqtts://127.0.0.1:${port}`), { time: patience, open, pin: "x", signal });
    const refused = expect(dialled).rejects.toThrow(/no connection in 10000 ms/);
    await patience.advance(dialTimeoutMs);
    await refused;
  });
});

describe("an answer", () => {
  it("over 64 KiB is refused", async () => {
    const server = createTcp((socket) => {
      socket.on("error", () => {}).resume();
      socket.end(`HTTP/1.1 200 OK\r\n\r\n${"x".repeat(64 * 1024 + 1)}`);
    });
    const url = new URL(`http://127.0.0.1:${await listen(server)}`);
    await expect(request("GET", url, undefined, { time, open, pin: "", signal })).rejects.toThrow(/over 65536 bytes/);
  });
});
