import { hash, verify } from "@node-rs/argon2";
import { invalid, tooMany } from "../base/errors.ts";
import { randomSecret } from "../base/ids.ts";
import { authLimits } from "./limits.ts";

/** Cost of argon2id; tests take little. */
export interface HashCost {
  memoryKib: number;
  passes: number;
}
const usualCost: HashCost = { memoryKib: 19_456, passes: 2 };

export interface Passwords {
  /** Throws "invalid" on one that is too short or too long. */
  hash(password: string): Promise<string>;
  /** Takes as long for a user without a hash as for one with. */
  matches(stored: string | null, password: string): Promise<boolean>;
}

export function createPasswords(cost: HashCost = usualCost): Passwords {
  const options = { memoryCost: cost.memoryKib, timeCost: cost.passes, parallelism: 1 };
  const nobody = hash(randomSecret(), options);
  nobody.catch(() => undefined); // whoever awaits it hears of it
  let running = 0;

  async function bounded<T>(work: () => Promise<T>): Promise<T> {
    if (running >= authLimits.hashesAtOnce) throw tooMany("too many sign-ins at this moment", 1_000);
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
    }
  }

  return {
    async hash(password) {
      const { least, most } = authLimits.passwordChars;
      if (password.length < least || password.length > most)
        throw invalid("the password will not do", [{ path: "password", message: `${least}-${most} letters` }]);
      return await bounded(() => hash(password, options));
    },
    async matches(stored, password) {
      if (password.length > authLimits.passwordChars.most) return false;
      const matches = await bounded(async () => verify(stored ?? (await nobody), password));
      return matches && stored !== null;
    },
  };
}
