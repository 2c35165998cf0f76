import type { DeviceKind } from "#wire";
import {
  type Collector,
  createInterfaceCollector,
  createProbeCollector,
  createRounds,
  createSystemCollector,
  defaultProbes,
} from "./collectors/index.ts";
import { readAbout } from "./hardware.ts";
import type { Cancel, Host } from "./host/index.ts";
import { createLink, type Link } from "./link/index.ts";
import { holdFolder } from "./lock.ts";
import { type Log, reason } from "./log.ts";
import type { Settings } from "./settings.ts";
import { openIdentity, request, tokenPins } from "./trust/index.ts";

export interface AgentNeeds {
  host: Host;
  /** Identity and spool; made if it is missing. One agent each. */
  dataDir: string;
  controllerUrl: string;
  /** Absent: the one that was used before. */
  token?: string | undefined;
  kind: DeviceKind;
  log: Log;
  version: string;
  settings: Settings;
  /** What the agent costs; absent: what this process does. */
  footprint?: () => { residentBytes: number; cpuMs: number };
}

/** A setting that only a person can mend. */
export class BadSettings extends Error {
  override name = "BadSettings";
}

export type Agent = ReturnType<typeof createAgent>;

/** One device: measures, keeps, sends. */
export function createAgent(needs: AgentNeeds) {
  let link: Link | undefined;
  let timer: Cancel | undefined;
  let stopped = false;
  let release: () => Promise<void> = async () => {};
  let round: Promise<void> = Promise.resolve();
  const stopping = new AbortController();

  return {
    /** Resolves when it measures; it connects by itself, whenever that becomes possible. Rejects with BadSettings,
     *  BrokenIdentity or FolderInUse. */
    async start(): Promise<void> {
      release = await holdFolder(needs.dataDir);
      const opened = await open(needs, stopping.signal).catch(async (error) => {
        await release();
        throw error;
      });
      link = opened.link;
      const rounds = createRounds({
        collectors: opened.collectors,
        time: needs.host.time,
        log: needs.log,
        timeoutMs: needs.settings.intervalMs,
      });
      const { time } = needs.host;
      const started = time.monotonic();
      let next = 0;
      const tick = async (): Promise<void> => {
        try {
          opened.link.offer(await rounds.collect());
        } catch (error) {
          needs.log.error(`a round failed: ${reason(error)}`);
        }
        if (stopped) return;
        // By the grid, not by the last round's end; rounds that would lie in the past are left out.
        next = Math.max(next + 1, Math.ceil((time.monotonic() - started) / needs.settings.intervalMs));
        timer = time.after(started + next * needs.settings.intervalMs - time.monotonic(), () => {
          round = tick();
        });
      };
      opened.link.start();
      round = tick();
    },
    /** Flushes, says goodbye, closes. */
    async stop(): Promise<void> {
      stopped = true;
      timer?.();
      await round;
      await link?.stop(stopping);
      await release();
    },
    /** As a power cut: nothing is flushed or said. */
    async halt(): Promise<void> {
      stopped = true;
      timer?.();
      stopping.abort();
      await link?.halt();
      await release();
    },
    /** Of this run. */
    boot: () => link?.boot,
  };
}

async function open(needs: AgentNeeds, signal: AbortSignal): Promise<{ link: Link; collectors: Collector[] }> {
  const { dataDir, settings, log, version } = needs;
  const identity = await openIdentity(dataDir);
  const remembered = identity.get().token;
  const token = needs.token ?? remembered;
  if (token === undefined) throw new BadSettings("a token is missing: this device has not been enrolled yet");
  if (token !== remembered) {
    if (remembered !== undefined) log.info("another token than before: the device enrols anew with the same keys");
    const { enrolled: _, ...rest } = identity.get();
    await identity.replace({ ...rest, token });
  }
  const dial = { time: needs.host.time, pin: tokenPins(token).certificate, signal };
  const host = withPinnedController(needs.host, needs.controllerUrl, dial);
  const { hardware, firmware } = await readAbout(host.files, settings.hardware, identity.get().madeUpSerial);
  const { controllerUrl, kind } = needs;
  const { intervalMs, flushMs, spool } = settings;
  const link = await createLink({
    host,
    log,
    identity,
    application: { controllerUrl, token, kind, hardware },
    dial,
    dataDir,
    version,
    firmware,
    intervalMs,
    spool: { ...spool, flushMs },
  });
  return { link, collectors: collectorsOf(needs, host, link) };
}

function ofThisProcess(): { residentBytes: number; cpuMs: number } {
  const { user, system } = process.cpuUsage();
  return { residentBytes: process.memoryUsage.rss(), cpuMs: (user + system) / 1000 };
}

function collectorsOf(
  { settings, dataDir, footprint = ofThisProcess, controllerUrl, log }: AgentNeeds,
  host: Host,
  link: Link,
): Collector[] {
  const { system, interface: interfaces, probe } = settings.collectors;
  const probes = probe.probes ?? defaultProbes(controllerUrl);
  return [
    ...(system.enabled ? [createSystemCollector({ host, dataDir, footprint, spool: link.spool })] : []),
    ...(interfaces.enabled ? [createInterfaceCollector({ host, settings: interfaces })] : []),
    ...(probe.enabled ? [createProbeCollector({ host, log, settings: { ...probe, probes } })] : []),
  ];
}

/** The controller's own certificate is vouched for by the token, not by an authority: its probe must know that. */
function withPinnedController(host: Host, controllerUrl: string, dial: Parameters<typeof request>[3]): Host {
  const { origin } = new URL(controllerUrl);
  if (dial.pin === "") return host;
  const { sockets } = host;
  return {
    ...host,
    sockets: {
      ...sockets,
      async get(url, timeoutMs) {
        if (new URL(url).origin !== origin) return sockets.get(url, timeoutMs);
        const late = new AbortController();
        const cancel = host.time.after(timeoutMs, () => late.abort());
        const how = { ...dial, signal: AbortSignal.any([dial.signal, late.signal]) };
        return request("GET", new URL(url), undefined, how).finally(cancel);
      },
    },
  };
}
