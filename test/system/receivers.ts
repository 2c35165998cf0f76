import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import type { Cleanup } from "./harness.ts";

export interface Hook {
  headers: IncomingHttpHeaders & Record<string, string | undefined>;
  text: string;
  body: { kind: string; incident: Record<string, unknown> & { sentence: string } };
}

/** A receiver of webhooks on loopback. `status` is what it answers; with `hold` it answers nothing. */
export async function hookReceiver(cleanup: Cleanup) {
  const got: Hook[] = [];
  const receiver = { port: 0, got, status: 200, held: 0, hold: false };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      // It has the message, and nobody will ever know.
      if (receiver.hold) {
        receiver.held++;
        return;
      }
      const text = Buffer.concat(parts).toString();
      if (receiver.status === 200)
        got.push({ headers: request.headers as Hook["headers"], text, body: JSON.parse(text) });
      response.writeHead(receiver.status, { "content-type": "text/plain" }).end("thank you");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  receiver.port = (server.address() as AddressInfo).port;
  cleanup.add(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  return receiver;
}

/** A mail server on loopback; `got` has each mail as it came. */
export async function mailReceiver(cleanup: Cleanup) {
  const got: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    onData(stream, _session, done) {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        got.push(Buffer.concat(parts).toString());
        done();
      });
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  cleanup.add(() => new Promise<void>((done) => server.close(() => done())));
  return { port: (server.server.address() as AddressInfo).port, got };
}
