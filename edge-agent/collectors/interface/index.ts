import type { Files, Host } from "../../host/index.ts";
import type { Collector, Sample } from "../collector.ts";
import { type Counter, counted, nextCounter } from "./counters.ts";
import { type Counters, isIgnored, parseNetDev, parseOperstate, parseSpeed } from "./parse.ts";

export interface InterfaceNeeds {
  host: Pick<Host, "files" | "time">;
  settings: { ignore: readonly string[] };
}

/** No radio or cable of a street device is faster: bounds what a 32-bit counter can have missed. */
const fastestBytesPerMs = 10_000_000_000 / 8 / 1000;

/** Network interfaces except the loopback, from /proc/net/dev and /sys/class/net. */
export function createInterfaceCollector({ host, settings }: InterfaceNeeds): Collector {
  const { files, time } = host;
  let before = new Map<string, Map<string, Counter>>();
  let readAt = time.monotonic();

  return {
    name: "interface",
    async collect() {
      const text = await files.read("/proc/net/dev");
      const now = time.monotonic();
      const mostSince = fastestBytesPerMs * (now - readAt);
      readAt = now;
      const after = new Map<string, Map<string, Counter>>();
      const samples: Sample[] = [];
      for (const [name, counters] of parseNetDev(text)) {
        if (name === "lo" || isIgnored(name, settings.ignore)) continue;
        const kept = count(before.get(name), counters, mostSince);
        after.set(name, kept);
        const f = Object.fromEntries([...kept].map(([field, counter]) => [field, counted(counter)]));
        samples.push({ m: "interface", t: { interface: name }, f: { ...f, ...(await link(files, name)) } });
      }
      before = after;
      return samples;
    },
  };
}

function count(before: Map<string, Counter> | undefined, now: Counters, mostSince: number): Map<string, Counter> {
  return new Map(Object.entries(now).map(([field, raw]) => [field, nextCounter(before?.get(field), raw, mostSince)]));
}

async function link(files: Files, name: string): Promise<Record<string, number>> {
  const read = (file: string): Promise<string> => files.read(`/sys/class/net/${name}/${file}`).catch(() => "");
  const up = parseOperstate(await read("operstate"));
  // Many drivers refuse the question while the link is down.
  const speed = up === 0 ? undefined : parseSpeed(await read("speed"));
  return { ...(up === undefined ? {} : { up }), ...(speed === undefined ? {} : { speed_mbps: speed }) };
}
