/** Notices on their way: the outbox and one folder a channel. */
import type { Kysely } from "kysely";
import { openAtRest } from "../base/at-rest.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import { randomId } from "../base/ids.ts";
import { openPushKey } from "../base/keys.ts";
import type { Log } from "../base/log.ts";
import { type Address, connectionWords, createReach } from "../base/outbound.ts";
import type { Database, Records } from "../store/records/index.ts";
import { call } from "./call.ts";
import type { Handle, Outcome } from "./channel-kind.ts";
import { type ChannelsNeeds, createChannels } from "./channels.ts";
import { createDigests } from "./digests.ts";
import { enqueue, type ToTell } from "./enqueue.ts";
import type { About } from "./facts.ts";
import { createFailover } from "./failover.ts";
import { createHealth } from "./health.ts";
import { type ChannelKindName, createKinds, kindViews } from "./kinds.ts";
import { notifyLimits } from "./limits.ts";
import { createOutbox, triedOf } from "./outbox.ts";
import { createPush } from "./push.ts";
import { renderTest, type Said } from "./render.ts";
import { createSend } from "./send.ts";
import { toldFrom } from "./told.ts";
import { publicKeyOf } from "./web-push/index.ts";
import { createWorker } from "./worker.ts";

export type { Channel } from "./channel.ts";
export { deliveryChange, deliverySchema } from "./delivery.ts";
export type { About } from "./facts.ts";
export type { ChannelHealth } from "./health.ts";
export { type ChannelKindName, channelKinds } from "./kinds.ts";
export { notifyLimits } from "./limits.ts";

export interface NotifyNeeds {
  clock: Clock;
  log: Log;
  records: Records;
  audit: ChannelsNeeds["audit"];
  /** Folder of the key that secrets are sealed with, and of the one that browsers know us by. */
  keyFolder: string;
  /** Networks that channels may call although private. */
  allow: readonly string[];
  lookup?: (host: string) => Promise<Address[]>;
  /** Under which people reach the screens. */
  url(): string;
  incident(id: string): Promise<Said | null>;
  /** What is known around it; what is left out is not said. */
  about?(incident: Said): Promise<About>;
  severityWords: Readonly<Record<string, string>>;
  /** Something became of a notice of this incident. */
  done(incident: string): void;
  /** A channel has opened a ticket for it, in the transaction that notes so. */
  ticket?(t: Kysely<Database>, made: { incident: string; channel: string; handle: Handle }): Promise<void>;
}

const dayMs = 86_400_000;
const stopMs = 3_000;

export function createNotify(needs: NotifyNeeds) {
  const { clock, log, records } = needs;
  const owner = randomId("worker");
  const kinds = createKinds({ private: openPushKey(needs.keyFolder), url: needs.url });
  const outbox = createOutbox({
    ...{ records, clock, owner, paced: (kind) => kinds[kind as ChannelKindName]?.stepwise ?? false },
    ...(needs.ticket ? { ticket: needs.ticket } : {}),
  });
  const digests = createDigests({ records, clock, owner });
  const reach = createReach({ clock, allow: needs.allow, ...(needs.lookup ? { lookup: needs.lookup } : {}) });
  const channels = createChannels({
    ...needs,
    kinds,
    atRest: openAtRest(needs.keyFolder),
    withdraw: outbox.withdraw,
  });
  const labelOf = (severity: string): string => needs.severityWords[severity] ?? severity;
  const counts = { sent: 0, retried: 0, dead: 0 };
  let tally = { waiting: 0, dead: 0, sent: 0, oldestAt: null as number | null };
  let tallied = false;
  let cancels: Cancel[] = [];

  const worker = createWorker({
    ...{ clock, log, outbox, digests, failover: createFailover({ records, clock }), way: channels.way },
    ...createSend({ ...needs, channels, kinds, outbox, reach, labelOf }),
    done({ incident }, outcome) {
      if (outcome === "sent") counts.sent++;
      else if (outcome === "dead") counts.dead++;
      else counts.retried++;
      tallied = false;
      needs.done(incident);
    },
    passed(incidents) {
      tallied = false;
      for (const incident of incidents) needs.done(incident);
    },
  });

  /** One at a time: a clock that leaps brings many turns at once. */
  function supervised(what: string, work: () => Promise<unknown>): () => void {
    let busy = false;
    return () => {
      if (busy) return;
      busy = true;
      void work()
        .catch((error: unknown) => log.error(what, { error }))
        .finally(() => {
          busy = false;
        });
    };
  }
  const count = supervised("the outbox could not be counted", async () => {
    if (tallied) return;
    tally = await outbox.tally();
    tallied = true;
  });
  const prune = supervised("old notices could not be forgotten", outbox.prune);
  const purge = supervised("removed channels could not be forgotten", channels.purge);

  return {
    channels,
    /** What people choose from, with their forms. */
    kinds: () => kindViews(kinds),
    push: createPush({ channels, key: publicKeyOf({ private: openPushKey(needs.keyFolder), url: needs.url }) }),
    /** In the transaction of what is told; call `wake` after it. */
    async enqueue(t: Kysely<Database>, notice: ToTell): Promise<void> {
      await enqueue(t, { organisation: records.organisation, now: clock.now(), label: labelOf }, notice);
      tallied = false;
    },
    /** A sign of life to somebody outside. @returns null: it was taken; else their words */
    async ping(url: string): Promise<string | null> {
      const said = await call(reach, { url, body: "" });
      return "status" in said ? (said.status < 300 ? null : said.words) : said.answer;
    },
    wake: worker.wake,
    idle: worker.idle,
    async toldOf(incidents: readonly string[]) {
      const told = new Map<string, ReturnType<typeof toldFrom>[]>();
      for (const row of await outbox.rowsOf(incidents)) {
        const list = told.get(row.incident);
        if (list) list.push(toldFrom(row, clock.now()));
        else told.set(row.incident, [toldFrom(row, clock.now())]);
      }
      return told;
    },
    /** Sends at once, beside the outbox; what comes of it counts for the channel's health. @returns the receiver's own
     *  words, and how long it took */
    async test(id: string): Promise<{ ok: boolean; answer: string; tookMs: number }> {
      const { kind } = await channels.of(id);
      const to = await channels.open(id);
      const began = clock.monotonic();
      const notice = renderTest({ url: needs.url(), now: clock.now(), key: `${randomId("test")}:test:1` });
      const outcome: Outcome = await kinds[kind]
        .send(notice, to?.settings ?? {}, reach)
        .catch((error: unknown) => ({ outcome: "refused", answer: connectionWords(error) }));
      await outbox.tried(triedOf(id, outcome));
      return { ok: outcome.outcome === "sent", answer: outcome.answer, tookMs: Math.round(clock.monotonic() - began) };
    },
    healthOf: createHealth({ records, clock }),
    start(): void {
      worker.start();
      for (const now of [count, prune, purge]) now();
      cancels = [
        clock.every(5 * notifyLimits.roundMs, count),
        clock.every(notifyLimits.overflowMs, purge),
        clock.every(dayMs, prune),
      ];
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
export type Notify = ReturnType<typeof createNotify>;
