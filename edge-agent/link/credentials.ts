import type { Enrolled } from "#wire";
import { type Log, reason } from "../log.ts";
import { type Application, type Dial, enrol, type IdentityFile, WrongPin } from "../trust/index.ts";

export interface CredentialsNeeds {
  identity: IdentityFile;
  application: () => Application;
  dial: Dial;
  log: Log;
  /** Enrolment answered with another name than the one under which the spool was filled. Nothing is sent any more: who
   *  is told empties the spool and begins anew. */
  anotherDevice: () => void;
}

/** The device's name and password: remembered, or asked for (DESIGN §8). */
export function createCredentials({ identity, application, dial, log, anotherDevice }: CredentialsNeeds) {
  let refused = false;
  let moved = false;
  let told = "";
  // The same sentence every minute helps nobody.
  const tell = (line: string): void => {
    if (line !== told) log.warn(line);
    told = line;
  };

  return {
    /** undefined: not yet, ask again after a pause. Never rejects. */
    async get(): Promise<Enrolled | undefined> {
      if (moved) return undefined;
      const known = identity.get().enrolled;
      if (known && !refused) return known;
      try {
        const answer = await enrol(identity.get(), application(), dial);
        if (answer.state !== "enrolled") {
          tell(`enrolment ${answer.state === "awaiting" ? "waits" : "refused"}: ${answer.why}`);
          return undefined;
        }
        refused = false;
        told = "";
        const { device } = answer.enrolled;
        const { spoolOf = device } = identity.get();
        await identity.change({ enrolled: answer.enrolled, spoolOf });
        log.info(`enrolled as ${device}`);
        moved = spoolOf !== device;
        if (!moved) return answer.enrolled;
        anotherDevice();
        return undefined;
      } catch (error) {
        const what = error instanceof WrongPin ? "somebody else answers for the controller" : "enrolment failed";
        tell(`${what}: ${reason(error)}`);
        return undefined;
      }
    },
    /** The broker doesn't take the password: the next `get` asks for another. */
    refused(): void {
      refused = true;
    },
  };
}
