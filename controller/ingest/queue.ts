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
  messagesPerDevice: number;
}
export const queueLimits: QueueLimits = {
  messages: 50_000,
  bytes: 128 * 1024 * 1024,
  bytesPerDevice: 512 * 1024,
  messagesPerDevice: 1_024,
};

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
      // While the store is away a device sends what it has again and again, byte for byte: once is enough.
      if (own.arrivals.some(({ payload }) => isSame(payload, arrival.payload))) return true;
      if (messages >= limits.messages || bytes + size > limits.bytes) return false;
      if (own.bytes + size > limits.bytesPerDevice || own.arrivals.length >= limits.messagesPerDevice) return false;
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
      // Whoever has more is put to the end of the round, where this walk would meet it again.
      let round = waiting.size;
      for (const [device, own] of waiting) {
        if (taken.length >= most || round-- === 0) break;
        const some = own.arrivals.splice(0, Math.min(each, most - taken.length));
        waiting.delete(device);
        if (own.arrivals.length > 0) waiting.set(device, own);
        messages -= some.length;
        for (const arrival of some) {
          own.bytes -= arrival.payload.byteLength;
          bytes -= arrival.payload.byteLength;
          taken.push(arrival);
        }
      }
      return taken;
    },

    /** All that waits of a device. @returns how many messages that were */
    forget(device: string): number {
      const own = waiting.get(device);
      if (!own) return 0;
      waiting.delete(device);
      messages -= own.arrivals.length;
      bytes -= own.bytes;
      return own.arrivals.length;
    },

    size: () => ({ messages, bytes }),
    isEmpty: () => messages === 0,
  };
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.byteLength === b.byteLength && Buffer.compare(a, b) === 0;

export type Queue = ReturnType<typeof createQueue>;
