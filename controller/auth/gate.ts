import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { tooMany } from "../base/errors.ts";
import { type SignInLimits, signInLimits } from "./limits.ts";

/** Counts sign-ins before they are tried, so that many at once do not slip through. */
export interface Gate {
  /** Throws "too-many" at a limit. */
  enter(user: string, address: string): Promise<void>;
  /** The sign-in was right: it does not count. */
  passed(user: string, address: string): Promise<void>;
}

export function createGate(limits: SignInLimits = signInLimits): Gate {
  const make = (points: number) => new RateLimiterMemory({ points, duration: limits.windowMs / 1_000 });
  const byAddress = make(limits.address);
  const together = make(limits.together);
  const byUser = make(limits.user);
  const both = (user: string, address: string) => `${address} ${user.toLowerCase()}`;
  return {
    async enter(user, address) {
      await take(byAddress, address);
      await take(together, both(user, address));
      await take(byUser, user.toLowerCase());
    },
    async passed(user, address) {
      await together.delete(both(user, address));
      await byAddress.reward(address);
      await byUser.reward(user.toLowerCase());
    },
  };
}

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (error instanceof RateLimiterRes)
      throw tooMany("too many sign-ins failed; wait before the next", error.msBeforeNext);
    throw error;
  }
}
