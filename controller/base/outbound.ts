import { lookup as systemLookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import type { Clock } from "./clock.ts";

export interface Address {
  address: string;
  family: 4 | 6;
}

/** What the controller may call of the world. */
export interface Reach {
  clock: Clock;
  /** The one address to connect to: checked, and to be used as it is, so that a second look-up can't give another.
   *  Throws OutboundRefused. */
  resolve(host: string): Promise<Address>;
}

/** This is where the controller may not call; a sentence for people. */
export class OutboundRefused extends Error {
  override name = "OutboundRefused";
}

const refusedNetworks = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
  ["::", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const;

/** Keeps channels and probes from calling into the controller's own network: whoever may set one up could read it otherwise.
 *  @param allow networks in CIDR that may be called although private (settings.outboundAllow) */
export function createReach(needs: {
  clock: Clock;
  allow: readonly string[];
  lookup?: (host: string) => Promise<Address[]>;
}): Reach {
  const refused = new BlockList();
  for (const [network, bits] of refusedNetworks)
    refused.addSubnet(network, bits, network.includes(":") ? "ipv6" : "ipv4");
  const allowed = new BlockList();
  for (const cidr of needs.allow) {
    const [network = "", bits = ""] = cidr.split("/");
    allowed.addSubnet(network, Number(bits), isIP(network) === 6 ? "ipv6" : "ipv4");
  }
  const lookup = needs.lookup ?? (async (host) => (await systemLookup(host, { all: true })) as Address[]);
  const may = ({ address, family }: Address): boolean => {
    // ::ffff:10.0.0.1 is 10.0.0.1.
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
    const [ip, type] = mapped
      ? [mapped, "ipv4" as const]
      : [address, family === 6 ? ("ipv6" as const) : ("ipv4" as const)];
    return allowed.check(ip, type) || !refused.check(ip, type);
  };
  return {
    clock: needs.clock,
    async resolve(host) {
      const bare = host.replace(/^\[|\]$/g, "");
      const literal = isIP(bare);
      const found: Address[] = literal === 0 ? await lookup(bare) : [{ address: bare, family: literal === 6 ? 6 : 4 }];
      const good = found.find(may);
      if (good) return good;
      const at = found[0]?.address ?? "no address";
      throw new OutboundRefused(
        `${bare} is ${literal === 0 ? `at ${at}, ` : ""}in a private network: allow it with the setting outboundAllow`,
      );
    },
  };
}

/** The error of a connection, as people can read it. */
export function connectionWords(error: unknown): string {
  if (error instanceof OutboundRefused) return error.message;
  const { code, message } = error as { code?: string; message?: string };
  const words: Record<string, string> = {
    ECONNREFUSED: "the connection was refused: nothing listens there",
    ENOTFOUND: "this name is not known",
    EAI_AGAIN: "the name could not be looked up",
    ECONNRESET: "the connection was broken off",
    ETIMEDOUT: "no answer in time",
    EHOSTUNREACH: "there is no way to this host",
    ENETUNREACH: "there is no way to this network",
    DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
    CERT_HAS_EXPIRED: "its certificate has expired",
    ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  };
  // Mail wraps the socket's error into one of its own: "connect ECONNREFUSED 192.0.2.1:25".
  const inside = Object.keys(words).find((one) => one === code || message?.includes(one));
  return (inside && words[inside]) || message || String(code ?? error);
}
