import { existsSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { Paths } from "../app.ts";
import { sleep, systemClock } from "../base/clock.ts";
import { SettingsError } from "../base/errors.ts";
import { readableId } from "../base/ids.ts";
import { createLog } from "../base/log.ts";
import { exitCodes } from "../main.ts";
import { createFleet, crowd, type DeviceStatus, fleetLimits, noFaults } from "../street/index.ts";

declare const LAMPLIGHTER_VERSION: string;
const say = (line: string) => process.stdout.write(`${line}\n`);
const progressMs = 5_000;
const longestS = 7 * 86_400;

export interface SimulateOptions {
  devices: string;
  controller: string;
  token: string;
  kind: string;
  interval: string;
  seed: string;
  threads?: string;
  duration?: string;
  dataDir?: string;
}

/** `lamplighter simulate`: the demo's hosts under the real agent, as many as asked, against any controller.
 *  @returns the exit code: 0 at the end, 78 for a wrong option, 1 when no device ever connected */
export async function simulate(needs: {
  paths: Pick<Paths, "streetWorker">;
  options: SimulateOptions;
}): Promise<number> {
  let asked: Asked;
  try {
    asked = read(needs.options);
  } catch (error) {
    process.stderr.write(`lamplighter: ${error instanceof Error ? error.message : String(error)}\n`);
    return exitCodes.wrongSettings;
  }
  const { options } = needs;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "lamplighter-simulate-"));
  const enrolled = (key: string): boolean => existsSync(join(dataDir, key, "identity.json"));
  // Without a folder to come back to they are others each time: a serial number that is known with other keys has to wait.
  const prefix = options.dataDir === undefined ? readableId("sim") : `sim-${asked.seed}`;
  const devices = crowd(asked.kind, asked.devices, prefix).map((device) => ({
    device: { ...device, seed: asked.seed },
    dataDir: join(dataDir, device.key),
    ...(enrolled(device.key) ? {} : { token: options.token }),
    pastMs: 0,
    testedUntil: 0,
  }));
  const fleet = createFleet({
    workerUrl: needs.paths.streetWorker,
    threads: asked.threads,
    clock: systemClock,
    log: createLog({ level: "error" }),
    start: {
      controllerUrl: options.controller,
      version: LAMPLIGHTER_VERSION,
      intervalMs: asked.intervalS * 1000,
      faults: noFaults,
    },
    devices,
  });
  say(`${asked.devices} simulated devices, real agent code, every ${asked.intervalS} s, to ${options.controller}`);
  const quiet = systemClock.every(progressMs, () => say(`  ${sentence(fleet.statuses())}`));
  await Promise.race([
    firstSignal(),
    ...(asked.durationS === null ? [] : [sleep(systemClock, asked.durationS * 1000)]),
  ]);
  quiet();
  await fleet.stop();
  const last = fleet.statuses();
  say(sentence(last));
  if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  const connected = [...last.values()].some((status) => status.connected);
  return connected ? exitCodes.stopped : exitCodes.failed;
}

function sentence(statuses: ReadonlyMap<string, DeviceStatus>): string {
  const all = [...statuses.values()];
  const sum = (of: (status: DeviceStatus) => number): number => all.reduce((n, status) => n + of(status), 0);
  const online = all.filter(({ connected }) => connected).length;
  const made = sum(({ batches }) => batches);
  const kept = sum((status) => status.kept);
  return `${online} of ${all.length} devices connected, ${made} batches made, ${made - kept} delivered`;
}

interface Asked {
  devices: number;
  kind: "access-point" | "sensor";
  intervalS: number;
  seed: number;
  threads: number;
  durationS: number | null;
}

function read(options: SimulateOptions): Asked {
  const { kind, controller } = options;
  if (kind !== "access-point" && kind !== "sensor")
    throw new SettingsError("--kind", `"${kind}"`, "access-point or sensor");
  if (!URL.canParse(controller) || !/^https?:$/.test(new URL(controller).protocol))
    throw new SettingsError("--controller", `"${controller.slice(0, 100)}"`, "an http:// or https:// address");
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(options.token))
    throw new SettingsError(
      "--token",
      "(a secret, not shown)",
      "an enrolment token, as the page Add a device makes one",
    );
  return {
    kind,
    devices: whole("--devices", options.devices, 1, fleetLimits.devices),
    intervalS: whole("--interval", options.interval, 1, 3_600),
    seed: whole("--seed", options.seed, 0, 2 ** 31),
    threads: whole("--threads", options.threads ?? String(Math.min(availableParallelism(), 4)), 1, fleetLimits.threads),
    durationS: options.duration === undefined ? null : whole("--duration", options.duration, 1, longestS),
  };
}

function whole(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text !== "" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new SettingsError(option, `"${text.slice(0, 40)}"`, `a whole number from ${least} to ${most}`);
}

const firstSignal = (): Promise<void> =>
  new Promise((done) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => done());
  });
