import type { ProbeSettings } from "#wire";
import type { Host } from "../../host/index.ts";
import { rounded } from "../collector.ts";
import { parsePing } from "./ping.ts";

export const tryTimeoutMs = 5_000;
const pingSecondsEach = 2;

/** What one try gave. `why` is for the log. */
export interface Outcome {
  success: boolean;
  latencyMs?: number;
  lossPercent: number;
  why?: string;
}

/** Tries once, for real. Never rejects: no answer is an answer. undefined: it can't be tried on this device. */
export async function tryProbe(probe: ProbeSettings, host: Host): Promise<Outcome | undefined> {
  const { sockets, time } = host;
  switch (probe.kind) {
    case "dns":
      return timed(time.monotonic, async () => {
        const addresses = await sockets.resolve(probe.lookup, probe.resolver, tryTimeoutMs);
        if (addresses.length === 0) throw new Error("no address");
      });
    case "tcp":
      return timed(time.monotonic, () => sockets.connect(probe.host, probe.port, tryTimeoutMs));
    case "http":
      return timed(time.monotonic, async () => {
        const { status } = await sockets.get(probe.url, tryTimeoutMs);
        if (status !== probe.expectStatus) throw new Error(`HTTP ${status}, ${probe.expectStatus} expected`);
      });
    case "portal":
      return timed(time.monotonic, async () => {
        const { status, body } = await sockets.get(probe.url, tryTimeoutMs);
        if (status !== 200) throw new Error(`HTTP ${status}, the page of the portal expected`);
        if (!body.includes(probe.contains)) throw new Error("another page than the portal's");
      });
    case "icmp":
      return ping(probe.host, probe.count, host);
  }
}

async function timed(monotonic: () => number, run: () => Promise<void>): Promise<Outcome> {
  const started = monotonic();
  try {
    await run();
    return { success: true, latencyMs: rounded(monotonic() - started), lossPercent: 0 };
  } catch (error) {
    return { success: false, lossPercent: 100, why: String((error as Error).message) };
  }
}

/** Raw sockets need rights that the agent doesn't have; the host's own program has them. */
async function ping(target: string, count: number, { programs }: Host): Promise<Outcome | undefined> {
  const args = ["-n", "-q", "-c", String(count), "-W", String(pingSecondsEach), target];
  const timeoutMs = count * (1000 + pingSecondsEach * 1000) + 1000;
  const { output, missing } = await programs.run("ping", args, { timeoutMs }).then(
    ({ stdout }) => ({ output: stdout, missing: false }),
    (error: { code?: unknown; stdout?: string }) => ({
      output: error.stdout ?? "",
      missing: error.code === "ENOENT" || error.code === "EACCES",
    }),
  );
  const counted = parsePing(output);
  if (!counted) return missing ? undefined : { success: false, lossPercent: 100, why: "ping failed" };
  const lossPercent = rounded((100 * (counted.sent - counted.received)) / counted.sent);
  const { latencyMs } = counted;
  return { success: counted.received > 0, lossPercent, ...(latencyMs === undefined ? {} : { latencyMs }) };
}
