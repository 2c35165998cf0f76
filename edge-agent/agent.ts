import type { DeviceKind } from "#wire";
import { type Apply, openApply } from "./apply/index.ts";
import { readAbout } from "./hardware.ts";
import type { Host } from "./host/index.ts";
import { createLink, type Link, webOf } from "./link/index.ts";
import { holdFolder } from "./lock.ts";
import type { Log } from "./log.ts";
import { createMeasuring, type Measuring } from "./measure.ts";
import type { Settings } from "./settings.ts";
import { type Dial, openIdentity, request, tokenPins } from "./trust/index.ts";

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

/** One device: measures, keeps, sends, and takes configuration. */
export function createAgent(needs: AgentNeeds) {
  let parts: { link: Link; apply: Apply; measuring: Measuring } | undefined;
  let release: () => Promise<void> = async () => {};
  const stopping = new AbortController();

  return {
    /** Resolves when it measures; it connects by itself, whenever that becomes possible. Rejects with BadSettings,
     *  BrokenIdentity or FolderInUse. */
    async start(): Promise<void> {
      release = await holdFolder(needs.dataDir);
      parts = await open(needs, stopping.signal).catch(async (error) => {
        await release();
        throw error;
      });
      parts.link.start();
    },
    /** Flushes, says goodbye, closes. */
    async stop(): Promise<void> {
      await parts?.apply.stop();
      await parts?.measuring.stop();
      await parts?.link.stop(stopping);
      await release();
    },
    /** As a power cut: nothing is flushed or said. */
    async halt(): Promise<void> {
      parts?.measuring.halt();
      stopping.abort();
      await parts?.apply.halt();
      await parts?.link.halt();
      await release();
    },
    /** Of this run. */
    boot: () => parts?.link.boot,
    status: () => parts?.link.status(),
  };
}

async function open(needs: AgentNeeds, signal: AbortSignal) {
  const { dataDir, settings, log, version, controllerUrl, kind } = needs;
  const { time } = needs.host;
  const identity = await openIdentity(dataDir);
  const remembered = identity.get().token;
  const token = needs.token ?? remembered;
  if (token === undefined) throw new BadSettings("a token is missing: this device has not been enrolled yet");
  if (token !== remembered) {
    if (remembered !== undefined) log.info("another token than before: the device enrols anew with the same keys");
    const { enrolled: _, ...rest } = identity.get();
    await identity.replace({ ...rest, token });
  }
  const { intervalMs, controller, collectors, flushMs, spool } = settings;
  const apply = await openApply({ time, log, dataDir, own: { intervalMs, controller, collectors } });
  /** Where the controller's web address is now. */
  const web = (): string => webOf(apply.settings().controller) ?? controllerUrl;
  const dial = { time, open: needs.host.sockets.open, pin: tokenPins(token).certificate, signal };
  const host = withPinnedController(needs.host, web, dial);
  const { hardware, firmware } = await readAbout(host.files, settings.hardware, identity.get().madeUpSerial);
  const application = { controllerUrl, token, kind, hardware };
  const settled = { ...apply.settings(), configuration: apply, spool: { ...spool, flushMs } };
  const link = await createLink({ host, log, identity, application, dial, dataDir, version, firmware, ...settled });
  const footprint = needs.footprint ?? ofThisProcess;
  const measuring = createMeasuring({ host, log, dataDir, footprint, spool: link.spool, offer: link.offer });
  const use = (wanted: ReturnType<Apply["settings"]>): void => {
    link.use(wanted);
    measuring.use({ ...wanted, controllerUrl: webOf(wanted.controller) ?? controllerUrl });
  };
  use(apply.settings());
  apply.join({ use, redial: link.redial, report: link.report });
  return { link, apply, measuring };
}

function ofThisProcess(): { residentBytes: number; cpuMs: number } {
  const { user, system } = process.cpuUsage();
  return { residentBytes: process.memoryUsage.rss(), cpuMs: (user + system) / 1000 };
}

/** The controller's own certificate is vouched for by the token, not by an authority: its probe must know that. */
function withPinnedController(host: Host, web: () => string, dial: Dial): Host {
  if (dial.pin === "") return host;
  const { sockets } = host;
  return {
    ...host,
    sockets: {
      ...sockets,
      async get(url, timeoutMs) {
        if (new URL(url).origin !== new URL(web()).origin) return sockets.get(url, timeoutMs);
        const late = new AbortController();
        const cancel = host.time.after(timeoutMs, () => late.abort());
        const how = { ...dial, signal: AbortSignal.any([dial.signal, late.signal]) };
        return request("GET", new URL(url), undefined, how).finally(cancel);
      },
    },
  };
}
