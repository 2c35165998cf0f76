import type { Escalation } from "./escalation/run.ts";
import type { Flapping } from "./flap.ts";
import type { Muted } from "./mute/hold.ts";
import type { Plug } from "./watch.ts";

export type Severity = "critical" | "major" | "warning" | "info";

/** What the controller finds without a rule. */
export const severityOf = {
  controller_blind: "critical",
  cannot_store: "critical",
  site_unreachable: "critical",
  device_down: "major",
  agent_down: "warning",
} as const satisfies Record<string, Severity>;
export type OwnRule = keyof typeof severityOf;

/** One of those, or the id of a rule that people wrote. */
export type Rule = string;

export const own = (rule: OwnRule) => ({ rule, severity: severityOf[rule] });
export const isOwn = (rule: Rule): rule is OwnRule => Object.hasOwn(severityOf, rule);
/** Its members are silent: they say nothing else meanwhile. */
export const isLoss = (rule: Rule): boolean =>
  rule === "device_down" || rule === "agent_down" || rule === "site_unreachable";

/** Decided backwards, when a device is heard again: it had said goodbye, the same boot was up all the time, or another one
 *  restarted. Or why an incident was closed without an end of the failure. */
export type Cause = "line" | "restart" | "stopped" | "removed" | "folded" | "blind";

export type NoticeKind = "opened" | "updated" | "resolved" | "closed";

export interface Member {
  device: string;
  name: string;
  /** `gone`: removed or moved; `left`: its site is back, it is not, and has an incident of its own. */
  state: "down" | "back" | "gone" | "left";
  since: number;
  backAt: number | null;
  /** The boot that went silent, for the cause. */
  boot: string | null;
  cause: "line" | "restart" | "stopped" | null;
}

/** What its sentence is made of, as it was at the last change. */
export interface Facts {
  /** Of the device or site; "" for the controller itself. */
  name: string;
  /** Name of the site of a device; null: none. */
  place: string | null;
  timeZone: string;
  /** Of a site: devices that are offline, and those that are expected. */
  down: number;
  of: number;
  /** What else is fine: neighbours of a device, other sites of a site. */
  fine: number;
  others: number;
  /** It said goodbye. */
  stopped: boolean;
  /** In the words of whatever failed. */
  why: string;
  /** Of a loss: how often it came and went. */
  flap?: Flapping;
  /** Of a device: where its cable was last seen. */
  plug?: Plug;
  /** Of a device: others that are out of reach with it. */
  behind?: number;
  /** Of a site: whether its line answers; absent: nobody could ask. */
  line?: "answers" | "silent";
  /** Why it is told again; nobody has it. */
  again?: string;
  /** What its devices kept came afterwards and fills the time: they were up. */
  servedLocally?: boolean;
  /** Of a rule: its own words, and what it looked at where that is worst. */
  rule?: RuleFacts;
}

export interface RuleFacts {
  title: string;
  runbook?: string;
  /** "91 % (limit 80 %)", of the device that is bad the longest. */
  said: string;
  /** That device. */
  worst: string;
  /** It comes and goes: told again when it has calmed down. */
  flapping: boolean;
}

/** Somebody has it: no repeats and no escalation. */
export interface Ack {
  /** Of the person; null: from before it was kept. */
  id: string | null;
  by: string;
  at: number;
  /** null: for good. */
  until: number | null;
  /** What it was when somebody took it. */
  members: number;
  severity: Severity;
}

export interface Incident {
  id: string;
  state: "open" | "resolved" | "closed";
  rule: Rule;
  severity: Severity;
  root: { type: "device" | "site" | "controller"; id: string };
  site: string | null;
  cause: Cause | null;
  facts: Facts;
  since: number;
  openedAt: number;
  resolvedAt: number | null;
  /** Goes up with every notice. */
  generation: number;
  /** When "opened" is to be told; null: it was, or never will be. */
  tellAt: number | null;
  /** When "opened" was handed to the outbox; null: nobody knows of it. */
  toldAt: number | null;
  toldMembers: number;
  /** When the next "updated" may go out, where one is owed. */
  updateAt: number | null;
  /** Until when stragglers may follow a site that is back. */
  recoverBy: number | null;
  /** Told incidents that this one took in: they get no notice of their own any more. */
  includes: readonly string[];
  /** Why nobody is told, and until when; null: nothing holds it back. */
  muted: Muted | null;
  ack: Ack | null;
  /** Whose turn is next; null: it goes to everybody, or nobody was told yet. */
  escalation: Escalation | null;
  members: ReadonlyMap<string, Member>;
}
