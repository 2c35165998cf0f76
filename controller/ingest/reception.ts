import { type ConfigReported, decode, type Heartbeat, limits, type ParsedTopic, type Presence } from "#wire";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Arrival } from "./queue.ts";

export interface ReceptionNeeds {
  clock: Clock;
  log: Log;
  presence: {
    presence(device: string, message: Presence): void;
    heartbeat(device: string, message: Heartbeat): void;
    contact(device: string): void;
  };
  config: { reported(device: string, message: ConfigReported): void };
  queue(arrival: Arrival): void;
  /** What was on its way when a device was removed must not bring its rows back. */
  isDevice(device: string): boolean;
  disconnect(device: string): void;
}

/** Where every message of a device comes in: statements are read at once, measurements wait for the store. Returns at
 *  once and never throws. */
export function createReception(needs: ReceptionNeeds) {
  const counts = { messages: 0, malformed: 0, ahead: 0 };

  function refuse(device: string, suffix: string, problem: string): void {
    counts.malformed++;
    needs.log.warn("unreadable message, session ended", { device, suffix, problem });
    needs.disconnect(device);
  }

  function receive(device: string, topic: ParsedTopic, payload: Buffer, about: { will: boolean }): void {
    if (!needs.isDevice(device)) return;
    counts.messages++;
    const { suffix } = topic;
    switch (suffix) {
      case "telemetry":
      case "event":
        // A will on these topics is nothing that the device measured.
        if (about.will) return;
        needs.presence.contact(device);
        needs.queue({ device, suffix, payload, receivedAt: needs.clock.now() });
        return;
      case "presence": {
        const read = decode("presence", payload);
        if (!read.ok) {
          refuse(device, suffix, read.problem);
          return;
        }
        if (about.will && read.message.online) return;
        needs.presence.presence(device, read.message);
        return;
      }
      case "heartbeat": {
        const read = decode("heartbeat", payload);
        if (!read.ok) {
          refuse(device, suffix, read.problem);
          return;
        }
        if (!about.will) needs.presence.heartbeat(device, read.message);
        return;
      }
      case "config/reported": {
        const read = decode("config/reported", payload);
        if (!read.ok) {
          refuse(device, suffix, read.problem);
          return;
        }
        // Nobody leaves a report as a will but to deceive.
        if (about.will) return;
        needs.presence.contact(device);
        needs.config.reported(device, read.message);
        return;
      }
      default: {
        // Reports on firmware and commands: understood, and for rooms that are not built yet.
        const read = payload.byteLength <= limits.packetBytes ? decode(suffix, payload) : null;
        if (!read?.ok) {
          refuse(device, suffix, read?.problem ?? "too long");
          return;
        }
        counts.ahead++;
        if (!about.will) needs.presence.contact(device);
      }
    }
  }

  return { receive, counts: () => ({ ...counts }) };
}
