import { clockTime } from "../times.ts";
import type { DeviceSeen } from "../watch.ts";

/** What silence means at a device, in one sentence. Pure.
 *  @param deadline when its silence moves the state on; null: nobody waits for it */
export function explainPresence(
  device: Pick<DeviceSeen, "state" | "since" | "lastSeenAt" | "stopped">,
  deadline: number | null,
  { now, timeZone, blind }: { now: number; timeZone: string; blind: boolean },
): string {
  const time = (at: number | null): string => (at === null ? "never" : clockTime(at, now, timeZone));
  const heard = `last heard ${time(device.lastSeenAt)}`;
  const due = deadline === null ? "" : `; silent until ${time(deadline)}, it is`;
  const eyes = blind ? " The controller cannot see just now: nothing is concluded from silence." : "";
  return `${sentence()}${eyes}`;

  function sentence(): string {
    switch (device.state) {
      case "awaiting":
        return "Not yet seen: nothing is told of it before it was there once.";
      case "online":
        return `Online, ${heard}${due === "" ? "" : `${due} checked`}.`;
      case "suspect":
        return `Being checked, ${heard}${due === "" ? "" : `${due} offline`}.`;
      case "offline":
        return `Offline since ${time(device.since)}${device.stopped ? ": its agent was stopped" : ""}, ${heard}. Rules say nothing of it meanwhile.`;
      case "sleeping":
        return `Asleep since ${time(device.since)}: nobody expects it, and nothing is told.`;
      case "maintenance":
        return `In maintenance since ${time(device.since)}: nothing is told.`;
      case "unknown":
        return `Not known since ${time(device.since)}, ${heard}.`;
    }
  }
}

/** Whether its site serves. Pure. */
export function explainHours(
  name: string | null,
  { open, changesAt }: { open: boolean; changesAt: number | null },
  { now, timeZone }: { now: number; timeZone: string },
): string {
  if (name === null) return "It has no site: it is expected at all hours.";
  const until = changesAt === null ? "" : ` until ${clockTime(changesAt, now, timeZone)}`;
  return open ? `${name} serves now${until}.` : `${name} does not serve now${until}: nothing is told.`;
}
