import type { Birth, Heartbeat, Presence as PresenceMessage } from "#wire";
import type { Cancel, Clock } from "../../base/clock.ts";
import {
  awaiting,
  decide,
  type PresenceEvent,
  type PresenceLimits,
  type PresenceState,
  presenceLimits,
} from "./decide.ts";
import type { PresenceRecords } from "./records.ts";
import type { DeviceState, PresenceView } from "./view.ts";

export { patienceMsOf } from "./decide.ts";
export { createPresenceRecords } from "./records.ts";
export type { DeviceState, PresenceView } from "./view.ts";
export { createWelcome } from "./welcome.ts";

export interface PresenceNeeds {
  clock: Clock;
  limits?: Partial<PresenceLimits>;
  /** Whether the device's site is within its service hours. */
  open?(device: string): boolean;
  /** How much longer than others it may be silent, for its line. */
  patienceMs?(device: string): number;
  /** Until when the device tries what we sent it, and may be away; null: it does not. */
  tryingUntil?(device: string): number | null;
  /** Where states outlive the controller. */
  records: PresenceRecords;
  /** After a birth: the device waits for its welcome. */
  born(device: string, birth: Birth): void;
  /** What a device says of its batches. */
  stated(device: string, said: Birth | Heartbeat): void;
  /** The state is another one than before. */
  changed(device: string, view: PresenceView, was: PresenceView): void;
  /** Who was heard since the last call, and when; a few seconds' worth, at most `heardDevices` at once. */
  heard(lastSeenAt: Record<string, number>): void;
  failed(error: unknown): void;
}

const tickMs = 1_000;
const saveMs = 5_000;
const heardMs = 5_000;
const heardDevices = 2_000;

/** Who is there. Owns the deadline: online → suspect → offline. */
export function createPresence(needs: PresenceNeeds) {
  const limits: PresenceLimits = { ...presenceLimits, ...needs.limits };
  const states = new Map<string, PresenceState>();
  const unsaved = new Set<string>();
  const recent = new Set<string>();
  let cancels: Cancel[] = [];
  let saving: Promise<void> = Promise.resolve();
  let blind = false;

  function apply(device: string, event: PresenceEvent): void {
    const was = states.get(device) ?? awaiting;
    const tryingUntil = needs.tryingUntil?.(device) ?? null;
    const patienceMs = needs.patienceMs?.(device) ?? 0;
    const circumstances = { open: needs.open?.(device) ?? true, blind, tryingUntil, patienceMs };
    const is = decide(was, event, needs.clock.now(), limits, circumstances);
    if (is === was) return;
    states.set(device, is);
    unsaved.add(device);
    if (is.lastSeenAt !== was.lastSeenAt) recent.add(device);
    if (is.state !== was.state) needs.changed(device, view(is), view(was));
  }

  function tick(): void {
    for (const [device, { state, why, deadline }] of states)
      if (deadline !== null || state === "offline" || why === "hours") apply(device, { kind: "tick" });
  }

  function tellHeard(): void {
    const all = [...recent];
    recent.clear();
    for (let i = 0; i < all.length; i += heardDevices) {
      const some = all.slice(i, i + heardDevices);
      needs.heard(Object.fromEntries(some.map((device) => [device, states.get(device)?.lastSeenAt ?? 0])));
    }
  }

  function save(): Promise<void> {
    saving = saving.then(async () => {
      if (unsaved.size === 0) return;
      const batch = new Map([...unsaved].map((device) => [device, states.get(device) ?? awaiting]));
      unsaved.clear();
      try {
        await needs.records.save(batch);
      } catch (error) {
        for (const device of batch.keys()) if (states.has(device)) unsaved.add(device);
        needs.failed(error);
      }
    });
    return saving;
  }

  return {
    async start(): Promise<void> {
      for (const [device, state] of await needs.records.load()) {
        states.set(device, decide(state, { kind: "restarted" }, needs.clock.now(), limits));
      }
      cancels = [
        needs.clock.every(tickMs, tick),
        needs.clock.every(heardMs, tellHeard),
        needs.clock.every(saveMs, () => void save()),
      ];
    },
    async stop(): Promise<void> {
      for (const cancel of cancels) cancel();
      await save();
    },

    /** A message on the presence topic, from the device itself or its will. */
    presence(device: string, message: PresenceMessage): void {
      if (message.online) {
        apply(device, { kind: "birth", birth: message });
        needs.stated(device, message);
        needs.born(device, message);
      } else if ("reason" in message) {
        const { boot, session, reason, wakeInMs } = message;
        apply(device, { kind: "stopped", boot, session, reason, wakeInMs });
      } else apply(device, { kind: "will", boot: message.boot, session: message.session });
    },
    heartbeat(device: string, message: Heartbeat): void {
      apply(device, { kind: "heartbeat", heartbeat: message });
      needs.stated(device, message);
    },
    /** The controller itself cannot see its devices since then, or (null) sees again: verdicts wait meanwhile, and
     *  afterwards the devices have the time that they have after a restart. */
    blind(since: number | null): void {
      if ((since !== null) === blind) return;
      blind = since !== null;
      const event = since === null ? ({ kind: "seeing" } as const) : ({ kind: "blinded", since } as const);
      for (const device of states.keys()) apply(device, event);
    },
    contact: (device: string): void => apply(device, { kind: "contact" }),
    disconnected: (device: string): void => apply(device, { kind: "disconnected" }),
    forget(device: string): void {
      states.delete(device);
      unsaved.delete(device);
      recent.delete(device);
      // After whatever is being saved, which may have it still.
      saving = saving.then(() => needs.records.forget(device)).catch(needs.failed);
    },
    /** How many of these devices are in each state.
     *  @param shown as what people see it */
    tally(
      devices: Iterable<string>,
      shown: (device: string, state: DeviceState) => DeviceState = (_, state) => state,
    ): Record<DeviceState, number> {
      const tally = { awaiting: 0, online: 0, suspect: 0, offline: 0, sleeping: 0, maintenance: 0, unknown: 0 };
      for (const device of devices) tally[shown(device, (states.get(device) ?? awaiting).state)]++;
      return tally;
    },
    /** When its silence moves the state on; null: nobody waits for it. */
    deadlineOf: (device: string): number | null => states.get(device)?.deadline ?? null,
    of: (device: string): PresenceView => view(states.get(device) ?? awaiting),
  };
}

function view(of: PresenceState): PresenceView {
  const { state, why, since, lastSeenAt, boot, bootAt = null, birth, spool } = of;
  const known = { since, lastSeenAt, boot, bootAt, birth, clock: birth?.clock ?? null, spool };
  return { state, ...(why ? { why } : {}), ...known };
}

export type Presence = ReturnType<typeof createPresence>;
