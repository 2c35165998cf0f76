import type { Duplex } from "node:stream";

/** Counts what is open and bounds what has not said who it is. When strangers fill their places, the one that has
 *  waited longest goes: a crowd of silent sockets can't keep an honest device out. */
export function createConnections(limits: { connections: number; strangers: number }) {
  const open = new Set<Duplex>();
  const strangers = new Set<Duplex>();

  return {
    /** false: no room for one more; the caller closes it. */
    admit(stream: Duplex): boolean {
      if (open.size >= limits.connections) return false;
      if (strangers.size >= limits.strangers) {
        const longest = strangers.values().next().value;
        longest?.destroy();
        if (longest) strangers.delete(longest);
      }
      open.add(stream);
      strangers.add(stream);
      stream.once("close", () => {
        open.delete(stream);
        strangers.delete(stream);
      });
      return true;
    },
    known(stream: Duplex): void {
      strangers.delete(stream);
    },
    count: () => open.size,
    closeAll(): void {
      for (const stream of open) stream.destroy();
    },
  };
}
