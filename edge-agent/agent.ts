import type { DeviceKind } from "#wire";
import { type Apply, createFileDriver, openApply } from "./apply/index.ts";
import { readAbout } from "./hardware.ts";
import type { Cancel, Host } from "./host/index.ts";
import { createLink, type Link, webOf } from "./link/index.ts";
import { holdFolder } from "./lock.ts";
import { type Log, reason } from "./log.ts";
import { createMeasuring, type Measuring } from "./measure.ts";
import type { Settings } from "./settings.ts";
import { ownSpool } from "./spool-owner.ts";
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

const tryAgainMs = 60_000;

/** One device: measures, keeps, sends, and takes configuration. */
export function createAgent(needs: AgentNeeds) {
  const { log } = needs;
  let parts: Parts | undefined;
  let release: () => Promise<void> = async () => {};
  let starting: Promise<void> = Promise.resolve();
  let changing: Promise<void> = Promise.resolve();
  let again: Cancel | undefined;
  let ending = false;
  const stopping = new AbortController();

  async function begin(): Promise<void> {
    parts = await open(needs, stopping.signal, () => {
      changing = endSpool().then(beginAnew);
    });
    parts.link.start();
  }

  async function holdAndBegin(): Promise<void> {
    release = await holdFolder(needs.dataDir);
    await begin().catch(async (error) => {
      await release();
      throw error;
    });
  }

  /** Nothing more is kept or said under the name that the device had. */
  async function endSpool(): Promise<{ batches: number; points: number }> {
    const { measuring, apply, link } = parts as Parts;
    const dropped = { batches: link.spool.batches(), points: link.spool.points() };
    measuring.halt();
    await apply.halt();
    await link.halt();
    parts = undefined;
    return dropped;
  }

  async function beginAnew(dropped: { batches: number; points: number }): Promise<void> {
    if (ending) return;
    try {
      await begin();
      parts?.link.event("spool-emptied", "warning", { ...dropped, why: "enrolled as another device" });
    } catch (error) {
      log.error(`agent: can't begin as another device: ${reason(error)}`);
      again = needs.host.time.after(tryAgainMs, () => {
        changing = beginAnew(dropped);
      });
    }
  }

  return {
    /** Resolves when it measures; it connects by itself, whenever that becomes possible. Rejects with BadSettings,
     *  BrokenIdentity or FolderInUse. */
    async start(): Promise<void> {
      starting = holdAndBegin();
      await starting;
    },
    /** Flushes, says goodbye, closes. */
    async stop(): Promise<void> {
      ending = true;
      await starting.catch(() => undefined);
      await changing;
      again?.();
      await parts?.apply.stop();
      await parts?.measuring.stop();
      await parts?.link.stop(stopping);
      await release();
    },
    /** As a power cut: nothing is flushed or said. */
    async halt(): Promise<void> {
      ending = true;
      parts?.measuring.halt();
      stopping.abort();
      await starting.catch(() => undefined);
      await changing;
      again?.();
      parts?.measuring.halt();
      await parts?.apply.halt();
      await parts?.link.halt();
      await release();
    },
    /** Of this run. */
    boot: () => parts?.link.boot,
    status: () => parts?.link.status(),
  };
}

interface Parts {
  link: Link;
  apply: Apply;
  measuring: Measuring;
}

async function open(needs: AgentNeeds, signal: AbortSignal, anotherDevice: () => void): Promise<Parts> {
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
  await ownSpool(identity, dataDir, log);
  const { flushMs, spool, hardware: named, files, ...own } = settings;
  const { disk, programs } = needs.host;
  const driver = createFileDriver({ disk, programs, settings: files, dataDir, log });
  const apply = await openApply({ time, log, disk, driver, dataDir, own });
  /** Where the controller's web address is now. */
  const web = (): string => webOf(apply.settings().controller) ?? controllerUrl;
  const dial = { time, open: needs.host.sockets.open, pin: tokenPins(token).certificate, signal };
  const host = withPinnedController(needs.host, web, dial);
  const { hardware, firmware } = await readAbout(host.files, named, identity.get().madeUpSerial);
  const application = { controllerUrl, token, kind, hardware };
  const settled = { ...apply.settings(), configuration: apply, spool: { ...spool, flushMs } };
  const about = { version, firmware, application };
  const link = await createLink({ host, log, identity, dial, dataDir, anotherDevice, ...about, ...settled });
  const footprint = needs.footprint ?? ofThisProcess;
  const writtenBytes = (): number => link.spool.writtenBytes() + identity.writtenBytes() + apply.writtenBytes();
  const kept = { ...link.spool, writtenBytes };
  const measuring = createMeasuring({ host, log, dataDir, footprint, spool: kept, offer: link.offer });
  const use = (wanted: ReturnType<Apply["settings"]>): void => {
    link.use(wanted);
    measuring.use({ ...wanted, controllerUrl: webOf(wanted.controller) ?? controllerUrl });
  };
  use(apply.settings());
  const drifted = (files: readonly { path: string }[]): void => {
    const paths = files.map(({ path }) => path);
    link.event("config-drift", paths.length > 0 ? "warning" : "info", { files: paths });
  };
  apply.join({ use, redial: link.redial, report: link.report, drifted });
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
