import { type Birth, encode } from "#wire";
import type { Clock } from "../../base/clock.ts";
import type { Signer } from "../../base/signing.ts";

/** The signed answer to a birth: which session it was heard in, what time it is, and the newest key set. */
export function createWelcome(needs: {
  signer: Pick<Signer, "sign" | "keySet">;
  clock: Clock;
  send(device: string, payload: string): boolean;
}): (device: string, birth: Birth) => void {
  const { signer, clock } = needs;
  return (device, { session }) => {
    const said = { session, now: clock.now(), keySetVersion: signer.keySet().version };
    needs.send(device, encode("welcome", signer.sign("welcome", device, said)));
  };
}
