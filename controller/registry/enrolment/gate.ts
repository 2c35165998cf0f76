import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { tooMany } from "../../base/errors.ts";
import { type KnockLimits, knockLimits } from "../limits.ts";

/** Knocks come from strangers: those that fail are counted by address, all of them together. */
export interface Gate {
  /** Throws "too-many" at a limit. */
  enter(address: string): Promise<void>;
  /** After the proof, so that nobody can use up another's. Throws "too-many". */
  proven(key: string): Promise<void>;
  failed(address: string): Promise<void>;
}

export function createGate(limits: KnockLimits = knockLimits): Gate {
  const seconds = limits.windowMs / 1_000;
  const all = new RateLimiterMemory({ points: limits.all, duration: seconds });
  const byKey = new RateLimiterMemory({ points: limits.perKey, duration: seconds });
  const failures = new RateLimiterMemory({ points: limits.failedPerAddress, duration: seconds });
  return {
    async enter(address) {
      const before = await failures.get(address);
      if (before && before.consumedPoints >= limits.failedPerAddress)
        throw tooMany("too many enrolments failed from this address", before.msBeforeNext);
      await take(all, "all", "too many enrolments at this moment");
    },
    proven: (key) => take(byKey, key, "this device enrols too often"),
    async failed(address) {
      await failures.penalty(address);
    },
  };
}

async function take(limiter: RateLimiterMemory, key: string, message: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (error instanceof RateLimiterRes) throw tooMany(message, error.msBeforeNext);
    throw error;
  }
}
