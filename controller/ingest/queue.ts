import type { UpSuffix } from "#wire";
import { headOf, isLive } from "./lane.ts";

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

/** Of what is taken, this much is backlog where some waits: what is measured now goes first, and must not starve it. */
export const backlogShare = 1 / 4;

/** What waits of a device. */
interface Own {
  live: Waiting[];
  backlog: Waiting[];
  bytes: number;
  /** How each message that waits begins: with its boot and sequence. Of two that begin alike the later is forgotten, and
   *  sent again if it was another. */
  heads: Set<string>;
}
interface Waiting {
  arrival: Arrival;
  head: string;
}
type Lane = "live" | "backlog";

/** Bounded, and fair: first what was measured just now, then the backlog; in both, devices are served in turn, each in its
 *  own order. */
export function createQueue(limits: QueueLimits) {
  const waiting = new Map<string, Own>();
  /** Devices that have something in a lane, by whose turn it is. */
  const turns = { live: new Set<string>(), backlog: new Set<string>() };
  let messages = 0;
  let bytes = 0;
  /** Of messages, that the backlog is due. */
  let owed = 0;

  function takeFrom(lane: Lane, most: number, each: number, taken: Arrival[]): void {
    const end = taken.length + most;
    // Whoever has more is put to the end of the round, where this walk would meet it again.
    let round = turns[lane].size;
    for (const device of turns[lane]) {
      if (taken.length >= end || round-- === 0) break;
      const own = waiting.get(device) as Own;
      turns[lane].delete(device);
      for (const { arrival, head } of own[lane].splice(0, Math.min(each, end - taken.length))) {
        const size = arrival.payload.byteLength;
        own.heads.delete(head);
        own.bytes -= size;
        bytes -= size;
        messages--;
        taken.push(arrival);
      }
      if (own[lane].length > 0) turns[lane].add(device);
      else if (own.heads.size === 0) waiting.delete(device);
    }
  }

  return {
    /** false: no room; the message is to be forgotten (the device will send it again). */
    push(arrival: Arrival): boolean {
      const { device } = arrival;
      const size = arrival.payload.byteLength;
      const head = headOf(arrival);
      const own = waiting.get(device) ?? { live: [], backlog: [], bytes: 0, heads: new Set() };
      // While the store is away a device sends what it has again and again: once is enough.
      if (own.heads.has(head)) return true;
      if (messages >= limits.messages || bytes + size > limits.bytes) return false;
      if (own.bytes + size > limits.bytesPerDevice || own.heads.size >= limits.messagesPerDevice) return false;
      const lane = isLive(arrival, head) ? "live" : "backlog";
      own[lane].push({ arrival, head });
      own.heads.add(head);
      own.bytes += size;
      waiting.set(device, own);
      turns[lane].add(device);
      messages++;
      bytes += size;
      return true;
    },

    /** Up to `most` messages: a few of each device in turn, so that what one device sent stays together; what is live
     *  before what is not. */
    take(most: number, each = 8): Arrival[] {
      const taken: Arrival[] = [];
      owed = turns.backlog.size > 0 ? owed + most * backlogShare : 0;
      takeFrom("live", most - Math.floor(owed), each, taken);
      const live = taken.length;
      takeFrom("backlog", most - live, each, taken);
      owed = Math.max(0, owed - (taken.length - live));
      // One round may leave room: a few devices that have much.
      takeFrom("live", most - taken.length, each, taken);
      return taken;
    },

    /** All that waits of a device. @returns how many messages that were */
    forget(device: string): number {
      const own = waiting.get(device);
      if (!own) return 0;
      waiting.delete(device);
      turns.live.delete(device);
      turns.backlog.delete(device);
      messages -= own.heads.size;
      bytes -= own.bytes;
      return own.heads.size;
    },

    size: () => ({ messages, bytes }),
    isEmpty: () => messages === 0,
  };
}

export type Queue = ReturnType<typeof createQueue>;
