import type { Kysely } from "kysely";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Serial } from "../base/serial.ts";
import type { Database } from "../store/records/index.ts";
import { type ConfigState, isToRepair } from "./decide.ts";
import { configLimits } from "./limits.ts";
import type { Shelf } from "./shelf.ts";
import type { ConfigChange, Sources } from "./sources.ts";
import type { Planned, Survey } from "./survey.ts";
import type { By, createWrite } from "./write.ts";

export interface ConvergeNeeds {
  clock: Clock;
  log: Log;
  serial: Serial;
  sources: Sources;
  survey: Survey;
  write: ReturnType<typeof createWrite>;
  shelf(): Shelf;
  stateOf(device: string): ConfigState;
}

/** Nobody in particular: a device was moved or named anew, and its document follows. */
const registry: By = { kind: "system", id: "registry", name: "the list of devices" };

const repair: By = { kind: "system", id: "drift", name: "repair of files" };

/** Brings devices to what their layers make, a few at a time: those of a change of many, which are remembered on disk,
 *  those whose place in the registry has changed, and those whose files are to be as they were told. */
export function createConverge(needs: ConvergeNeeds) {
  const { log, sources, survey, serial } = needs;
  const moved = new Set<string>();
  const drifted = new Set<string>();
  let running: Promise<void> | null = null;
  let stopped = false;

  async function planOf(devices: readonly string[], again = false): Promise<Planned[]> {
    const planned: Planned[] = [];
    const shelf = needs.shelf();
    const question = { before: shelf, after: shelf, own: new Map(), also: new Set(devices) };
    await survey({ ...question, again: () => again, planned: (one) => planned.push(one) });
    return planned;
  }

  /** @returns whether there was anything */
  async function someDue(): Promise<boolean> {
    const rows = await sources.dueNow(configLimits.dueAtOnce);
    const [oldest] = rows;
    if (!oldest) return false;
    const { revision, trial_ms: trialMs } = oldest;
    const devices = rows.filter((row) => row.revision === revision).map((row) => row.device);
    const change: Pick<ConfigChange, "by" | "message"> | null = await sources.changeHead(revision);
    const { by, message } = change ?? { by: registry, message: "" };
    const done = (t: Kysely<Database>): Promise<void> => sources.done(t, devices);
    await needs.write(by, await planOf(devices), { message, trialMs }, done);
    return true;
  }

  async function someMoved(): Promise<boolean> {
    const devices = [...moved].slice(0, configLimits.dueAtOnce);
    if (devices.length === 0) return false;
    for (const device of devices) moved.delete(device);
    // What is not from here is replaced by a person only.
    const ours = (await planOf(devices)).filter(({ device }) => needs.stateOf(device.id).foreign === null);
    if (ours.length > 0) await needs.write(registry, ours, { message: "it was moved, named or tagged anew" });
    return true;
  }

  async function someDrifted(): Promise<boolean> {
    const devices = [...drifted].slice(0, configLimits.dueAtOnce);
    if (devices.length === 0) return false;
    for (const device of devices) drifted.delete(device);
    // Meanwhile something else may have been wanted of them.
    const still = devices.filter((device) => isToRepair(needs.stateOf(device), needs.clock.now()));
    const planned = await planOf(still, true);
    const message = "files were changed on the device: they are to be as they were told";
    if (planned.length > 0) await needs.write(repair, planned, { message });
    return true;
  }

  async function run(): Promise<void> {
    for (const some of [someMoved, someDrifted, someDue]) {
      let more = true;
      while (more && !stopped) more = await serial(some);
    }
  }

  const converge = {
    /** Goes to work, if it does not already. */
    kick(): void {
      if (stopped || running !== null) return;
      running = run()
        .catch((error) => log.error("devices could not be given what their templates say", { error }))
        .finally(() => {
          running = null;
        });
    },
    moved(device: string): void {
      moved.add(device);
      converge.kick();
    },
    /** Its files are other than it was told. */
    repair(device: string): void {
      drifted.add(device);
      converge.kick();
    },
    forget(device: string): void {
      moved.delete(device);
      drifted.delete(device);
    },
    /** Until nothing is under way. */
    async idle(): Promise<void> {
      while (running !== null) await running;
    },
    async stop(): Promise<void> {
      stopped = true;
      await running;
    },
  };
  return converge;
}
export type Converge = ReturnType<typeof createConverge>;
