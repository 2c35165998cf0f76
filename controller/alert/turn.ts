import { type Flapping, stillKnown } from "./flap.ts";
import { type Incident, isLoss, type Member, type NoticeKind } from "./incident.ts";
import type { AlertLimits } from "./limits.ts";
import type { AlertState, Answer, Place, Waiting, Watched } from "./state.ts";

/** What became of one incident in one turn: to be written, and perhaps to be told. */
export interface Step {
  incident: Incident;
  tell: NoticeKind | null;
  /** Only these channels hear of it; absent: all that have to. */
  channels?: readonly string[];
  /** For its history; "" says all that there is to say. */
  events: { kind: string; text: string }[];
  /** Members that are new or other than before. */
  members: Member[];
}

/** One run of the decision: copies of the state that may be changed, gone when it ends. */
export interface Turn {
  now: number;
  limits: AlertLimits;
  newId(): string;
  devices: Map<string, Watched>;
  places: Map<string, Place>;
  waiting: Map<string, Waiting>;
  probes: { devices: Map<string, Answer>; lines: Map<string, Answer> };
  incidents: Map<string, Incident>;
  selfCheck: AlertState["selfCheck"];
  blind: AlertState["blind"];
  store: AlertState["store"];
  ended: Map<string, number>;
  flaps: Map<string, Flapping>;
  mutes: AlertState["mutes"];
  policy: AlertState["policy"];
  /** The open incident that a device is down in. */
  memberOf: Map<string, string>;
  steps: Map<string, Step>;
  /** Devices by site, made when first asked for. */
  bySite: Map<string, Watched[]> | null;
  /** Devices directly behind another, made when first asked for. */
  children: Map<string, Watched[]> | null;
}

export function begin(state: AlertState, now: number, limits: AlertLimits, newId: () => string): Turn {
  const memberOf = new Map<string, string>();
  for (const incident of state.incidents.values()) {
    if (!isLoss(incident.rule)) continue;
    for (const { device, state: is } of incident.members.values()) if (is === "down") memberOf.set(device, incident.id);
  }
  return {
    now,
    limits,
    newId,
    devices: new Map(state.devices),
    places: new Map(state.places),
    waiting: new Map(state.waiting),
    probes: { devices: new Map(state.probes.devices), lines: new Map(state.probes.lines) },
    incidents: new Map(state.incidents),
    selfCheck: state.selfCheck,
    blind: state.blind,
    store: state.store,
    ended: new Map([...state.ended].filter(([, at]) => now - at < limits.groupIntervalMs)),
    flaps: state.flaps.size === 0 ? new Map() : stillKnown(state.flaps, now),
    mutes: state.mutes,
    policy: state.policy,
    memberOf,
    steps: new Map(),
    bySite: null,
    children: null,
  };
}

export const end = (turn: Turn): AlertState => ({
  devices: turn.devices,
  places: turn.places,
  waiting: turn.waiting,
  probes: turn.probes,
  incidents: new Map([...turn.incidents].filter(([, incident]) => incident.state === "open")),
  selfCheck: turn.selfCheck,
  blind: turn.blind,
  store: turn.store,
  ended: turn.ended,
  flaps: turn.flaps,
  mutes: turn.mutes,
  policy: turn.policy,
});

/** An incident as it is from now on. */
export function put(turn: Turn, incident: Incident): Step {
  turn.incidents.set(incident.id, incident);
  const step = turn.steps.get(incident.id) ?? { incident, tell: null, events: [], members: [] };
  step.incident = incident;
  turn.steps.set(incident.id, step);
  return step;
}

export const note = (step: Step, kind: string, text = ""): void => void step.events.push({ kind, text });

/** A member as it is from now on. */
export function putMember(turn: Turn, id: string, member: Member): void {
  const incident = turn.incidents.get(id);
  if (!incident) return;
  const mine = turn.steps.get(id);
  // One copy of the members a turn: thousands may change in one.
  const members =
    mine && mine.members.length > 0 ? (incident.members as Map<string, Member>) : new Map(incident.members);
  members.set(member.device, member);
  const step = put(turn, { ...incident, members });
  step.members.push(member);
  if (!isLoss(incident.rule)) return;
  if (member.state === "down") turn.memberOf.set(member.device, id);
  else if (turn.memberOf.get(member.device) === id) turn.memberOf.delete(member.device);
}

export function at(turn: Turn, site: string): readonly Watched[] {
  turn.bySite ??= grouped(turn, (device) => [device.site]);
  return turn.bySite.get(site) ?? [];
}

/** All that are behind this device, however far. */
export function behind(turn: Turn, id: string): Watched[] {
  turn.children ??= grouped(turn, (device) => new Set(device.parents.flat()));
  const found = new Map<string, Watched>();
  for (let level = [id]; level.length > 0; ) {
    const next = level.flatMap((one) => turn.children?.get(one) ?? []).filter((one) => !found.has(one.id));
    for (const one of next) found.set(one.id, one);
    level = next.map((one) => one.id);
  }
  found.delete(id);
  return [...found.values()];
}

function grouped({ devices }: Turn, keysOf: (device: Watched) => Iterable<string>): Map<string, Watched[]> {
  const groups = new Map<string, Watched[]>();
  for (const device of devices.values()) {
    for (const key of keysOf(device)) {
      const group = groups.get(key);
      if (group) group.push(device);
      else groups.set(key, [device]);
    }
  }
  return groups;
}

export const rootKey = ({ rule, root }: Pick<Incident, "rule" | "root">): string => `${rule} ${root.type} ${root.id}`;

/** At most one is open for a rule and a root. */
export const openOf = (turn: Turn, rule: string, root: Incident["root"]): Incident | undefined =>
  [...turn.incidents.values()].find(
    (one) => one.state === "open" && one.rule === rule && one.root.type === root.type && one.root.id === root.id,
  );

export const isOpen = (turn: Turn, site: string): boolean => turn.places.get(site)?.open ?? true;

/** Notices say nothing of what is muted, nor of devices while nobody expects them or nobody can see them. */
export const mayTell = (turn: Turn, incident: Incident): boolean =>
  incident.muted === null &&
  (incident.root.type === "controller" || (turn.blind === null && isOpen(turn, incident.site ?? "")));
