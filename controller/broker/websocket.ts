import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { createWebSocketStream, WebSocketServer } from "ws";

/** MQTT over WebSocket on the HTTP port: only `/mqtt`, only the subprotocol `mqtt`, never from a web page. */
export function acceptWebSockets(
  server: Server,
  needs: { packetBytes: number; accept(stream: Duplex): void; isOpen(): boolean },
): void {
  const sockets = new WebSocketServer({
    noServer: true,
    // A frame's header on top of the packet; packets that span frames are the guard's.
    maxPayload: needs.packetBytes + 16,
    // 293 kB a connection instead of 60.
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: (offered) => (offered.has("mqtt") ? "mqtt" : false),
  });
  server.removeAllListeners("upgrade");
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const refusal = refuse(request) ?? (needs.isOpen() ? null : "503 Service Unavailable");
    if (refusal) {
      // Destroyed once it is said: who doesn't close its half would keep the socket for ever.
      const answer = `HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
      socket.end(answer, () => socket.destroy());
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const stream = createWebSocketStream(webSocket);
      stream.on("error", () => stream.destroy());
      needs.accept(stream);
    });
  });
}

function refuse(request: IncomingMessage): string | null {
  // Not by `URL`: it throws on what anybody may write there, such as "//".
  if ((request.url ?? "").split("?", 1)[0] !== "/mqtt") return "404 Not Found";
  if (request.headers.origin !== undefined) return "403 Forbidden";
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((p) => p.trim());
  return offered.includes("mqtt") ? null : "400 Bad Request";
}
