import { z } from "zod";
import { shownAs } from "../alert/index.ts";
import { type ConfigBrief, configStatuses } from "../config/index.ts";
import type { Device } from "../registry/index.ts";
import type { PresenceView } from "../registry/presence/index.ts";
import { location } from "./input.ts";

export const kinds = ["access-point", "sensor", "gateway", "switch"] as const;
export const states = ["awaiting", "online", "suspect", "offline", "sleeping", "maintenance", "unknown"] as const;
export const configStates = ["trying", "applied", "partly", "rejected", "reverted", "foreign", "unknown"] as const;

/** DESIGN §8 "device". */
export const deviceSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(kinds),
  site: z.string().nullable(),
  via: z.string().nullable(),
  profile: z.string().nullable(),
  address: z.string().nullable(),
  parents: z.array(z.array(z.string())),
  tags: z.array(z.string()),
  location: location.nullable(),
  state: z.enum(states),
  /** Why it is silent, where that is known: it said goodbye, said that it sleeps, or its site is closed. */
  why: z.enum(["stopped", "said", "hours"]).nullable(),
  since: z.int().nullable(),
  /** The maintenance window that it is in; while it is down, that is its state. */
  maintenance: z
    .object({ id: z.string(), why: z.string(), until: z.int(), sla: z.enum(["exclude", "count"]) })
    .nullable(),
  lastSeenAt: z.int().nullable(),
  boot: z.string().nullable(),
  agent: z.string().nullable(),
  firmware: z.string().nullable(),
  intervalMs: z.int().nullable(),
  clock: z.enum(["synced", "corrected", "unknown"]).nullable(),
  hardware: z.object({ model: z.string(), serial: z.string() }).nullable(),
  /** Points that are missing for good, as far as is known: `/devices/{id}/delivery` says which and why. */
  missing: z.int(),
  spool: z.object({ batches: z.int(), points: z.int(), bytes: z.int() }).nullable(),
  config: z.object({
    desired: z.int().nullable(),
    reported: z.int().nullable(),
    state: z.enum(configStates),
    status: z.enum(configStatuses),
    since: z.int().nullable(),
    revertsAt: z.int().nullable(),
    why: z.string().nullable(),
  }),
  version: z.int(),
  createdAt: z.int(),
  updatedAt: z.int(),
});
export type DeviceView = z.infer<typeof deviceSchema>;

/** A device as people see it: what is known of it, and whether it is there. */
export function viewOf(
  device: Device,
  presence: PresenceView,
  config: ConfigBrief,
  { missing, maintenance }: Pick<DeviceView, "missing" | "maintenance">,
): DeviceView {
  const { keys: _, ...known } = device;
  const { birth, spool } = presence;
  return {
    ...known,
    state: shownAs(presence.state, maintenance !== null),
    why: presence.why ?? null,
    since: presence.since,
    maintenance,
    lastSeenAt: presence.lastSeenAt,
    boot: presence.boot,
    agent: birth?.agent ?? null,
    firmware: birth?.firmware ?? null,
    intervalMs: birth?.intervalMs ?? null,
    clock: presence.clock,
    hardware: device.hardware ?? birth?.hardware ?? null,
    missing,
    spool: spool ? { batches: spool.batches, points: spool.points, bytes: spool.bytes } : null,
    config,
  };
}
