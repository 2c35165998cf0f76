import { isIP, type Socket } from "node:net";
import { type TLSSocket, connect as tlsConnect } from "node:tls";
import type { Sockets, Time } from "../host/index.ts";
import { pinOf } from "./hash.ts";

export const dialTimeoutMs = 10_000;

/** Somebody else's certificate: either an attacker or a controller with a new key; never worth a quiet retry. */
export class WrongPin extends Error {
  override name = "WrongPin";
}

export interface Dial {
  time: Time;
  /** The host's: whatever the agent says to its controller goes through it. */
  open: Sockets["open"];
  /** `C` of the token: pins the certificate's key; empty: a publicly trusted certificate, or plain loopback. */
  pin: string;
  /** Hangs up whatever is open or being opened: the agent stops, or time is up. */
  signal: AbortSignal;
}

/** A socket that is ready and checked: not one byte of ours leaves before the pin held. Rejects with a sentence.
 *  Pinning is done here by hand because neither checkServerIdentity (never called for a self-signed certificate) nor
 *  `ca` (fails while the device's clock is wrong) pins. */
export function dial(url: URL, { time, open, pin, signal }: Dial): Promise<Socket> {
  const secure = url.protocol === "https:" || url.protocol === "wss:" || url.protocol === "mqtts:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!secure && !isLoopback(host))
    return Promise.reject(new Error(`${url.protocol}//${url.host}: without TLS only loopback is dialled`));
  const port = Number(url.port) || defaultPorts[url.protocol] || 0;
  if (port === 0) return Promise.reject(new Error(`${url.protocol}//${url.host}: a port is missing`));
  return new Promise((done, fail) => {
    const raw = open(host, port);
    const socket = secure ? tls(raw, host, url, pin) : raw;
    const cancel = time.after(dialTimeoutMs, () =>
      socket.destroy(new Error(`${url.host}: no connection in ${dialTimeoutMs} ms`)),
    );
    const hangUp = (): void => void socket.destroy(new Error("given up: the agent stops or the time is over"));
    if (signal.aborted) hangUp();
    signal.addEventListener("abort", hangUp);
    socket.once("close", () => signal.removeEventListener("abort", hangUp));
    socket.on("error", (error) => {
      cancel();
      fail(error);
    });
    socket.once(secure ? "secureConnect" : "connect", () => {
      cancel();
      const problem = secure && pin !== "" ? mismatch(socket as TLSSocket, pin) : undefined;
      if (problem !== undefined) return socket.destroy(new WrongPin(`${url.host}: ${problem}`));
      socket.setNoDelay(true);
      done(socket);
    });
  });
}

const defaultPorts: Record<string, number> = {
  "http:": 80,
  "https:": 443,
  "ws:": 80,
  "wss:": 443,
  "mqtt:": 1883,
  "mqtts:": 8883,
};

function tls(raw: Socket, host: string, url: URL, pin: string): TLSSocket {
  const socket = tlsConnect({
    socket: raw,
    // The pin is stricter than any authority, and holds while the device believes it is 1970.
    rejectUnauthorized: pin === "",
    ...(url.protocol === "mqtts:" ? {} : { ALPNProtocols: ["http/1.1"] }),
    // Without a name it is the address that the certificate must hold, where an authority vouches for it.
    ...(isIP(host) ? { host } : { servername: host }),
  });
  // Node tells the upper of two sockets nothing of what befalls the lower before they are joined.
  raw.on("error", (error) => socket.destroy(error));
  return socket;
}

function mismatch(socket: TLSSocket, pin: string): string | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return "no certificate was shown";
  const shown = pinOf(certificate.publicKey.export({ type: "spki", format: "der" }));
  return shown === pin ? undefined : `its certificate has the key ${shown}, the token allows only ${pin}`;
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
