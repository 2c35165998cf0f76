import type { Cancel, Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { fullJitter } from "../base/retry.ts";
import type { Outcome } from "./channel-kind.ts";
import type { Digest, Digests } from "./digests.ts";
import type { Failover } from "./failover.ts";
import { notifyLimits } from "./limits.ts";
import type { Group, Outbox, Row } from "./outbox.ts";
import { type Plan, plan } from "./plan.ts";

/** A plan that says something. */
export type Sending = Plan & { send: NonNullable<Plan["send"]> };

export interface WorkerNeeds {
  clock: Clock;
  log: Log;
  outbox: Outbox;
  digests: Digests;
  failover: Failover;
  /** Whether every step of an incident is told to this channel by itself, and until when nothing that waited for it
   *  counts as old, since it was held back on purpose. */
  way(channel: string): Promise<{ stepwise: boolean; heldUntil: number }>;
  /** One attempt; rejects only for faults of ours. */
  send(group: Group, what: Sending, rows: readonly Row[]): Promise<Outcome>;
  sendDigest(digest: Digest, parts: readonly { incident: string; plan: Sending }[]): Promise<Outcome>;
  /** Something became of a notice. */
  done(about: { channel: string; incident: string }, outcome: "sent" | "retry" | "dead"): void;
  /** Another channel is to tell of these. */
  passed(incidents: readonly string[]): void;
}

/** Sends what the outbox holds: at least once each, in order for each incident and channel. */
export function createWorker(needs: WorkerNeeds) {
  const { clock, log, outbox, digests, failover } = needs;
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
        const passed = await failover.passOn();
        if (passed.length > 0) needs.passed(passed);
        for (const { id, channel } of await digests.due()) start(channel, `${channel} digest`, () => attemptDigest(id));
        for (const group of await outbox.due())
          start(group.channel, `${group.channel} ${group.incident}`, () => attempt(group));
      } catch (error) {
        log.error("the outbox could not be read", { error });
      }
    }
  }

  function start(channel: string, key: string, run: () => Promise<void>): void {
    const ofChannel = [...flying.values()].filter((one) => one.channel === channel).length;
    const { inFlight, inFlightOfChannel } = notifyLimits;
    if (stopped || flying.has(key) || flying.size >= inFlight || ofChannel >= inFlightOfChannel) return;
    const flight = run()
      .catch((error: unknown) => log.error("a notice could not be handled", { channel, error }))
      .finally(() => {
        flying.delete(key);
        wake();
      });
    flying.set(key, { channel, flight });
  }

  async function attempt(group: Group): Promise<void> {
    const { channel, incident } = group;
    const rows = await outbox.lease(group);
    if (!rows) return;
    const { stepwise, heldUntil } = await needs.way(channel);
    const what = plan(rows, { stepwise });
    const { send } = what;
    if (!send) return await outbox.settle(channel, [{ incident, plan: what }], "withdrawn", untold);
    const outcome = await inTime(needs.send(group, { ...what, send }, rows));
    // Closed meanwhile: the lease ends by itself, and the same key goes out again.
    if (stopped) return;
    const head = rows.find(({ id }) => id === group.head);
    const parts = [{ incident, plan: what, handle: outcome.outcome === "sent" ? outcome.handle : undefined }];
    const since = Math.max(head?.ready_at ?? 0, heldUntil);
    const wait = waitOf(outcome, since, (head?.attempts ?? 1) - 1);
    await note({ channel, kind: send.kind }, parts, outcome, wait, null, (ms) =>
      outbox.postpone(group, ms, outcome.answer),
    );
  }

  async function attemptDigest(id: string): Promise<void> {
    const leased = await digests.lease(id);
    if (!leased) return;
    const { digest, groups } = leased;
    const { channel } = digest;
    const { heldUntil } = await needs.way(channel);
    const all = [...groups].map(([incident, rows]) => ({ incident, plan: plan(rows, { digest: id }) }));
    const said = all.flatMap(({ incident, plan: one }) =>
      one.send ? [{ incident, plan: { ...one, send: one.send } }] : [],
    );
    if (said.length === 0) return await outbox.settle(channel, all, "withdrawn", untold, id);
    const outcome = await inTime(needs.sendDigest(digest, said));
    if (stopped) return;
    const since = Math.max(digest.createdAt, heldUntil);
    const wait = waitOf(outcome, since, digest.attempts - 1);
    await note({ channel, kind: "digest" }, all, outcome, wait, id, (ms) => digests.postpone(id, ms, outcome.answer));
  }

  /** How long until the next attempt; null: there is none. */
  function waitOf(outcome: Outcome, since: number, attempts: number): number | null {
    if (outcome.outcome !== "retry" || clock.now() - since > notifyLimits.ageMaxMs) return null;
    const { retryBaseMs: baseMs, retryMaxMs: maxMs } = notifyLimits;
    return Math.max(fullJitter(attempts, { baseMs, maxMs }), outcome.retryAfterMs ?? 0);
  }

  async function note(
    about: { channel: string; kind: string },
    parts: Parameters<Outbox["settle"]>[1],
    { outcome, answer }: Outcome,
    waitMs: number | null,
    digest: string | null,
    postpone: (waitMs: number) => Promise<void>,
  ): Promise<void> {
    const { channel } = about;
    const incidents = parts.map(({ incident }) => incident);
    const became = outcome === "sent" ? "sent" : waitMs === null ? "dead" : "retry";
    if (became === "retry") await postpone(waitMs ?? 0);
    else await outbox.settle(channel, parts, became, answer, digest);
    const words = { ...about, incidents, answer };
    if (became === "sent") log.info("notice sent", words);
    else if (became === "dead") log.warn("notice given up", words);
    else log.warn("notice will be tried again", { ...words, waitMs });
    for (const incident of incidents) needs.done({ channel, incident }, became);
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

  /** Resolves when nothing is being sent and nothing more is due. */
  async function idle(): Promise<void> {
    while (round !== null || flying.size > 0) {
      await round;
      await Promise.all([...flying.values()].map(({ flight }) => flight));
    }
  }

  return {
    wake,
    idle,
    start(): void {
      cancel = clock.every(notifyLimits.roundMs, wake);
      wake();
    },
    /** Waits for what is being sent, but not long: what was not noted is sent again with the same key. */
    async stop(waitMs: number): Promise<void> {
      cancel();
      again = false;
      let enough: Cancel = () => {};
      await Promise.race([idle(), new Promise<void>((resolve) => (enough = clock.after(waitMs, resolve)))]);
      enough();
      stopped = true;
    },
  };
}

const untold = "its beginning could not be told";
