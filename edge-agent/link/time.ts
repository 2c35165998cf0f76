import { reason } from "../log.ts";
import type { Parts } from "./parts.ts";

/** A device's clock that is further from the controller's is worth a point. */
export const mostSkewMs = 30_000;

/** Call before points are added: they get the new offset if the wall clock was set meanwhile. */
export function noticeStep(parts: Parts): void {
  const before = parts.clock.state();
  if (!parts.clock.noticeStep()) return;
  if (before === "unknown") {
    learnt(parts, "the wall clock");
  } else {
    parts.needs.log.info("the wall clock was set; what is measured from now on has the new time");
    parts.spool.lane(parts.clock.lane());
  }
  tellSkew(parts);
}

/** Measures the device's own clock against the last signed welcome: while it is wrong, and once when it is right again. */
export function tellSkew(parts: Parts): void {
  const { controllerTime, needs, batcher } = parts;
  if (!controllerTime) return;
  const { time } = needs.host;
  const skew = Math.round(time.now() - (controllerTime.now + time.monotonic() - controllerTime.monotonic));
  const skewed = Math.abs(skew) > mostSkewMs;
  if (skewed || parts.skewed) batcher.add([{ m: "agent", f: { clock_skew_ms: skew } }]);
  parts.skewed = skewed;
}

/** What waited for the time may be sent. */
export function learnt({ clock, spool, sender, needs }: Parts, from: string): void {
  needs.log.info(`the time is known now, from ${from}`);
  spool.learn(clock.offset()).then(sender.pump, (error) => needs.log.error(`spool: ${reason(error)}`));
}
