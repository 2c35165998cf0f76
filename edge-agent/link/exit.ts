import { encode, type MessageOf, type UpSuffix } from "#wire";
import { type Scrubbed, scrubValue } from "./scrub.ts";

export type Exit = ReturnType<typeof createExit>;

/** The one way out of the device: what leaves is scrubbed, then checked by its schema, then text.
 *  @param key the pseudonym key of the day */
export function createExit(key: () => string) {
  return {
    /** Throws on a message that breaks its schema: a bug of ours. */
    text<S extends UpSuffix>(suffix: S, message: MessageOf<S>): Scrubbed {
      return encode(suffix, withOwn(message, scrubValue(message, key()))) as Scrubbed;
    },
    /** A value that becomes part of a message. */
    value: <T>(value: T): T => scrubValue(value, key()),
  };
}

/** The device's own serial number and the hash of its configuration stay readable: they name infrastructure, not people. */
function withOwn<T extends object>(message: T, clean: T): T {
  const own = Object.entries(message).filter(([key]) => key === "hardware" || key === "config" || key === "hash");
  return { ...clean, ...Object.fromEntries(own) };
}
