import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acceptWebSockets } from "../../../controller/broker/websocket.ts";

const key = "dGhlIHNhbXBsZSBub25jZQ==";

describe("MQTT over WebSocket", () => {
  let server: Server;
  let accepted: number;
  let open: boolean;

  beforeEach(async () => {
    accepted = 0;
    open = true;
    server = createServer();
    acceptWebSockets(server, {
      packetBytes: 1024,
      isOpen: () => open,
      accept(stream) {
        accepted++;
        stream.destroy();
      },
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  afterEach(() => new Promise((done) => server.close(done)));

  /** The first line of the answer; resolves when the server has closed. */
  const ask = (target: string, headers: Record<string, string> = {}): Promise<string> =>
    new Promise((done, fail) => {
      const all = {
        Host: "demo",
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Protocol": "mqtt",
        ...headers,
      };
      const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
      // Half open: it is the server's to end the connection, not only its half.
      const { port } = server.address() as AddressInfo;
      const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
      let answer = "";
      socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
      socket.on("error", fail);
      socket.on("end", () => done(answer.split("\r\n")[0] ?? ""));
      socket.write(`GET ${target} HTTP/1.1\r\n${lines.join("")}\r\n`);
    });

  it("takes /mqtt, with a query too", async () => {
    expect(await ask("/mqtt")).toBe("HTTP/1.1 101 Switching Protocols");
    expect(await ask("/mqtt?x=1")).toBe("HTTP/1.1 101 Switching Protocols");
    expect(accepted).toBe(2);
  });

  it.each(["//", "/", "//mqtt", "/mqtt/", "http://[", "/%", "*"])("refuses %s and lives on", async (target) => {
    expect(await ask(target)).toBe("HTTP/1.1 404 Not Found");
    expect(accepted).toBe(0);
  });

  it("takes nobody while the broker is paused", async () => {
    open = false;
    expect(await ask("/mqtt")).toBe("HTTP/1.1 503 Service Unavailable");
    expect(accepted).toBe(0);
  });

  it("refuses web pages and other protocols", async () => {
    expect(await ask("/mqtt", { Origin: "http://demo" })).toBe("HTTP/1.1 403 Forbidden");
    expect(await ask("/mqtt", { "Sec-WebSocket-Protocol": "chat" })).toBe("HTTP/1.1 400 Bad Request");
    expect(accepted).toBe(0);
  });

  it("keeps no socket of who was refused, even if that one never closes", async () => {
    await ask("/elsewhere");
    await expect.poll(() => new Promise((done) => server.getConnections((_error, n) => done(n)))).toBe(0);
  });
});
