import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import { SettingsError } from "../base/errors.ts";
import type { Env } from "./context.ts";
import { httpLimits } from "./limits.ts";

export interface HttpServer {
  port: number;
  stop(): Promise<void>;
}

/** Listens. Rejects with SettingsError when the address is not to be had.
 *  @param needs.attach takes the server's WebSocket upgrades */
export async function serveHttp(needs: {
  http: Pick<Hono<Env>, "fetch">;
  listen: { host: string; port: number; tls?: { cert: string; key: string } };
  attach(server: Server): void;
}): Promise<HttpServer> {
  const { tls, host, port } = needs.listen;
  const fetch = (request: Request, env: object) => needs.http.fetch(request, env);
  const usual = {
    maxHeaderSize: httpLimits.headersBytes,
    headersTimeout: httpLimits.headersTimeoutMs,
    requestTimeout: httpLimits.requestTimeoutMs,
    keepAliveTimeout: httpLimits.keepAliveTimeoutMs,
  };
  const server = (
    tls
      ? createAdaptorServer({
          fetch,
          createServer: createTlsServer,
          serverOptions: { ...usual, ...tls, minVersion: "TLSv1.2", handshakeTimeout: httpLimits.headersTimeoutMs },
        })
      : createAdaptorServer({ fetch, createServer, serverOptions: usual })
  ) as Server;
  // The adaptor's own would answer upgrades that are the broker's.
  server.removeAllListeners("upgrade");
  needs.attach(server);
  await new Promise<void>((done, failed) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      failed(
        new SettingsError("http.port", `${host}:${port} (${error.code ?? error.message})`, "an address that is free"),
      );
    });
    server.listen({ host, port, backlog: 4_096 }, done);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      // Live streams would hold it open for ever; sockets that the broker took are the broker's to end.
      server.close();
      server.closeAllConnections();
    },
  };
}
