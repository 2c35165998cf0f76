import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Reach } from "../base/outbound.ts";
import type { Outcome } from "./channel-kind.ts";
import type { Channels } from "./channels.ts";
import type { About } from "./facts.ts";
import type { Kinds } from "./kinds.ts";
import type { Outbox, Row } from "./outbox.ts";
import { type DigestPart, render, renderDigest, type Said } from "./render.ts";
import type { Sending, WorkerNeeds } from "./worker.ts";

/** One attempt: the incident as it is now, in words, by the channel's kind. */
export function createSend(needs: {
  clock: Clock;
  log: Log;
  channels: Channels;
  kinds: Kinds;
  outbox: Pick<Outbox, "handleOf">;
  reach: Reach;
  url(): string;
  incident(id: string): Promise<Said | null>;
  about?(incident: Said): Promise<About>;
  labelOf(severity: string): string;
}): Pick<WorkerNeeds, "send" | "sendDigest"> {
  const { clock, log, channels, kinds, outbox, reach, labelOf } = needs;

  /** A message without it is better than none. */
  async function aboutOf(incident: Said): Promise<About> {
    try {
      return (await needs.about?.(incident)) ?? {};
    } catch (error) {
      log.error("what is around an incident could not be looked up", { incident: incident.id, error });
      return {};
    }
  }

  async function one(channel: string, id: string, what: Sending, why: string | null): Promise<Outcome> {
    const [to, said] = await Promise.all([channels.open(channel), needs.incident(id)]);
    if (!to || !said) return { outcome: "refused", answer: to ? "the incident is gone" : "the channel is gone" };
    const { send, late, passedFrom } = what;
    const notice = render(said, send, {
      channel,
      url: needs.url(),
      now: clock.now(),
      late,
      why,
      passed: passedFrom === null ? null : await passedBy(passedFrom),
      label: labelOf(said.severity),
      about: await aboutOf(said),
      handle: await outbox.handleOf(channel, id),
    });
    return await kinds[to.kind].send(notice, to.settings, reach);
  }

  async function passedBy(channel: string): Promise<{ name: string; answer: string }> {
    const gone = { name: "another channel", answer: "it was removed" };
    return (await channels.failing(channel)) ?? gone;
  }

  return {
    send: ({ channel, incident }, what, rows) => one(channel, incident, what, lastAnswer(rows)),
    async sendDigest({ id, channel, overflow }, all) {
      const [first] = all;
      // One alone is told as itself.
      if (first && all.length === 1) return await one(channel, first.incident, first.plan, null);
      const to = await channels.open(channel);
      if (!to) return { outcome: "refused", answer: "the channel is gone" };
      const parts: DigestPart[] = [];
      for (const { incident, plan } of all) {
        const said = await needs.incident(incident);
        if (!said) continue;
        const { send, late } = plan;
        parts.push({
          incident: said,
          kind: send.kind,
          late,
          label: labelOf(said.severity),
          about: await aboutOf(said),
        });
      }
      const notice = renderDigest(parts, { id, channel, url: needs.url(), now: clock.now(), overflow });
      return await kinds[to.kind].send(notice, to.settings, reach);
    },
  };
}

/** Why it comes only now. */
const lastAnswer = (rows: readonly Row[]): string | null =>
  rows.find(({ state, answer }) => state === "waiting" && answer !== null)?.answer ?? null;
