import type { Log } from "../base/log.ts";
import type { Change } from "./room.ts";

export interface Changes {
  tell(change: Change): void;
  /** @returns ends it */
  on(listener: (change: Change) => void): () => void;
}

/** Tells listeners in turn; one that throws stops neither the change nor the others. */
export function createChanges(log: Log): Changes {
  const listeners = new Set<(change: Change) => void>();
  return {
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(change) {
      for (const listener of listeners) {
        try {
          listener(change);
        } catch (error) {
          log.error("a listener to the registry failed", { change, error });
        }
      }
    },
  };
}
