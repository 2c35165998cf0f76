import type { ConfigReported } from "#wire";
import type { Sample } from "../collectors/index.ts";
import { assemble } from "./assemble.ts";
import { type LinkNeeds, nowOf, selfOf } from "./parts.ts";
import { cleanStop, heartbeat } from "./presence.ts";
import { createPulse } from "./pulse.ts";
import { supervise } from "./supervise.ts";
import { noticeStep } from "./time.ts";

export type Link = Awaited<ReturnType<typeof createLink>>;

/** The way to the controller: numbered batches, kept until they are delivered, over one MQTT session at a time. */
export async function createLink(needs: LinkNeeds) {
  const parts = await assemble(needs);
  const { batcher, spool, clock, exit } = parts;
  const supervisor = supervise(parts);
  parts.pulse = createPulse(
    needs.host.time,
    () => parts.intervalMs,
    () => supervisor.session()?.publish("heartbeat", exit.text("heartbeat", heartbeat(selfOf(parts), nowOf(parts)))),
  );
  return {
    boot: parts.boot,
    start: supervisor.start,
    offer(samples: readonly Sample[]): void {
      noticeStep(parts);
      batcher.add(samples);
    },
    event: batcher.event,
    /** Interval and address hold from the next connection on. @param to.controller absent: the address that enrolment
     *  gave */
    use(to: { intervalMs: number; controller: string | undefined; link: { backlogBytesPerSecond: number } }): void {
      parts.intervalMs = to.intervalMs;
      parts.address = to.controller;
      parts.backlogBytesPerSecond = to.link.backlogBytesPerSecond;
    },
    redial: supervisor.redial,
    /** Of this boot, and what is kept until it is delivered. */
    status: () => ({
      connected: supervisor.session() !== undefined,
      batches: batcher.seq(),
      kept: spool.batches(),
    }),
    /** Says where configuration is, if a connection stands; it is said again over the next one. */
    report(report: Omit<ConfigReported, "v" | "session" | "at">): void {
      const message: ConfigReported = { v: 1, ...report, session: parts.session, at: clock.believed() };
      supervisor.session()?.publish("config/reported", exit.text("config/reported", message), true);
    },
    flush: spool.flush,
    spool: {
      bytes: spool.bytes,
      batches: spool.batches,
      points: spool.points,
      writtenBytes: spool.writtenBytes,
      unreadable: spool.unreadable,
    },
    /** Everything is on flash, the controller knows that this was meant, and the connection is closed.
     *  @param dialling hangs up what is still being opened */
    async stop(dialling: AbortController): Promise<void> {
      await spool.flush();
      parts.pulse.stop();
      const left = supervisor.stop((session) =>
        session.leave(exit.text("presence", cleanStop(selfOf(parts), clock.believed()))),
      );
      if (!supervisor.session()) dialling.abort();
      await left;
      await spool.stop();
      await needs.identity.settled();
    },
    /** As a power cut: nothing more is said, and what is not on flash is lost. */
    async halt(): Promise<void> {
      await spool.halt();
      parts.pulse.stop();
      await supervisor.stop(async (session) => session.drop());
      await needs.identity.settled();
    },
  };
}
