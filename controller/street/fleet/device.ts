import { type Agent, createAgent, type Host, type Log, readSettings } from "../../../edge-agent/index.ts";
import { createStreetHost } from "../host/index.ts";
import { isLineUp, isPowered, isRestarting } from "../rhythm/power.ts";
import type { DeviceOrder, DeviceStatus, Faults, FleetStart, Phase } from "./calls.ts";
import { writePast } from "./past.ts";

export interface DeviceNeeds {
  order: DeviceOrder;
  fleet: Pick<FleetStart, "controllerUrl" | "version" | "intervalMs">;
  /** The machine that all this runs on. */
  machine: Pick<Host, "time" | "sockets">;
  faults: () => Faults;
  footprint: () => { residentBytes: number; cpuMs: number };
  log: Log;
}

/** One device: the real agent on a simulated host, switched on and off by the rhythm of its street and by faults. */
export function createStreetDevice(needs: DeviceNeeds) {
  const { order, fleet, machine, faults, log } = needs;
  const { device } = order;
  const { time } = machine;
  const controller = new URL(fleet.controllerUrl);
  /** Somebody cut it off: nothing comes through it to what hangs on it either. */
  const isOut = (key: string): boolean => faults().cutDevices.includes(key) || faults().unpowered.includes(key);
  const around = {
    lineUp: (): boolean =>
      !faults().cutSites.includes(device.site.key) &&
      !faults().cutDevices.includes(device.key) &&
      !(device.behind !== null && isOut(device.behind)) &&
      isLineUp(device.seed, device.site, time.now()),
    jammed: (): boolean => faults().jammed.includes(device.key),
  };
  const beyond = {
    host: controller.hostname,
    port: Number(controller.port) || (controller.protocol === "https:" ? 443 : 80),
    sockets: machine.sockets,
  };
  const host = createStreetHost({ device, around, time, beyond });
  const common = {
    dataDir: order.dataDir,
    controllerUrl: fleet.controllerUrl,
    kind: device.kind,
    version: fleet.version,
    footprint: needs.footprint,
    log,
  };
  let phase: Phase = "waiting";
  let agent: Agent | undefined;
  /** A failed start: it is tried again, not at every tick. */
  let retryAt = 0;

  const hasPower = (now: number): boolean =>
    !faults().unpowered.includes(device.key) &&
    (isPowered(device.site, now) || now < order.testedUntil) &&
    !isRestarting(device, now);

  async function switchOn(): Promise<void> {
    const settings = readSettings({ intervalMs: fleet.intervalMs });
    const { token } = order;
    const next = createAgent({ ...common, host, settings, ...(token === undefined ? {} : { token }) });
    try {
      await next.start();
      agent = next;
      phase = "on";
    } catch (error) {
      retryAt = time.now() + 10_000;
      log.error(`${device.key} does not start: ${String(error)}`);
    }
  }

  return {
    key: device.key,
    /** Writes its past, where one was ordered. A past that fails costs the past, not the device. */
    async prepare(): Promise<void> {
      if (order.pastMs === 0) return;
      phase = "past";
      const { token } = order;
      const from = time.now() - order.pastMs;
      // Millions of lines about a line that leads nowhere, on purpose.
      const quiet = { ...log, info: () => {}, warn: () => {} };
      try {
        await writePast({
          ...common,
          log: quiet,
          device,
          now: time.now,
          from,
          ...(token === undefined ? {} : { token }),
        });
      } catch (error) {
        log.error(`${device.key} has no past: ${String(error)}`);
      }
      phase = "off";
    },
    /** Does what is due now. Resolves when it is done; never called twice at a time. */
    async tick(): Promise<void> {
      const now = time.now();
      if (agent && !hasPower(now)) {
        const off = agent;
        agent = undefined;
        phase = "off";
        await off.halt();
      } else if (!agent && hasPower(now) && now >= retryAt) await switchOn();
      if (agent && !around.lineUp()) host.cut();
    },
    async stop(): Promise<void> {
      await agent?.stop();
      agent = undefined;
      phase = "off";
    },
    status(): DeviceStatus {
      const { connected = false, batches = 0, kept = 0 } = agent?.status() ?? {};
      return { key: device.key, phase, connected, batches, kept };
    },
  };
}
export type StreetDeviceRun = ReturnType<typeof createStreetDevice>;
