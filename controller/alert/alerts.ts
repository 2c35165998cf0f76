import type { Kysely } from "kysely";
import type { Cancel, Clock } from "../base/clock.ts";
import { randomId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import { createSerial } from "../base/serial.ts";
import type { Database, Records } from "../store/records/index.ts";
import { decide } from "./decide.ts";
import { reachable } from "./escalation/reachable.ts";
import type { Policy } from "./escalation/run.ts";
import type { Incident, NoticeKind } from "./incident.ts";
import { type AlertLimits, alertBounds, alertLimits } from "./limits.ts";
import { type Mute, muteOfMember } from "./mute/hold.ts";
import { createPeople } from "./people.ts";
import type { Probing } from "./probe/index.ts";
import { createRead } from "./read.ts";
import { loadOpen, writeStep } from "./records.ts";
import type { Standing } from "./rules/engine.ts";
import type { Feed } from "./rules/feed.ts";
import { keepInstances, loadInstances, noteAlive } from "./rules/records.ts";
import { checkDoors, type Doors } from "./self-check.ts";
import { type AlertEvent, type AlertState, nothing, type Place } from "./state.ts";
import type { Step } from "./turn.ts";
import type { Told } from "./view.ts";
import { type DeviceSeen, doubted, placesChanged, watchedOf } from "./watch.ts";

export interface AlertNeeds {
  clock: Clock;
  log: Log;
  records: Records;
  limits?: Partial<AlertLimits>;
  /** All devices, and one as it is now; undefined: removed. */
  devices(): Iterable<DeviceSeen>;
  device(id: string): DeviceSeen | undefined;
  sites(): readonly Place[];
  /** Why measurements cannot be stored now; null: they can. */
  cannotStore(): { since: number; why: string } | null;
  /** Where devices call; null: not known yet. */
  doors(): Doors | null;
  /** Why the controller has no way out, in words; absent: nobody looks. */
  references?(): Promise<string | null>;
  /** The controller cannot see its devices since then; null: it sees again. */
  blind(since: number | null): void;
  /** In the transaction of what is to be told. */
  enqueue(
    db: Kysely<Database>,
    notice: { incident: string; kind: NoticeKind; generation: number; channels?: readonly string[] | undefined },
  ): Promise<void>;
  toldOf(incidents: readonly string[]): Promise<Map<string, Told[]>>;
  /** After the transaction: these incidents are other than before, and perhaps there is something to send. */
  changed(incidents: readonly string[], notices: boolean): void;
  /** Asks what is silent by another way; absent: nobody does. */
  probing?: Pick<Probing, "look" | "news">;
  /** What holds notices back now: the same list while nothing of it changed. Absent: nothing ever does. */
  mutes?(now: number): readonly Mute[];
  /** Who is told when: the same one while nothing of it changed. Absent or null: everybody at once. */
  policy?(): Policy | null;
  /** How every device was, kept turn by turn; absent: it is not. */
  ledger?: { turned(state: AlertState, devices: Iterable<string>, now: number): void };
  /** In the transaction that opens incidents: what changed around them before. Absent: nobody looks. */
  opened?(db: Kysely<Database>, incidents: readonly Step["incident"][]): Promise<void>;
  /** What rules say of measurements; absent: there are none. */
  rules?: Pick<Feed, "news" | "again" | "restore">;
  audit: {
    write(db: Kysely<Database>, entry: { actor: By; action: string; subject: By; after?: object }): Promise<void>;
  };
}
interface By {
  kind: string;
  id: string;
}

/** The shell around the decision: its events, its transactions, and what people do with incidents. */
export function createAlerts(needs: AlertNeeds) {
  const { clock, log, records } = needs;
  const limits: AlertLimits = { ...alertLimits, ...needs.limits };
  /** Turns and what people do, one after the other: neither sees half of the other. */
  const exclusive = createSerial(alertBounds.changesWaiting);
  const read = createRead({
    ...needs,
    mutedNow: (incident, member) =>
      muteOfMember(state.mutes, incident, member, { now: clock.now(), settleMs: limits.settleMs }),
  });
  const counts = { opened: 0, resolved: 0, closed: 0, failedTurns: 0 };
  let state: AlertState = nothing;
  /** The newest of each: a storm is no longer than the fleet. */
  let dirty = new Set<string>();
  let decidedAt = clock.now();
  let failures: { since: number; why: string; times: number } | null = null;
  let running: Promise<void> | null = null;
  let cancels: Cancel[] = [];

  function eventsNow(now: number): AlertEvent[] {
    const devices = [...new Set([...dirty, ...doubted(state)])].map((id): AlertEvent => {
      const is = needs.device(id);
      return { kind: "device", id, is: is ? watchedOf(is) : null };
    });
    const places = placesChanged(state.places, needs.sites()).map(
      ([id, is]): AlertEvent => ({ kind: "place", id, is }),
    );
    const store: AlertEvent = { kind: "store", away: needs.cannotStore() };
    const blind = failures !== null && failures.times >= alertBounds.selfCheckFailures ? failures : null;
    const check: AlertEvent = { kind: "self-check", failed: blind && { since: blind.since, why: blind.why } };
    const mutes = needs.mutes?.(now) ?? state.mutes;
    const policy = needs.policy?.() ?? null;
    return [
      ...(mutes === state.mutes ? [] : [{ kind: "mutes" as const, are: mutes }]),
      ...(policy === state.policy ? [] : [{ kind: "policy" as const, is: policy }]),
      ...places,
      ...devices,
      ...(store.away === null && state.store === null ? [] : [store]),
      ...(blind === null && state.selfCheck === null ? [] : [check]),
    ];
  }

  /** One at a time: who asks during a turn waits for that one. */
  function turn(): Promise<void> {
    running ??= exclusive(decideNow).finally(() => {
      running = null;
    });
    return running;
  }

  async function decideNow(): Promise<void> {
    const taken = dirty;
    const now = clock.now();
    const news = needs.rules?.news() ?? { events: [], instances: [] };
    try {
      const events = [...eventsNow(now), ...(needs.probing?.news() ?? []), ...news.events];
      dirty = new Set();
      const next = decide(state, events, now, limits, () => randomId("incident"));
      if (next.steps.length > 0 || news.instances.length > 0) await write(next.steps, news.instances, now);
      decidedAt = now;
      needs.probing?.look(next.state);
      const wasBlind = state.blind !== null;
      state = next.state;
      if ((state.blind !== null) !== wasBlind) needs.blind(state.blind?.since ?? null);
      if (next.steps.length > 0) tellChanged(next.steps);
      needs.ledger?.turned(state, devicesIn(events, next.steps), now);
    } catch (error) {
      // Nothing of it happened; the next turn decides anew, from how things are then.
      dirty = new Set([...taken, ...dirty]);
      needs.rules?.again(news);
      counts.failedTurns++;
      log.error("incidents could not be decided", { error });
    }
  }

  async function write(steps: readonly Step[], instances: readonly Standing[], now: number): Promise<void> {
    await records.db.transaction().execute(async (db) => {
      await keepInstances(db, instances, now);
      // What ends first: another may open for the same root.
      for (const step of [...steps].sort(endsFirst)) {
        await writeStep(db, records.organisation, step, now);
        const { id: incident, generation } = step.incident;
        const channels = step.channels && (await reachable(db, step.channels));
        if (step.tell) await needs.enqueue(db, { incident, kind: step.tell, generation, channels });
      }
      await needs.opened?.(
        db,
        steps.filter(isOpened).map(({ incident }) => incident),
      );
    });
  }

  function tellChanged(steps: readonly Step[]): void {
    for (const step of steps) {
      const { incident, tell } = step;
      if (isOpened(step)) counts.opened++;
      if (incident.state !== "open") counts[incident.state]++;
      const { id, rule, root } = incident;
      log.info("incident", { id, rule, root, state: incident.state, tell, members: incident.members.size });
    }
    needs.changed(
      steps.map(({ incident }) => incident.id),
      steps.some(({ tell }) => tell !== null),
    );
  }

  async function check(): Promise<void> {
    await noteAlive(records, clock.now());
    const doors = needs.doors();
    if (!doors) return;
    const since = clock.now();
    const why = (await checkDoors(doors, clock)) ?? (await needs.references?.()) ?? null;
    failures = why === null ? null : { since: failures?.since ?? since, why, times: (failures?.times ?? 0) + 1 };
  }

  const supervised = (what: string, run: () => Promise<void>) => () =>
    void run().catch((error: unknown) => log.error(what, { error }));

  const people = createPeople({
    ...needs,
    exclusive,
    became(id, is) {
      const incident = state.incidents.get(id);
      if (incident) state = { ...state, incidents: new Map(state.incidents).set(id, { ...incident, ...is }) };
    },
  });

  return {
    of: read.of,
    list: read.list,
    events: (id: string) => read.events(id, alertBounds.eventsOfIncident),
    async start(): Promise<void> {
      state = { ...nothing, incidents: await loadOpen(records) };
      needs.rules?.restore(await loadInstances(records, clock.now()));
      const blind = [...state.incidents.values()].find(({ rule }) => rule === "controller_blind");
      if (blind) {
        state = { ...state, blind: { since: blind.since } };
        needs.blind(blind.since);
      }
      for (const { id } of needs.devices()) dirty.add(id);
      // Removed while this was not running: their incidents end.
      for (const { members } of state.incidents.values()) for (const id of members.keys()) dirty.add(id);
      cancels = [
        clock.every(alertBounds.tickMs, supervised("a turn of the incidents failed", turn)),
        clock.every(alertBounds.selfCheckMs, supervised("the self-check failed", check)),
      ];
    },
    async stop(): Promise<void> {
      for (const cancel of cancels) cancel();
      await running;
    },
    /** Something about this device is other than before. */
    deviceChanged: (id: string): void => void dirty.add(id),
    /** One turn now; the clock does it every second. */
    turn,
    ...people,
    /** Those that are open now. */
    open: (): Iterable<Incident> => state.incidents.values(),
    counts: (): Record<string, number> => ({ ...counts, open: state.incidents.size, waiting: state.waiting.size }),
    /** The last turn that was written. */
    decidedAt: (): number => decidedAt,
    blindSince: (): number | null => state.blind?.since ?? null,
  };
}
export type Alerts = ReturnType<typeof createAlerts>;

/** Whoever may be other than before this turn. */
const devicesIn = (events: readonly AlertEvent[], steps: readonly Step[]): Set<string> =>
  new Set([
    ...events.flatMap((event) => (event.kind === "device" ? [event.id] : [])),
    ...steps.flatMap(({ members }) => members.map(({ device }) => device)),
  ]);

const isOpened = ({ events }: Step): boolean => events.some(({ kind }) => kind === "opened");

const endsFirst = (a: Step, b: Step): number =>
  Number(a.incident.state === "open") - Number(b.incident.state === "open");
