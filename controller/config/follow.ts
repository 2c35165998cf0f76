import { type Birth, type ConfigReported, encode, type Heartbeat } from "#wire";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Signer } from "../base/signing.ts";
import { type ConfigEvent, type ConfigState, decide, untouched } from "./decide.ts";
import type { ConfigRecords } from "./records.ts";

export interface FollowNeeds {
  clock: Clock;
  log: Log;
  records: ConfigRecords;
  signer: Pick<Signer, "sign">;
  /** Straight to the device's connection; false when it can't be had now. */
  send(device: string, suffix: "config/confirm", payload: string): boolean;
  /** The wanted revision is to be sent. */
  wake(device: string): void;
  changed(device: string, state: ConfigState): void;
  /** What was being looked up when a device was removed must not bring its state back. */
  isDevice(device: string): boolean;
}

/** What every device says about its configuration, and what follows from it. States are in memory; records follow. */
export function createFollow(needs: FollowNeeds) {
  const { clock, log, records } = needs;
  const states = new Map<string, ConfigState>();
  /** Of the last birth: a trial is confirmed over the connection that proves it, and no other. */
  const sessions = new Map<string, number>();
  const unsaved = new Set<string>();
  let saving: Promise<void> = Promise.resolve();
  let saveWaits = false;
  /** One a device: what it says meanwhile it says again, and nobody can make us ask without end. */
  const lookups = new Map<string, Promise<void>>();

  const of = (device: string): ConfigState => states.get(device) ?? untouched;

  function put(device: string, event: ConfigEvent): void {
    if (!needs.isDevice(device)) return;
    const was = of(device);
    const { state, act } = decide(was, event, clock.now());
    // At once, over the connection that this came from.
    if (act !== null && act !== "send") {
      needs.send(device, "config/confirm", encode("config/confirm", needs.signer.sign("confirm", device, act.confirm)));
    }
    if (state !== was) keep(device, state);
    if (act === "send") needs.wake(device);
  }

  function keep(device: string, state: ConfigState): void {
    states.set(device, state);
    unsaved.add(device);
    needs.changed(device, state);
    save();
  }

  function save(): void {
    if (saveWaits) return;
    saveWaits = true;
    saving = saving.then(async () => {
      saveWaits = false;
      const some = new Map([...unsaved].map((device) => [device, of(device)]));
      unsaved.clear();
      try {
        await records.save(some);
      } catch (error) {
        for (const device of some.keys()) if (states.has(device)) unsaved.add(device);
        log.error("the state of configurations could not be saved", { error });
      }
    });
  }

  /** Whether a revision is ours. Most often that is clear at once; else records are asked, and `then` runs later. */
  function whetherKnown(device: string, one: { revision: number; hash: string }, then: (known: boolean) => void): void {
    const { wanted, applied, foreign } = of(device);
    const is = (other: { revision: number; hash: string } | null) =>
      other?.revision === one.revision && other.hash === one.hash;
    const sure = one.revision === 0 || is(wanted) || is(applied);
    if (sure || is(foreign)) {
      then(sure);
      return;
    }
    if (lookups.has(device)) return;
    const lookup = records.isKnown(device, one.revision, one.hash).then(then, (error) => {
      log.error("a configuration could not be looked up", { device, error });
    });
    lookups.set(
      device,
      lookup.finally(() => lookups.delete(device)),
    );
  }

  return {
    of,
    states: (): ReadonlyMap<string, ConfigState> => states,
    put,
    async load(): Promise<void> {
      for (const [device, state] of await records.load()) states.set(device, state);
    },
    /** A birth or a heartbeat. */
    stated(device: string, said: Birth | Heartbeat): void {
      const birth = "online" in said;
      if (birth) sessions.set(device, said.session);
      const { config: summary } = said;
      whetherKnown(device, summary, (known) => put(device, { kind: "stated", summary, birth, known }));
    },
    reported(device: string, report: ConfigReported): void {
      whetherKnown(device, report, (known) => {
        const current = sessions.get(device) === report.session;
        put(device, { kind: "reported", report, known, current });
      });
    },
    forget(device: string): void {
      states.delete(device);
      sessions.delete(device);
      unsaved.delete(device);
      saving = saving
        .then(() => records.forget(device))
        .catch((error) => log.error("configurations of a removed device could not be deleted", { device, error }));
    },
    /** Everything is on disk. */
    async settled(): Promise<void> {
      await Promise.all(lookups.values());
      if (unsaved.size > 0) save();
      await saving;
    },
  };
}
export type Follow = ReturnType<typeof createFollow>;
