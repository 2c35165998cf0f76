/** Silences and maintenance windows: what holds a notice back. */
import type { Kysely } from "kysely";
import type { Clock } from "../../base/clock.ts";
import { conflict, invalid, notFound, stale } from "../../base/errors.ts";
import { randomId } from "../../base/ids.ts";
import { createSerial } from "../../base/serial.ts";
import type { Database, Records } from "../../store/records/index.ts";
import type { Mute, MuteKind } from "./hold.ts";
import { createHolding } from "./holding.ts";
import { muteLimits } from "./limits.ts";
import type { Fleet } from "./now.ts";
import {
  listMutes,
  loadMutes,
  type MuteEntry,
  type MuteQuery,
  muteOfId,
  pruneMutes,
  putMute,
  removeMute,
} from "./records.ts";
import type { Span } from "./recurrence.ts";
import {
  isSomething,
  type NewSilence,
  type NewWindow,
  type SilenceChange,
  type Sla,
  type WindowChange,
} from "./schema.ts";
import { beginningOf, hasBegun, type MuteState, overAt, spansOf, standingOf } from "./standing.ts";
import { createTrial, type Trial } from "./trial.ts";

interface By {
  kind: string;
  id: string;
}
type Person = By & { name: string };

export interface MutesNeeds {
  records: Records;
  clock: Clock;
  settleMs: number;
  registry: Fleet;
  /** Those that are open now. */
  incidents: Trial["incidents"];
  audit: {
    write(
      db: Kysely<Database>,
      entry: { actor: By; action: string; subject: By; before?: object; after?: object },
    ): Promise<void>;
  };
}

export interface Maintenance extends Pick<Mute, "id" | "why" | "until"> {
  sla: Sla;
}

const dayMs = 86_400_000;
const words = { silence: "silence", maintenance: "maintenance window" } as const;
const changesWaiting = 100;

