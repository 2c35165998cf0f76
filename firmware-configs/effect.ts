import type { Change } from "./differences.ts";

/** What applying changes does to who uses the device now. */
export interface Effect {
  /** It dials the controller anew once, to prove that it still can. */
  reconnects: boolean;
  /** From now on it talks to another controller address. */
  moves: boolean;
  /** How many radios lose their clients for a moment. The agent's own settings touch none. */
  radiosRestarted: number;
}

export const effectOf = (changes: readonly Change[]): Effect => ({
  reconnects: changes.length > 0,
  moves: changes.some(({ path }) => path === "agent.controller"),
  radiosRestarted: 0,
});
