import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createWebSocketStream, WebSocket } from "ws";
import { limits } from "#wire";
import { type Dial, dial } from "../trust/index.ts";

export interface Line {
  stream: Duplex;
  /** Under it: shows who hung up. */
  socket: Socket;
}

/** Opens `mqtt(s)://` or `ws(s)://…/mqtt` with the certificate checked first. Rejects with a sentence. */
export async function openLine(url: URL, how: Dial): Promise<Line> {
  const web = url.protocol === "ws:" || url.protocol === "wss:";
  if (!web && url.protocol !== "mqtt:" && url.protocol !== "mqtts:")
    throw new Error(`${url.protocol}: MQTT comes by mqtt, mqtts, ws or wss`);
  const socket = await dial(url, how);
  if (!web) return { stream: socket, socket };
  // The socket speaks TLS already, so for `ws` it is a plain one.
  const plain = new URL(`ws://${url.host}${url.pathname}${url.search}`);
  const ws = new WebSocket(plain, "mqtt", {
    createConnection: () => socket,
    perMessageDeflate: false,
    maxPayload: limits.packetBytes + 16,
    followRedirects: false,
  });
  return { stream: createWebSocketStream(ws), socket };
}
