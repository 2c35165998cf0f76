import { type Birth, encode } from "#wire";
import type { Clock } from "../../base/clock.ts";
import type { Signer } from "../../base/signing.ts";

/** The signed answer to a birth: a newer key set first, by which it checks all the rest; then which session it was heard
 *  in, and what time it is. */
export function createWelcome(needs: {
  signer: Pick<Signer, "sign" | "keySet" | "newerSet">;
  clock: Clock;
  send(device: string, suffix: "keys" | "welcome", payload: string): boolean;
}): (device: string, birth: Birth) => void {
  const { signer, clock } = needs;
  return (device, { session, keySetVersion }) => {
    for (const signed of signer.newerSet(device, keySetVersion)) needs.send(device, "keys", encode("keys", signed));
    const said = { session, now: clock.now(), keySetVersion: signer.keySet().version };
    needs.send(device, "welcome", encode("welcome", signer.sign("welcome", device, said)));
  };
}
