import type { UpSuffix } from "#wire";

/** A telemetry or event message as it came, waiting to be stored. */
export interface Arrival {
  device: string;
  suffix: Extract<UpSuffix, "telemetry" | "event">;
  payload: Uint8Array;
  receivedAt: number;
}

export interface QueueLimits {
  messages: number;
  bytes: number;
  /** Of one device: a flood fills its own share and nobody else's. A whole window of an agent fits. */
  bytesPerDevice: number;
}
export const queueLimits: QueueLimits = { messages: 50_000, bytes: 128 * 1024 * 1024, bytesPerDevice: 512 * 1024 };

/** Bounded, and fair: devices are served in turn, each in its own order. */
export function createQueue(limits: QueueLimits) {
  const waiting = new Map<string, { arrivals: Arrival[]; bytes: number }>();
  let messages = 0;
  let bytes = 0;

  return {
    /** false: no room; the message is to be forgotten (the device will send it again). */
    push(arrival: Arrival): boolean {
      const size = arrival.payload.byteLength;
      const own = waiting.get(arrival.device) ?? { arrivals: [], bytes: 0 };
      if (messages >= limits.messages || bytes + size > limits.bytes) return false;
      if (own.bytes + size > limits.bytesPerDevice) return false;
      own.arrivals.push(arrival);
      own.bytes += size;
      waiting.set(arrival.device, own);
      messages++;
      bytes += size;
      return true;
    },

    /** Up to `most` messages: a few of each device in turn, so that what one device sent stays together. */
    take(most: number, each = 8): Arrival[] {
      const taken: Arrival[] = [];
      for (const [device, own] of [...waiting]) {
        if (taken.length >= most) break;
        const some = own.arrivals.splice(0, Math.min(each, most - taken.length));
        for (const arrival of some) own.bytes -= arrival.payload.byteLength;
        // To the end of the round.
        waiting.delete(device);
        if (own.arrivals.length > 0) waiting.set(device, own);
        messages -= some.length;
        for (const arrival of some) {
          bytes -= arrival.payload.byteLength;
          taken.push(arrival);
        }
      }
      return taken;
    },

    /** Of a device that was removed. */
    forget(device: string): void {
      const own = waiting.get(device);
      if (!own) return;
      waiting.delete(device);
      messages -= own.arrivals.length;
      bytes -= own.bytes;
    },

    size: () => ({ messages, bytes }),
  };
}

export type Queue = ReturnType<typeof createQueue>;
