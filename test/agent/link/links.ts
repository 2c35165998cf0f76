import type { Sample } from "../../../edge-agent/collectors/index.ts";
import { createLinuxHost, type Host } from "../../../edge-agent/index.ts";
import { type Configuration, createLink } from "../../../edge-agent/link/index.ts";
import { openIdentity, tokenPins } from "../../../edge-agent/trust/index.ts";
import { type KeptLog, later, newFolder, newLog, newStandin } from "../setup.ts";
import type { Standin, StandinOptions } from "../standin.ts";

/** Nothing was ever pushed, and nothing is taken. */
const noConfiguration: Configuration = {
  summary: () => ({ revision: 0, hash: "", state: "applied" }),
  isTrying: () => false,
  opened() {},
  failed() {},
  desired() {},
  confirm() {},
  refused() {},
};

interface Options {
  dataDir?: string;
  now?: () => number;
  intervalMs?: number;
  backlogBytesPerSecond?: number;
}

const linux = createLinuxHost();
export const load = (load1: number): Sample => ({ m: "system", f: { load1 } });
/** One batch of about 10 KiB. */
export const large = Array.from({ length: 11 }, (_, i) => ({
  m: "temperature",
  t: { sensor: `${i}`.padEnd(880, "x") },
  f: { temperature_celsius: i },
}));

export async function newLink(standin: Standin, options: Options = {}) {
  const { dataDir, now = linux.time.now, intervalMs = 60_000, backlogBytesPerSecond = 1024 * 1024 } = options;
  const folder = dataDir ?? (await newFolder());
  const identity = await openIdentity(folder);
  const log = newLog();
  const stopping = new AbortController();
  // Back-off without chance: always the shortest pause.
  const host: Pick<Host, "time" | "random"> = { time: { ...linux.time, now }, random: () => 0 };
  const { url: controllerUrl, token } = standin;
  const link = await createLink({
    host,
    log,
    identity,
    application: { controllerUrl, token, kind: "access-point", hardware: { model: "demo", serial: "demo-1" } },
    dial: { time: host.time, open: linux.sockets.open, pin: tokenPins(token).certificate, signal: stopping.signal },
    dataDir: folder,
    version: "0.0.0-test",
    firmware: "demo",
    intervalMs,
    controller: undefined,
    link: { backlogBytesPerSecond },
    anotherDevice: () => {},
    configuration: noConfiguration,
    spool: { maxBytes: 1024 * 1024, maxAgeMs: 10 * 24 * 3600 * 1000, flushMs: 50 },
  });
  later(async () => {
    stopping.abort();
    await link.halt().catch(() => {});
  });
  return { ...link, identity, log, folder, stop: () => link.stop(stopping) };
}

let barriers = 0;
/** Everything that the stand-in sent until now has been acted on. */
export async function settled(standin: Standin, link: { log: KeptLog }): Promise<void> {
  const name = `barrier-${++barriers}`;
  standin.send("config/desired", JSON.stringify({ v: 1, body: "", key: name, sig: "A".repeat(86) }));
  await link.log.until(name);
}

export async function connected(options?: StandinOptions, more?: Options) {
  const standin = await newStandin(options);
  const link = await newLink(standin, more);
  link.start();
  await standin.until("a birth", () => standin.births().length === 1);
  return { standin, link };
}
