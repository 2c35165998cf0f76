import { z } from "zod";
import type { Device } from "../registry/index.ts";
import type { PresenceView } from "../registry/presence/index.ts";
import { location } from "./input.ts";

export const kinds = ["access-point", "sensor", "gateway", "switch"] as const;
export const states = ["awaiting", "online", "suspect", "offline", "sleeping", "maintenance", "unknown"] as const;
const configStates = ["trying", "applied", "partly", "rejected", "reverted", "foreign", "unknown"] as const;

/** DESIGN §8 "device". */
export const deviceSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(kinds),
  site: z.string().nullable(),
  via: z.string().nullable(),
  profile: z.string().nullable(),
  tags: z.array(z.string()),
  location: location.nullable(),
  state: z.enum(states),
  since: z.int().nullable(),
  lastSeenAt: z.int().nullable(),
  boot: z.string().nullable(),
  agent: z.string().nullable(),
  firmware: z.string().nullable(),
  intervalMs: z.int().nullable(),
  clock: z.enum(["synced", "corrected", "unknown"]).nullable(),
  hardware: z.object({ model: z.string(), serial: z.string() }).nullable(),
  spool: z.object({ batches: z.int(), points: z.int(), bytes: z.int() }).nullable(),
  config: z.object({ desired: z.int().nullable(), reported: z.int().nullable(), state: z.enum(configStates) }),
  version: z.int(),
  createdAt: z.int(),
  updatedAt: z.int(),
});
export type DeviceView = z.infer<typeof deviceSchema>;

/** A device as people see it: what is known of it, and whether it is there. */
export function viewOf(device: Device, presence: PresenceView): DeviceView {
  const { keys: _, ...known } = device;
  const { birth, spool } = presence;
  return {
    ...known,
    state: presence.state,
    since: presence.since,
    lastSeenAt: presence.lastSeenAt,
    boot: presence.boot,
    agent: birth?.agent ?? null,
    firmware: birth?.firmware ?? null,
    intervalMs: birth?.intervalMs ?? null,
    clock: presence.clock,
    hardware: device.hardware ?? birth?.hardware ?? null,
    spool: spool ? { batches: spool.batches, points: spool.points, bytes: spool.bytes } : null,
    config: configOf(birth?.config),
  };
}

/** No configuration was ever pushed from here, so a device with a revision has it from elsewhere. */
function configOf(reported: { revision: number; state: string } | undefined): DeviceView["config"] {
  if (!reported) return { desired: null, reported: null, state: "unknown" };
  const state = reported.revision > 0 ? "foreign" : (reported.state as DeviceView["config"]["state"]);
  return { desired: null, reported: reported.revision, state };
}
