import type { Birth, ClockState, SpoolState } from "#wire";

export type DeviceState = "awaiting" | "online" | "suspect" | "offline" | "sleeping" | "maintenance" | "unknown";

/** What is known of a device being there; in memory, never a query per request. */
export interface PresenceView {
  state: DeviceState;
  /** Why it is silent, where that is known: it said goodbye, said that it sleeps, or its site is closed. */
  why?: "stopped" | "said" | "hours";
  /** When the state began, on the controller's clock; null while awaiting. */
  since: number | null;
  lastSeenAt: number | null;
  boot: string | null;
  /** When that boot began, by our clock; null or absent: nobody knows. */
  bootAt?: number | null;
  /** As the last birth said; null before the first. */
  birth: Pick<Birth, "agent" | "firmware" | "hardware" | "intervalMs" | "config"> | null;
  clock: ClockState | null;
  spool: SpoolState | null;
}
