import { isIP, isIPv4 } from "node:net";

/** A host that can be asked whether it is there; without a port it is pinged. */
export interface HostAddress {
  host: string;
  port: number | null;
}

export const addressAllowed = "a name or address, such as 10.1.2.3, ap.example or 10.1.2.3:443 ([…]:443 for IPv6)";

const hostName = /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/** null: it is none. A name cannot begin with a dash, which a program would take for an option. */
export function readAddress(text: string): HostAddress | null {
  if (text.length > 300) return null;
  if (isIP(text) === 6) return { host: text, port: null };
  const bracketed = /^\[([0-9A-Fa-f:.]+)\](?::(\d{1,5}))?$/.exec(text);
  const plain = bracketed ?? /^([^:[\]\s]+)(?::(\d{1,5}))?$/.exec(text);
  const [, host = "", digits] = plain ?? [];
  const port = digits === undefined ? null : Number(digits);
  if (bracketed ? isIP(host) !== 6 : !hostName.test(host)) return null;
  return port !== null && (port < 1 || port > 65_535) ? null : { host, port };
}

/** This machine itself, by its usual name or address (as in a URL: `[::1]`, too). */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || host === "[::1]" || (isIPv4(host) && host.startsWith("127."));
