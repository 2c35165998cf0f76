import type { Duplex } from "node:stream";
import type { Clock } from "../base/clock.ts";
import { type Breach, createWalk, type WalkLimits } from "./walk.ts";

export interface GuardLimits extends WalkLimits {
  /** Sustained, and the burst that is forgiven. An agent's window keeps it far below. */
  packetsPerSecond: number;
  packetsBurst: number;
}

/** Stands between a socket and aedes, which alone would buffer a 200 MB CONNECT: every chunk is walked before the
 *  broker can see it, and the connection is cut on the offending byte. Works for TCP, TLS and WebSocket streams alike,
 *  since all of them deliver through `push`. */
export function guard(stream: Duplex, needs: { limits: GuardLimits; clock: Clock; breached(why: Breach): void }): void {
  const { limits, clock } = needs;
  const walk = createWalk(limits);
  const push = stream.push.bind(stream);
  let credit = limits.packetsBurst;
  let creditAt = clock.monotonic();

  const cut = (why: Breach): false => {
    needs.breached(why);
    stream.destroy();
    return false;
  };

  stream.push = (chunk, encoding) => {
    if (stream.destroyed) return false;
    if (chunk === null || chunk === undefined) return push(chunk, encoding);
    const walked = walk(typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
    if (typeof walked === "string") return cut(walked);
    if (walked > 0) {
      const now = clock.monotonic();
      credit = Math.min(limits.packetsBurst, credit + ((now - creditAt) / 1000) * limits.packetsPerSecond) - walked;
      creditAt = now;
      if (credit < 0) return cut("too-many-packets");
    }
    return push(chunk, encoding);
  };
}
