/** An address with the length of its network, as in 192.0.2.1/24. */
export interface Cidr {
  version: 4 | 6;
  address: bigint;
  prefix: number;
}

const bitsOf = (version: 4 | 6): number => (version === 4 ? 32 : 128);

/** `192.0.2.1`, `192.0.2.1/24`, `192.0.2.1/255.255.255.0`, `2001:db8::1/64`; undefined: it is none of them. */
export function readCidr(text: string): Cidr | undefined {
  const [ip = "", length, ...more] = text.split("/");
  const read = readAddress(ip);
  if (!read || more.length > 0) return undefined;
  const prefix = length === undefined ? bitsOf(read.version) : prefixOf(length, read.version);
  return prefix === undefined ? undefined : { ...read, prefix };
}

export function readAddress(text: string): Pick<Cidr, "version" | "address"> | undefined {
  const address = text.includes(":") ? readIpv6(text) : readIpv4(text);
  return address === undefined ? undefined : { version: text.includes(":") ? 6 : 4, address };
}

function readIpv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function readIpv6(text: string): bigint | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const tail = dotted ? readIpv4(dotted[2] as string) : undefined;
  if (dotted && tail === undefined) return undefined;
  const whole = dotted
    ? `${dotted[1]}${((tail as bigint) >> 16n).toString(16)}:${((tail as bigint) & 0xffffn).toString(16)}`
    : text;
  const halves = whole.split("::");
  if (halves.length > 2) return undefined;
  const [head, rest] = halves.map((half) => (half === "" ? [] : half.split(":"))) as [string[], string[]?];
  const missing = 8 - head.length - (rest?.length ?? 0);
  if (rest ? missing < 1 : missing !== 0) return undefined;
  const groups = rest ? [...head, ...Array<string>(missing).fill("0"), ...rest] : head;
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function prefixOf(text: string, version: 4 | 6): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= bitsOf(version) ? Number(text) : undefined;
  const mask = version === 4 ? readIpv4(text) : undefined;
  if (mask === undefined) return undefined;
  const prefix = mask.toString(2).replace(/0+$/, "").length;
  return maskOf(4, mask === 0n ? 0 : prefix) === mask ? (mask === 0n ? 0 : prefix) : undefined;
}

const maskOf = (version: 4 | 6, prefix: number): bigint => {
  const host = BigInt(bitsOf(version) - prefix);
  return ((1n << BigInt(bitsOf(version))) - 1n) & ~((1n << host) - 1n);
};

export const netmaskOf = (prefix: number): string => writeAddress(4, maskOf(4, prefix));

/** Of the network in which the address lies. */
export const networkOf = ({ version, address, prefix }: Cidr): string =>
  writeAddress(version, address & maskOf(version, prefix));

export const contains = (net: Cidr, other: Pick<Cidr, "version" | "address">): boolean => {
  const mask = maskOf(net.version, net.prefix);
  return net.version === other.version && (net.address & mask) === (other.address & mask);
};

/** In its shortest form (RFC 5952). */
export function writeAddress(version: 4 | 6, address: bigint): string {
  const count = version === 4 ? 4 : 8;
  const width = version === 4 ? 8n : 16n;
  const groups = Array.from(
    { length: count },
    (_, i) => (address >> (BigInt(count - 1 - i) * width)) & ((1n << width) - 1n),
  );
  if (version === 4) return groups.join(".");
  const text = groups.map((group) => group.toString(16)).join(":");
  const zeros = text.match(/(?<![0-9a-f])0(:0(?![0-9a-f]))+/g) ?? [];
  const longest = zeros.reduce((best, run) => (run.length > best.length ? run : best), "");
  if (longest === "") return text;
  const at = text.search(new RegExp(`(?<![0-9a-f])${longest}(?![0-9a-f])`));
  const [before, after] = [text.slice(0, at), text.slice(at + longest.length)];
  return `${before.replace(/:$/, "")}::${after.replace(/^:/, "")}`;
}
