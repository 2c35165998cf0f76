import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type Inbox, phoneLimits } from "./messages.ts";
import { asVendor } from "./vendors.ts";

export interface Hook {
  port: number;
  stop(): Promise<void>;
}

/** Takes webhooks on loopback and keeps them.
 *  @param isSigned whether the headers sign that body; null: they don't try */
export async function openWebhook(needs: {
  inbox: Inbox;
  port: number;
  isSigned: (headers: IncomingMessage["headers"], body: string) => boolean | null;
}): Promise<Hook> {
  const { inbox, isSigned } = needs;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    request.on("data", (part: Buffer) => {
      bytes += part.length;
      if (bytes <= phoneLimits.messageBytes) parts.push(part);
    });
    request.on("error", () => response.destroy());
    request.on("end", () => {
      if (request.method !== "POST") return void response.writeHead(405).end("POST only\n");
      if (bytes > phoneLimits.messageBytes) return void response.writeHead(413).end("too long\n");
      const body = Buffer.concat(parts).toString("utf8");
      const path = request.url ?? "/";
      const vendor = asVendor(path, jsonOf(body), inbox.next());
      if (vendor !== null) {
        const { subject, text, answer } = vendor;
        inbox.put({ channel: "webhook", to: path, subject, text, raw: body, signed: null });
        return void response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
      }
      const signed = isSigned(request.headers, body);
      inbox.put({ channel: "webhook", to: path, ...wordsOf(body), raw: body, signed });
      // What "send test" shows is the receiver's own words.
      response.writeHead(signed === false ? 401 : 200, { "content-type": "text/plain" });
      response.end(signed === false ? "the signature is wrong\n" : "the phone of the demo has it\n");
    });
  });
  server.maxConnections = phoneLimits.connections;
  server.listen(needs.port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** {}: it is no JSON, or no object. */
function jsonOf(body: string): object {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** What a person would read of it. */
export function wordsOf(body: string): { subject: string; text: string } {
  try {
    const { kind, incident } = JSON.parse(body) as { kind?: unknown; incident?: { sentence?: unknown } };
    return { subject: String(kind ?? "message"), text: String(incident?.sentence ?? "") };
  } catch {
    return { subject: "not JSON", text: body.slice(0, 500) };
  }
}
