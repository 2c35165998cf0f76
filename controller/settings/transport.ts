import { isLoopback } from "../base/address.ts";
import type { Settings } from "./schema.ts";

/** plain: without TLS · given: with the certificate of tls.cert · own: with one that we make and tokens pin. */
export type Transport = "plain" | "given" | "own";

/** How each listener speaks: beyond loopback it is TLS, unless `insecure` says otherwise (DESIGN §7). */
export function transport(settings: Pick<Settings, "http" | "mqtt" | "tls" | "insecure">): {
  http: Transport;
  mqtt: Transport;
} {
  const of = (host: string): Transport => {
    if (settings.tls.cert !== undefined) return "given";
    return settings.insecure || isLoopback(host) ? "plain" : "own";
  };
  return { http: of(settings.http.host), mqtt: of(settings.mqtt.host) };
}
