import { type Delivered, encode, limits } from "#wire";
import type { Cancel, Clock } from "../base/clock.ts";

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

/** [3,1,2,7,7] → 1-3, 7-7 */
export function rangesOf(sequences: readonly number[]): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  for (const seq of [...sequences].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && seq <= last.to + 1) last.to = Math.max(last.to, seq);
    else ranges.push({ from: seq, to: seq });
  }
  return ranges;
}
