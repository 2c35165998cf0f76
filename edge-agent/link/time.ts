import { reason } from "../log.ts";
import type { Parts } from "./parts.ts";

/** Call before points are added: they get the new offset if the wall clock was set meanwhile. */
export function noticeStep(parts: Parts): void {
  const before = parts.clock.state();
  if (!parts.clock.noticeStep()) return;
  if (before === "unknown") {
    learnt(parts, "the wall clock");
    return;
  }
  parts.needs.log.info("the wall clock was set; what is measured from now on has the new time");
  parts.spool.lane(parts.clock.lane());
}

/** What waited for the time may be sent. */
export function learnt({ clock, spool, sender, needs }: Parts, from: string): void {
  needs.log.info(`the time is known now, from ${from}`);
  spool.learn(clock.offset()).then(sender.pump, (error) => needs.log.error(`spool: ${reason(error)}`));
}
