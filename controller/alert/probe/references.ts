import { readAddress } from "../../base/address.ts";
import type { Ask } from "./ask.ts";

/** Whether the controller itself has a way out: hosts that are always there and have nothing to do with the devices. While
 *  all of those that could be asked are silent, nobody else's silence says anything.
 *  @returns why it cannot see, in words; null: it can, or nobody could be asked */
export function createReferences(needs: { ask: Ask; addresses: readonly string[] }): () => Promise<string | null> {
  const targets = needs.addresses.map(readAddress).filter((one) => one !== null);
  return async () => {
    const answers = await Promise.all(targets.map(needs.ask));
    const known = answers.filter((answer) => answer !== null);
    if (known.length === 0 || known.includes(true)) return null;
    const which = needs.addresses.filter((_, i) => answers[i] === false).join(", ");
    return known.length === 1 ? `${which} does not answer either` : `none of ${which} answers either`;
  };
}