export async function createMutes(needs: MutesNeeds) {
  const { records, clock, settleMs, registry } = needs;
  const serial = createSerial(changesWaiting);
  const trial = createTrial({ ...needs, fleet: registry });
  /** Those that are not over, or only just. */
  const live = new Map((await loadMutes(records, clock.now() - settleMs)).map((entry) => [entry.id, entry]));
  const holding = createHolding({ settleMs, registry, live });

  let prunedAt = Number.NEGATIVE_INFINITY;

  /** With what makes the table grow: once a day is enough. */
  async function prune(): Promise<void> {
    const now = clock.now();
    if (Math.abs(now - prunedAt) < dayMs) return;
    prunedAt = now;
    await pruneMutes(records, now - muteLimits.keptMs);
    for (const [id, { overAt: over }] of live) if (over !== null && over < now - muteLimits.keptMs) live.delete(id);
  }

  async function write(actor: By, action: string, entry: MuteEntry, before?: MuteEntry): Promise<MuteEntry> {
    await prune();
    const made = await records.db.transaction().execute(async (db) => {
      const kept = await putMute(db, records.organisation, entry);
      const subject = { kind: entry.kind, id: entry.id };
      await needs.audit.write(db, { actor, action, subject, ...(before ? { before } : {}), after: kept });
      return kept;
    });
    live.set(made.id, made);
    holding.look();
    return made;
  }

  const create = (actor: Person, kind: MuteKind, wish: NewWindow | (NewSilence & { startAt: number })) =>
    serial(async () => {
      const now = clock.now();
      const own = [...live.values()].filter((one) => one.kind === kind && (one.overAt ?? now) >= now);
      if (own.length >= muteLimits.live)
        throw conflict("too-many", `at most ${muteLimits.live} that are not over; end one of them`);
      const { scope, rules, why } = wish;
      const entry: MuteEntry = {
        ...{ id: randomId(kind), kind, scope, rules, why },
        when: "when" in wish ? wish.when : { startAt: wish.startAt, endAt: wish.endAt },
        sla: "sla" in wish ? wish.sla : null,
        madeBy: { kind: actor.kind, id: actor.id, name: actor.name },
        ...{ endedAt: null, overAt: null, version: 1, createdAt: now, updatedAt: now },
      };
      checkTimes(entry, now);
      return await write(actor, `${kind}.made`, entry);
    });

  async function find(kind: MuteKind, id: string): Promise<MuteEntry> {
    const entry = live.get(id) ?? (await muteOfId(records, kind, id));
    if (entry?.kind !== kind) throw notFound(words[kind], id);
    return entry;
  }

  /** @param seen version that the caller saw */
  const change = (
    actor: By,
    { kind, id, seen, action = "changed" }: { kind: MuteKind; id: string; seen?: number | undefined; action?: string },
    make: (was: MuteEntry, now: number) => Partial<MuteEntry>,
  ) =>
    serial(async () => {
      const now = clock.now();
      const was = await find(kind, id);
      if (seen !== undefined && seen !== was.version) throw stale(`this ${words[kind]} was changed in the meantime`);
      if (was.overAt !== null && was.overAt <= now) throw conflict("over", `this ${words[kind]} is over`);
      const next = { ...was, ...make(was, now), version: was.version + 1, updatedAt: now };
      return await write(actor, `${kind}.${action}`, next, was);
    });

  return {
    mutes: holding.at,
    deviceChanged: holding.deviceChanged,
    watch: holding.watch,
    of: find,
    standingOf: (entry: MuteEntry) => {
      const now = clock.now();
      const { active, since, until, nextAt } = standingOf(entry, now);
      const over = entry.overAt !== null && entry.overAt <= now;
      const state: MuteState = active ? "active" : over ? "over" : "coming";
      return { state, since, until, nextAt };
    },
    /** Newest first. */
    list: (kind: MuteKind, { over, ...query }: Omit<MuteQuery, "overBy"> & { over: boolean }): Promise<MuteEntry[]> =>
      listMutes(records, kind, { ...query, overBy: over ? clock.now() : undefined }),
    /** Those that are not over, newest first. */
    live: (kind: MuteKind): MuteEntry[] =>
      [...live.values()]
        .filter((entry) => entry.kind === kind && (entry.overAt ?? Number.POSITIVE_INFINITY) > clock.now())
        .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)),
    /** When there is maintenance in [from, to), in order; of windows that are not over. */
    calendar: (from: number, to: number): ({ id: string } & Span)[] =>
      [...live.values()]
        .filter(({ kind, overAt }) => kind === "maintenance" && (overAt ?? Number.POSITIVE_INFINITY) > clock.now())
        .flatMap((entry) =>
          spansOf(entry, from, muteLimits.calendarDays + 1).map((span) => ({ id: entry.id, ...span })),
        )
        .filter((span) => span.from < to)
        .sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1)),
    silence: (actor: Person, wish: NewSilence) => create(actor, "silence", { ...wish, startAt: clock.now() }),
    plan: (actor: Person, wish: NewWindow) => create(actor, "maintenance", wish),
    changeSilence: (actor: By, id: string, { endAt, why }: SilenceChange, seen?: number) =>
      change(actor, { kind: "silence", id, seen }, (was, now) => {
        const when = endAt === undefined ? was.when : { startAt: (was.when as { startAt: number }).startAt, endAt };
        const next = { when, why: why ?? was.why };
        checkTimes({ ...was, ...next }, now);
        return next;
      }),
    changeWindow: (actor: By, id: string, wish: WindowChange, seen?: number) =>
      change(actor, { kind: "maintenance", id, seen }, (was, now) => {
        const { scope = was.scope, rules = was.rules, when = was.when, sla = was.sla, why = was.why } = wish;
        const isOther = wish.scope !== undefined || wish.rules !== undefined || wish.when !== undefined;
        if (isOther && hasBegun(was, now))
          throw conflict("begun", "it has begun: end it and make another one; why and sla may be changed");
        if (!isSomething({ scope, rules }))
          throw invalid("this would be everything", [{ path: "scope", message: "name something, or rules" }]);
        if (wish.when !== undefined) checkTimes({ ...was, when }, now);
        return { scope, rules, when, sla, why };
      }),
    /** Nothing of it counts from now on. */
    end: (actor: By, kind: MuteKind, id: string) =>
      change(actor, { kind, id, action: "ended" }, (_was, now) => ({ endedAt: now })),
    /** As if it had never been: what it held back is told at once, without the time to settle that an end gives. */
    takeBack: (actor: By, id: string) =>
      serial(async () => {
        const was = await find("silence", id);
        const now = clock.now();
        if (was.endedAt !== null || now - was.createdAt > muteLimits.takeBackMs)
          throw conflict("begun", "it holds for too long already: end it instead");
        await records.db.transaction().execute(async (db) => {
          await removeMute(db, id);
          const subject = { kind: "silence", id };
          await needs.audit.write(db, { actor, action: "silence.taken-back", subject, before: was });
        });
        live.delete(id);
        holding.look();
      }),
    /** Only what never began: what held something back stays, as its reason. */
    remove: (actor: By, id: string) =>
      serial(async () => {
        const was = await find("maintenance", id);
        if (hasBegun(was, clock.now())) throw conflict("begun", "it has begun: end it instead");
        await records.db.transaction().execute(async (db) => {
          await removeMute(db, id);
          const subject = { kind: "maintenance", id };
          await needs.audit.write(db, { actor, action: "maintenance.removed", subject, before: was });
        });
        live.delete(id);
        holding.look();
      }),
    matches: trial,
    /** The maintenance window that a device is in now; null: none. */
    maintenanceOf(device: string): Maintenance | null {
      const mine = holding.maintenanceOf(device, clock.now());
      return mine && { id: mine.id, why: mine.why, until: mine.until, sla: live.get(mine.id)?.sla ?? "exclude" };
    },
  };

  function checkTimes(entry: MuteEntry, now: number): void {
    const { when, kind } = entry;
    const path = "rrule" in when ? "when.first" : kind === "silence" ? "endAt" : "when.startAt";
    const refuse = (message: string) => {
      throw invalid(`the times will not do: ${message}`, [{ path, message }]);
    };
    const begins = "rrule" in when ? beginningOf(when) + 2 * dayMs : when.startAt;
    if (kind === "silence") {
      const { startAt, endAt } = when as { startAt: number; endAt: number };
      if (endAt < now + muteLimits.leastMs || endAt > Math.max(now, startAt) + muteLimits.silenceMs)
        refuse("1 minute to 30 days from now");
      return;
    }
    if (begins < now - dayMs) refuse("it begins at most a day ago");
    if (begins > now + muteLimits.aheadMs) refuse("it begins within 5 years");
    const end = overAt(entry);
    if (end !== null && end <= now) refuse("it would be over already");
  }
}
export type Mutes = Awaited<ReturnType<typeof createMutes>>;
