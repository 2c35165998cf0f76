import { decide } from "../../../controller/alert/decide.ts";
import type { Policy } from "../../../controller/alert/escalation/run.ts";
import type { Incident } from "../../../controller/alert/incident.ts";
import { type AlertLimits, alertLimits } from "../../../controller/alert/limits.ts";
import type { Mute } from "../../../controller/alert/mute/hold.ts";
import { sentenceOf } from "../../../controller/alert/sentence.ts";
import { type AlertEvent, type AlertState, nothing, type Watched } from "../../../controller/alert/state.ts";
import type { Step } from "../../../controller/alert/turn.ts";

export const noon = Date.UTC(2026, 5, 1, 12);

/** The decision with a clock in hand: sites of devices, and everything that was told. */
export function town(sites: Record<string, number>, over: Partial<AlertLimits> = {}) {
  const limits: AlertLimits = { ...alertLimits, ...over };
  let now = noon;
  let ids = 0;
  let state: AlertState = nothing;
  const told: string[] = [];
  let mutes: readonly Mute[] = [];
  let policy: Policy | null = null;
  const steps: Step[] = [];
  const devices = new Map<string, Watched>();
  const silent = new Map<string, number>();
  const one = (id: string, site: string): Watched => ({
    id,
    name: `Demo ${id}`,
    site,
    state: "up",
    since: now - 3_600_000,
    lastSeenAt: now,
    stopped: false,
    boot: "boot-a",
    intervalMs: 10_000,
    parents: [],
  });

  function run(events: AlertEvent[] = []): Step[] {
    const next = decide(state, events, now, limits, () => `incident_${++ids}`);
    state = next.state;
    steps.push(...next.steps);
    for (const { incident, tell } of next.steps) if (tell) told.push(`${tell} ${incident.rule} ${incident.root.id}`);
    return next.steps;
  }
  const put = (ids: readonly string[], change: (was: Watched) => Partial<Watched>): Step[] =>
    run(
      ids.map((id) => {
        const was = devices.get(id);
        if (!was) throw new Error(`no ${id}`);
        const is = { ...was, ...change(was) };
        devices.set(id, is);
        return { kind: "device", id, is };
      }),
    );

  const first: AlertEvent[] = [];
  for (const [site, many] of Object.entries(sites)) {
    if (site)
      first.push({
        kind: "place",
        id: site,
        is: { id: site, name: `Site ${site}`, timeZone: "Europe/London", open: true },
      });
    for (let i = 0; i < many; i++) {
      const device = one(`${site || "none"}-${i}`, site);
      devices.set(device.id, device);
      first.push({ kind: "device", id: device.id, is: device });
    }
  }
  run(first);

  return {
    told,
    steps,
    limits,
    now: () => now,
    state: () => state,
    of: (site: string) => [...devices.keys()].filter((id) => devices.get(id)?.site === site),
    run,
    /** Seconds pass, a turn each. Who is silent is lost ten seconds after it began to be checked. */
    pass(seconds: number): void {
      for (let i = 0; i < seconds; i++) {
        now += 1_000;
        const lost = [...silent].filter(([, at]) => now >= at + 10_000).map(([id]) => id);
        for (const id of lost) silent.delete(id);
        const gone = lost.filter((id) => devices.get(id)?.state === "checking");
        if (gone.length > 0) put(gone, () => ({ state: "down", since: now, stopped: false }));
        else run();
      }
    },
    /** As presence has it: checked from now on, then lost. */
    silence(ids: readonly string[]): void {
      for (const id of ids) silent.set(id, now);
      put(ids, () => ({ state: "checking", since: now }));
    },
    jump(ms: number): void {
      now += ms;
    },
    lose: (ids: readonly string[], stopped = false) => put(ids, () => ({ state: "down", since: now, stopped })),
    check: (ids: readonly string[]) => put(ids, () => ({ state: "checking", since: now })),
    back: (ids: readonly string[], boot = "boot-a") =>
      put(ids, () => ({ state: "up", since: now, lastSeenAt: now, boot, stopped: false })),
    become: (ids: readonly string[], is: Watched["state"]) => put(ids, () => ({ state: is, since: now })),
    move: (ids: readonly string[], site: string) => put(ids, () => ({ site })),
    /** They are behind these groups of devices. */
    hang: (ids: readonly string[], parents: readonly (readonly string[])[]) => put(ids, () => ({ parents })),
    /** Where their cables were last seen. */
    plug: (ids: readonly string[], plug: Watched["plug"]) => put(ids, () => ({ plug: plug ?? null })),
    /** They were asked whether they are there. */
    ask: (ids: readonly string[], answers: boolean) =>
      run(ids.map((id) => ({ kind: "probe", of: "devices", id, is: { answers, at: now } }))),
    askLine: (site: string, answers: boolean) =>
      run([{ kind: "probe", of: "lines", id: site, is: { answers, at: now } }]),
    remove(ids: readonly string[]): void {
      for (const id of ids) devices.delete(id);
      run(ids.map((id) => ({ kind: "device", id, is: null })));
    },
    hours: (site: string, open: boolean) =>
      run([{ kind: "place", id: site, is: { id: site, name: `Site ${site}`, timeZone: "Europe/London", open } }]),
    /** From now on these hold notices back. */
    mute(are: readonly Mute[]): Step[] {
      mutes = are;
      return run([{ kind: "mutes", are }]);
    },
    escalate(is: Policy | null): Step[] {
      policy = is;
      return run([{ kind: "policy", is }]);
    },
    /** What a person does between two turns. */
    byHand(id: string, change: (incident: Incident) => Incident): void {
      const incident = state.incidents.get(id);
      if (!incident) throw new Error(`${id} is not open`);
      state = { ...state, incidents: new Map(state.incidents).set(id, change(incident)) };
    },
    /** The process ends and another one starts from the records: open incidents, and the devices as presence has them. */
    restart(): void {
      const { incidents, blind } = state;
      state = { ...nothing, incidents, blind };
      const places = Object.keys(sites)
        .filter(Boolean)
        .map(
          (id): AlertEvent => ({
            kind: "place",
            id,
            is: { id, name: `Site ${id}`, timeZone: "Europe/London", open: true },
          }),
        );
      const all = [...devices.values()].map((is): AlertEvent => ({ kind: "device", id: is.id, is }));
      run([{ kind: "mutes", are: mutes }, { kind: "policy", is: policy }, ...places, ...all]);
    },
    open: () => [...state.incidents.values()],
    sentences: () =>
      steps
        .filter(({ tell }) => tell !== null)
        .map(({ incident }) =>
          sentenceOf(
            { ...incident, left: [...incident.members.values()].filter((one) => one.state === "left").length },
            now,
          ),
        ),
  };
}
export type Town = ReturnType<typeof town>;
