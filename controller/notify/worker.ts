import type { Cancel, Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { fullJitter } from "../base/retry.ts";
import type { Outcome } from "./channel-kind.ts";
import { notifyLimits } from "./limits.ts";
import type { Group, Outbox, Row } from "./outbox.ts";
import { type Plan, plan } from "./plan.ts";

/** Sends what the outbox holds: at least once each, in order for each incident and channel.
 *  @param needs.send one attempt; rejects only for faults of ours */
export function createWorker(needs: {
  clock: Clock;
  log: Log;
  outbox: Outbox;
  send(group: Group, what: Plan & { send: NonNullable<Plan["send"]> }): Promise<Outcome>;
  /** Something became of a notice. */
  done(group: Group, outcome: Outcome["outcome"] | "dead"): void;
}) {
  const { clock, log, outbox } = needs;
  const flying = new Map<string, { channel: string; flight: Promise<void> }>();
  let round: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let cancel: Cancel = () => {};

  function wake(): void {
    if (stopped) return;
    again = true;
    round ??= rounds().finally(() => {
      round = null;
    });
  }

  async function rounds(): Promise<void> {
    while (again && !stopped) {
      again = false;
      try {
        for (const group of await outbox.due()) start(group);
      } catch (error) {
        log.error("the outbox could not be read", { error });
      }
    }
  }

  function start(group: Group): void {
    const key = `${group.channel} ${group.incident}`;
    const ofChannel = [...flying.values()].filter(({ channel }) => channel === group.channel).length;
    const { inFlight, inFlightOfChannel } = notifyLimits;
    if (stopped || flying.has(key) || flying.size >= inFlight || ofChannel >= inFlightOfChannel) return;
    const flight = attempt(group)
      .catch((error: unknown) => log.error("a notice could not be handled", { ...group, error }))
      .finally(() => {
        flying.delete(key);
        wake();
      });
    flying.set(key, { channel: group.channel, flight });
  }

  async function attempt(group: Group): Promise<void> {
    const rows = await outbox.lease(group);
    if (!rows) return;
    const what = plan(rows);
    const { send } = what;
    if (!send) return await outbox.settle(group, what, "withdrawn", "its beginning could not be told");
    const outcome = await inTime(needs.send(group, { ...what, send }));
    // Closed meanwhile: the lease ends by itself, and the same key goes out again.
    if (stopped) return;
    await note(group, rows, what, outcome);
  }

  async function note(group: Group, rows: readonly Row[], what: Plan, outcome: Outcome): Promise<void> {
    const head = rows.find(({ id }) => id === group.head);
    const about = { channel: group.channel, incident: group.incident, kind: what.send?.kind, answer: outcome.answer };
    if (outcome.outcome === "sent") {
      await outbox.settle(group, what, "sent", outcome.answer);
      log.info("notice sent", about);
      return needs.done(group, "sent");
    }
    const tooOld = clock.now() - (head?.created_at ?? 0) > notifyLimits.ageMaxMs;
    if (outcome.outcome === "refused" || tooOld) {
      await outbox.settle(group, what, "dead", outcome.answer);
      log.warn("notice given up", about);
      return needs.done(group, "dead");
    }
    const { retryBaseMs: baseMs, retryMaxMs: maxMs } = notifyLimits;
    const wait = Math.max(fullJitter(head?.attempts ?? 0, { baseMs, maxMs }), outcome.retryAfterMs ?? 0);
    await outbox.postpone(group, wait, outcome.answer);
    log.warn("notice will be tried again", { ...about, waitMs: wait });
    needs.done(group, "retry");
  }

  /** Whatever a channel does, an attempt ends before its lease. */
  function inTime(sending: Promise<Outcome>): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const late = clock.after(notifyLimits.attemptMs, () =>
        resolve({ outcome: "retry", answer: "no answer in time" }),
      );
      sending.then(
        (outcome) => {
          late();
          resolve(outcome);
        },
        (error: unknown) => {
          late();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  return {
    wake,
    start(): void {
      cancel = clock.every(notifyLimits.roundMs, wake);
      wake();
    },
    /** Waits for what is being sent, but not long: what was not noted is sent again with the same key. */
    async stop(waitMs: number): Promise<void> {
      cancel();
      again = false;
      const all = Promise.all([round, ...[...flying.values()].map(({ flight }) => flight)]);
      let enough: Cancel = () => {};
      await Promise.race([all, new Promise<void>((resolve) => (enough = clock.after(waitMs, resolve)))]);
      enough();
      stopped = true;
    },
  };
}
