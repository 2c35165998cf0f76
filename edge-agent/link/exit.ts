import { encode, infrastructureOf, type MessageOf, type UpSuffix } from "#wire";
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
    /** What was measured, before it becomes part of a message. */
    sample: <T extends Measured>(sample: T): T => withInfrastructure(sample, scrubValue(sample, key())),
  };
}

/** The device's own serial number and the hash of its configuration stay readable: they name infrastructure, not people. */
function withOwn<T extends object>(message: T, clean: T): T {
  const own = Object.entries(message).filter(([key]) => key === "hardware" || key === "config" || key === "hash");
  const { points } = message as { points?: readonly Measured[] };
  const cleanPoints = (clean as { points?: readonly Measured[] }).points ?? [];
  const told = points?.map((point, i) => withInfrastructure(point, cleanPoints[i] as Measured));
  return { ...clean, ...Object.fromEntries(own), ...(told ? { points: told } : {}) };
}

interface Measured {
  m: string;
  f: Record<string, number | string>;
}

/** Addresses of switches and gateways stay readable where the catalogue says that a field has no others. */
function withInfrastructure<T extends Measured>(measured: T, clean: T): T {
  const own = infrastructureOf(measured.m).filter((field) => measured.f[field] !== undefined);
  if (own.length === 0) return clean;
  return { ...clean, f: { ...clean.f, ...Object.fromEntries(own.map((field) => [field, measured.f[field]])) } };
}
