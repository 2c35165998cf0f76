export interface PingOutcome {
  sent: number;
  received: number;
  /** Mean round trip; absent without an answer. */
  latencyMs?: number;
}

/** What iputils or busybox ping printed, or undefined where it is neither. */
export function parsePing(output: string): PingOutcome | undefined {
  const counts = /(\d+) packets transmitted, (\d+) (?:packets )?received/.exec(output);
  if (!counts) return undefined;
  const [sent, received] = [Number(counts[1]), Number(counts[2])];
  if (sent < 1 || received > sent) return undefined;
  // iputils: "rtt min/avg/max/mdev = 1/2/3/4 ms"; busybox: "round-trip min/avg/max = 1/2/3 ms".
  const times = /min\/avg\/max(?:\/\w+)? = [\d.]+\/([\d.]+)\/[\d.]+/.exec(output);
  const latencyMs = Number(times?.[1] ?? Number.NaN);
  return { sent, received, ...(Number.isFinite(latencyMs) && received > 0 ? { latencyMs } : {}) };
}
