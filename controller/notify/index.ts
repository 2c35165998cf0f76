/** Notices on their way: the outbox and one folder a channel. */
import type { Kysely } from "kysely";
import { openAtRest } from "../base/at-rest.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import { randomId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Database, Records } from "../store/records/index.ts";
import type { Outcome } from "./channel-kind.ts";
import { type ChannelsNeeds, createChannels, kinds } from "./channels.ts";
import { notifyLimits } from "./limits.ts";
import { type Address, connectionWords, createReach } from "./outbound.ts";
import { createOutbox, type Group } from "./outbox.ts";
import { render, renderTest, type Said } from "./render.ts";
import { createWorker } from "./worker.ts";

export { type Channel, type ChannelKindName, channelKinds } from "./channels.ts";
export { notifyLimits } from "./limits.ts";

export interface NotifyNeeds {
  clock: Clock;
  log: Log;
  records: Records;
  audit: ChannelsNeeds["audit"];
  /** Folder of the key that secrets are sealed with. */
  keyFolder: string;
  /** Networks that channels may call although private. */
  allow: readonly string[];
  lookup?: (host: string) => Promise<Address[]>;
  /** Under which people reach the screens. */
  url(): string;
  incident(id: string): Promise<Said | null>;
  severityWords: Readonly<Record<string, string>>;
  /** Something became of a notice of this incident. */
  done(incident: string): void;
}

export interface ChannelHealth {
  lastSuccessAt: number | null;
  waiting: number;
  dead: number;
  /** Of the last attempt that went wrong; null: it works. */
  problem: string | null;
}

const dayMs = 86_400_000;
const stopMs = 3_000;

export function createNotify(needs: NotifyNeeds) {
  const { clock, log, records } = needs;
  const { db } = records;
  const outbox = createOutbox({ records, clock, owner: randomId("worker") });
  const reach = createReach({ clock, allow: needs.allow, ...(needs.lookup ? { lookup: needs.lookup } : {}) });
  const channels = createChannels({ ...needs, atRest: openAtRest(needs.keyFolder), withdraw: outbox.withdraw });
  const counts = { sent: 0, retried: 0, dead: 0 };
  let tally = { waiting: 0, dead: 0, sent: 0, oldestAt: null as number | null };
  let tallied = false;
  let cancels: Cancel[] = [];

  const worker = createWorker({
    clock,
    log,
    outbox,
    async send({ channel, incident }, { send, late }): Promise<Outcome> {
      const [to, about] = await Promise.all([channels.open(channel), needs.incident(incident)]);
      if (!to || !about) return { outcome: "refused", answer: to ? "the incident is gone" : "the channel is gone" };
      const label = needs.severityWords[about.severity] ?? about.severity;
      const notice = render(about, send, { channel, url: needs.url(), late, label });
      return await kinds[to.kind].send(notice, to.settings, reach);
    },
    done({ incident }: Group, outcome) {
      if (outcome === "sent") counts.sent++;
      else if (outcome === "dead") counts.dead++;
      else counts.retried++;
      tallied = false;
      needs.done(incident);
    },
  });

  const count = (): void => {
    if (tallied) return;
    tallied = true;
    outbox.tally().then(
      (found) => {
        tally = found;
      },
      (error: unknown) => {
        tallied = false;
        log.error("the outbox could not be counted", { error });
      },
    );
  };
  const prune = (): void =>
    void outbox.prune().catch((error: unknown) => log.error("old notices could not be forgotten", { error }));

  return {
    channels,
    /** In the transaction of what is told; call `wake` after it. */
    async enqueue(t: Kysely<Database>, notice: { incident: string; kind: string; generation: number }): Promise<void> {
      await outbox.enqueue(t, notice);
      tallied = false;
    },
    wake: worker.wake,
    async toldOf(incidents: readonly string[]) {
      const rows = await outbox.rowsOf(incidents);
      const told = new Map<string, ReturnType<typeof toldFrom>[]>();
      for (const row of rows) {
        const list = told.get(row.incident);
        if (list) list.push(toldFrom(row));
        else told.set(row.incident, [toldFrom(row)]);
      }
      return told;
    },
    /** Sends at once, beside the outbox. @returns the receiver's own words, and how long it took */
    async test(id: string): Promise<{ ok: boolean; answer: string; tookMs: number }> {
      const { kind } = await channels.of(id);
      const to = await channels.open(id);
      const began = clock.monotonic();
      const notice = renderTest({ url: needs.url(), now: clock.now(), key: `${randomId("test")}:test:1` });
      const outcome: Outcome = await kinds[kind]
        .send(notice, to?.settings ?? {}, reach)
        .catch((error: unknown) => ({ outcome: "refused", answer: connectionWords(error) }));
      return { ok: outcome.outcome === "sent", answer: outcome.answer, tookMs: Math.round(clock.monotonic() - began) };
    },
    async healthOf(ids: readonly string[]): Promise<Map<string, ChannelHealth>> {
      const health = new Map<string, ChannelHealth>();
      for (const id of ids) {
        const rows = await db
          .selectFrom("outbox")
          .select((e) => ["state", e.fn.countAll<number>().as("n"), e.fn.max("done_at").as("last")])
          .where("channel", "=", id)
          .groupBy("state")
          .execute();
        const of = (state: string) => rows.find((row) => row.state === state);
        const worst = await db
          .selectFrom("outbox")
          .select("answer")
          .where("channel", "=", id)
          .where("answer", "is not", null)
          .where("state", "in", ["waiting", "dead"])
          .orderBy("id", "desc")
          .limit(1)
          .executeTakeFirst();
        const lastSuccessAt = of("sent")?.last ?? null;
        const stillBad = of("waiting") !== undefined || (of("dead")?.last ?? 0) > (lastSuccessAt ?? 0);
        health.set(id, {
          lastSuccessAt,
          waiting: of("waiting")?.n ?? 0,
          dead: of("dead")?.n ?? 0,
          problem: stillBad ? (worst?.answer ?? null) : null,
        });
      }
      return health;
    },
    start(): void {
      worker.start();
      count();
      prune();
      cancels = [clock.every(5 * notifyLimits.roundMs, count), clock.every(dayMs, prune)];
    },
    async stop(): Promise<void> {
      for (const cancel of cancels) cancel();
      await worker.stop(stopMs);
    },
    counts: (): Record<string, number> => ({
      ...counts,
      waiting: tally.waiting,
      deadKept: tally.dead,
      oldestMs: tally.oldestAt === null ? 0 : Math.max(0, clock.now() - tally.oldestAt),
    }),
  };
}

const toldFrom = (row: Awaited<ReturnType<ReturnType<typeof createOutbox>["rowsOf"]>>[number]) => ({
  channel: row.channel,
  name: row.name,
  kind: row.kind,
  at: row.done_at ?? row.created_at,
  outcome: row.state,
  answer: row.answer,
  attempts: row.attempts,
});
export type Notify = ReturnType<typeof createNotify>;
