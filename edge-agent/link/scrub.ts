import { createHmac } from "node:crypto";

declare const scrubbed: unique symbol;
/** Text without a hardware address. Only such text can be published: the compiler sees to it. */
export type Scrubbed = string & { readonly [scrubbed]: true };

const octet = "[0-9a-f]{2}";
const notHex = "(?![0-9a-f])";
const shapes = [
  // Six or more octets: MAC-48, EUI-64, InfiniBand. Whatever it is glued to; with dashes a time stamp is not one.
  `${octet}(?::${octet}){5,19}`,
  `(?<![0-9a-f])${octet}(?:-${octet}){5,19}${notHex}`,
  // As Cisco writes them.
  `(?<![0-9a-f])[0-9a-f]{4}(?:\\.[0-9a-f]{4}){2,3}${notHex}`,
  "(?<![0-9a-z])[0-9a-f]{12}(?![0-9a-z])",
  // The second half of an IPv6 address that was made from one (EUI-64 with ff:fe in its middle).
  `(?<=:)[0-9a-f]{1,4}:[0-9a-f]{0,2}ff:fe${octet}:[0-9a-f]{1,4}${notHex}`,
];
const addresses = new RegExp(shapes.join("|"), "gi");
/** No shape fits into less: `:1:ff:fe12:1`, or twelve digits in a row. */
export const shortestAddress = 12;

/** `text` with a keyed pseudonym (`p-` and 10 of a-z 2-7) in place of whatever looks like a hardware address; however
 *  an address is written, it has the same pseudonym for as long as `key` lives. */
export function scrubText(text: string, key: string): string {
  if (text.length < shortestAddress) return text;
  return text.replace(addresses, (address) => pseudonym(address.toLowerCase().replace(/[:.-]/g, ""), key));
}

function pseudonym(address: string, key: string): string {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  const mac = createHmac("sha256", key).update(address).digest().subarray(0, 10);
  return `p-${Array.from(mac, (byte) => letters[byte & 31]).join("")}`;
}

const own = { enumerable: true, configurable: true, writable: true };

/** The same for every string in a JSON value, names of members included. Numbers stay: 12 digits are a count of bytes. */
export function scrubValue<T>(value: T, key: string): T {
  if (typeof value === "string") return scrubText(value, key) as T;
  if (Array.isArray(value)) return value.map((v) => scrubValue(v, key)) as T;
  if (typeof value !== "object" || value === null) return value;
  const clean: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const member = scrubValue((value as Record<string, unknown>)[name], key);
    const called = scrubText(name, key);
    // Plain assignment would lose a member of this name.
    if (called === "__proto__") Object.defineProperty(clean, called, { value: member, ...own });
    else clean[called] = member;
  }
  return clean as T;
}
