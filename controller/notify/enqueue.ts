import type { Kysely, Selectable } from "kysely";
import type { Database } from "../store/records/index.ts";
import { deliverySchema, laneOf } from "./delivery.ts";
import { notifyLimits } from "./limits.ts";
import { isOver } from "./render.ts";

export interface ToTell {
  incident: string;
  kind: string;
  generation: number;
  /** Only these channels, such as those of a step of an escalation: who of them was not told yet hears the beginning. An
   *  end goes to all that were told. */
  channels?: readonly string[] | undefined;
}

type ChannelRow = Selectable<Database["channel"]>;
interface Before {
  channel: string;
  kind: string;
  state: string;
  passed_from: string | null;
}

const full = `${notifyLimits.waiting} notices wait already`;
const inMute = "it began and ended while this channel was muted";

/** Puts a notice before the channels that have to hear it, in the transaction of what it tells. "opened" goes to every
 *  channel; what follows only to those that were, or will be, told of that. A row is written also for a channel that is
 *  not told, with why. */
export async function enqueue(
  t: Kysely<Database>,
  about: { organisation: string; now: number; label(severity: string): string },
  notice: ToTell,
): Promise<void> {
  const { now } = about;
  const { incident, generation } = notice;
  const severity = await t.selectFrom("incident").select("severity").where("id", "=", incident).executeTakeFirst();
  const channels = await t
    .selectFrom("channel")
    .selectAll()
    .where("organisation", "=", about.organisation)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  if (!severity || channels.length === 0) return;
  const before = await t
    .selectFrom("outbox")
    .select(["channel", "kind", "state", "passed_from"])
    .where("incident", "=", incident)
    .orderBy("id")
    .execute();
  const { n } = await t
    .selectFrom("outbox")
    .select((e) => e.fn.countAll<number>().as("n"))
    .where("state", "=", "waiting")
    .executeTakeFirstOrThrow();
  let room = notifyLimits.waiting - n;
  for (const channel of channels) {
    const mine = before.filter((row) => row.channel === channel.id);
    const as = wanted(channel, mine, notice);
    if (as === null) continue;
    const fate = fateOf(channel, mine, { as, severity: severity.severity, now, label: about.label });
    if (fate.state === "waiting" && room-- <= 0) Object.assign(fate, { state: "dead", answer: full, done_at: now });
    if (fate.state === "waiting" && fate.lane === "now" && !isOver(as)) await hasten(t, channel.id, incident, now);
    if (fate.answer === inMute) await forget(t, channel.id, incident, now);
    const usual = { channel: channel.id, incident, kind: as, generation, attempts: 0, lease_until: 0, created_at: now };
    await t
      .insertInto("outbox")
      .values({ ...usual, ...fate })
      .onConflict((c) => c.doNothing())
      .execute();
  }
}

/** As what this channel hears of it; null: nothing. */
function wanted(channel: ChannelRow, mine: readonly Before[], { kind, channels }: ToTell): string | null {
  const named = channels === undefined || channels.includes(channel.id);
  if (!named && !isOver(kind)) return null;
  if (kind === "opened") return kind;
  const opened = mine.filter((row) => row.kind === "opened");
  if (opened.some(({ state }) => ["waiting", "sent", "merged"].includes(state))) return kind;
  // It stands in for another channel that was told of the beginning.
  if (mine.some(({ passed_from, state }) => passed_from !== null && state !== "dead")) return kind;
  if (isOver(kind)) return null;
  // It has grown worse than what this channel is spared, or its turn has come.
  return channels !== undefined || opened.some(({ state }) => state === "skipped") ? "opened" : null;
}

interface Fate {
  state: string;
  answer: string | null;
  done_at: number | null;
  lane: string;
  not_before: number;
  ready_at: number;
}

function fateOf(
  channel: ChannelRow,
  mine: readonly Before[],
  { as, severity, now, label }: { as: string; severity: string; now: number; label(severity: string): string },
): Fate {
  const done = (state: string, answer: string): Fate => ({
    ...{ state, answer, done_at: now, lane: "now", not_before: now, ready_at: now },
  });
  const told = mine.some(({ state }) => state === "sent" || state === "merged");
  if (isOver(as) && !told && channel.muted_until !== null && channel.muted_until > now)
    return done("withdrawn", inMute);
  const lane = laneOf(deliverySchema.parse(JSON.parse(channel.delivery_json)), severity, now);
  if (lane === null && as === "opened") return done("skipped", `${label(severity)} is not for this channel`);
  // Told of the beginning: told of what follows, though it may matter less by now.
  const { lane: way, at } = lane ?? { lane: "now", at: now };
  return { state: "waiting", answer: null, done_at: null, lane: way, not_before: at, ready_at: at };
}

/** What waits for the digest comes with what is told now. */
async function hasten(t: Kysely<Database>, channel: string, incident: string, now: number): Promise<void> {
  await t
    .updateTable("outbox")
    .set({ lane: "now", not_before: now, ready_at: now })
    .where("channel", "=", channel)
    .where("incident", "=", incident)
    .where("state", "=", "waiting")
    .where("lane", "=", "digest")
    .where("digest", "is", null)
    .execute();
}

async function forget(t: Kysely<Database>, channel: string, incident: string, now: number): Promise<void> {
  await t
    .updateTable("outbox")
    .set({ state: "withdrawn", answer: inMute, done_at: now })
    .where("channel", "=", channel)
    .where("incident", "=", incident)
    .where("state", "=", "waiting")
    .where("digest", "is", null)
    .execute();
}
