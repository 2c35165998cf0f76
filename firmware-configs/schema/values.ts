import { z } from "zod";
import { readAddress, readCidr } from "../ip.ts";
import { documentLimits } from "../limits.ts";

/** What a key means, for people and for editors. */
interface About {
  description?: string;
  /** What holds when it is absent: of the device, or of the program that is configured. */
  default?: unknown;
  unit?: string;
}

type Described = { meta(about: Record<string, unknown>): unknown; optional(): unknown };
/** An optional key with what is to be said of it. Defaults are told, not filled in: what a document leaves open is left to
 *  the device. */
export const key = <T extends z.ZodType>(schema: T, description: string, more: Omit<About, "description"> = {}) =>
  (schema as T & Described).meta({ description, ...more }).optional() as z.ZodOptional<T>;

export const whole = (least: number, most: number) =>
  z.int(`a whole number from ${least} to ${most}`).min(least, `at least ${least}`).max(most, `at most ${most}`);
export const text = (most: number = documentLimits.valueChars) =>
  z.string("text expected").max(most, `at most ${most} letters`);
export const flag = z.boolean("true or false");
export const word = (most = 64) => text(most).regex(/^[^\s]*$/, "no blanks");
export const port = whole(1, 65_535);

export const unique = <T extends z.ZodType>(item: T, most: number = documentLimits.items) =>
  z
    .array(item, "a list expected")
    .max(most, `at most ${most}`)
    .refine((all) => new Set(all.map((one) => JSON.stringify(one))).size === all.length, "one stands there twice");

export const mac = text(17).regex(
  /^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$/,
  "a hardware address, such as 02:00:00:aa:bb:cc",
);
export const macOrNone = text(17).regex(
  /^(([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2})?$/,
  "a hardware address, such as 02:00:00:aa:bb:cc",
);
const isAddress = (given: string, version?: 4 | 6): boolean => {
  const read = readAddress(given);
  return read !== undefined && (version === undefined || read.version === version);
};
const isNetwork = (given: string): boolean => readCidr(given) !== undefined;
const fitting = (test: (given: string) => boolean, message: string) => text(50).refine(test, message);
/** Editors write "" where nothing was chosen; it is as good as absent. */
const orNone = (test: (given: string) => boolean, message: string) =>
  fitting((given) => given === "" || test(given), message);

export const ipv4 = fitting((given) => isAddress(given, 4), "an IPv4 address");
export const ipv4OrNone = orNone((given) => isAddress(given, 4), "an IPv4 address");
export const ipv6 = fitting((given) => isAddress(given, 6), "an IPv6 address");
export const ipv6OrNone = orNone((given) => isAddress(given, 6), "an IPv6 address");
export const ipOrNone = orNone((given) => isAddress(given), "an IP address");
export const cidr = fitting(isNetwork, "a network, such as 192.0.2.0/24");
export const cidrOrNone = orNone(isNetwork, "a network, such as 192.0.2.0/24");

/** Of an interface of the kernel. */
export const deviceName = text(15)
  .min(2, "at least 2 letters")
  .regex(/^[^\s/]*$/, "no blanks and no /");
/** Of a logical interface of OpenWrt; dots and dashes become underscores there. */
export const networkName = text(15).regex(/^[A-Za-z0-9_.-]*$/, "letters, digits, . _ -");
export const host = text(253).regex(/^[A-Za-z0-9._-]+$|^[0-9A-Fa-f:]+$/, "a host name or an address");
/** A section of UCI gets this name in place of the one made for it. */
export const sectionName = text(64).regex(/^[A-Za-z0-9_.-]*$/, "letters, digits, . _ -");
export const base64Key = text(44).regex(/^[^\s]*$/, "no blanks");
