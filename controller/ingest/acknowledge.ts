import { type Delivered, encode, limits } from "#wire";
import type { Cancel, Clock } from "../base/clock.ts";
import { rangesOf } from "./ledger/ranges.ts";

/** Groups what is stored into one `delivered` a device per 50 ms: over WebSocket one costs as much as a message. */
const groupMs = 50;

export function createAcknowledge(needs: { clock: Clock; send(device: string, payload: string): boolean }) {
  const waiting = new Map<string, Map<string, number[]>>();
  let cancel: Cancel | null = null;

  function flush(): void {
    cancel = null;
    for (const [device, boots] of waiting) {
      const ranges = [...boots].flatMap(([boot, seqs]) => rangesOf(seqs).map((range) => ({ boot, ...range })));
      for (let i = 0; i < ranges.length; i += limits.deliveredRanges) {
        const message: Delivered = { v: 1, ranges: ranges.slice(i, i + limits.deliveredRanges) };
        // Not connected or not reading: it sends the batch again, and a duplicate earns its `delivered` too.
        if (!needs.send(device, encode("delivered", message))) break;
      }
    }
    waiting.clear();
  }

  return {
    delivered(device: string, boot: string, seq: number): void {
      const boots = waiting.get(device) ?? new Map<string, number[]>();
      const seqs = boots.get(boot) ?? [];
      seqs.push(seq);
      boots.set(boot, seqs);
      waiting.set(device, boots);
      cancel ??= needs.clock.after(groupMs, flush);
    },
    /** Says what waits, at once. */
    stop(): void {
      cancel?.();
      flush();
    },
  };
}

export type Acknowledge = ReturnType<typeof createAcknowledge>;
