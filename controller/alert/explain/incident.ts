import type { Incident } from "../incident.ts";
import { isLoss } from "../incident.ts";
import { millisecondsOf } from "../rules/duration.ts";
import type { Standing } from "../rules/engine.ts";
import type { Rule } from "../rules/schema.ts";
import { clockTime, duration } from "../times.ts";
import type { IncidentView } from "../view.ts";
import { calmAt } from "./rule.ts";

export interface Timer {
  name: "since" | "for" | "opened" | "tell" | "told" | "update" | "recover" | "acknowledged" | "ended";
  at: number;
  text: string;
}

/** Something that keeps notices back. */
export interface Suppression {
  reason: string;
  /** Whose; empty: of the whole incident. */
  devices: string[];
  /** null: nobody knows, or it was for good. */
  until: number | null;
  text: string;
}

/** What is known around an incident. */
export interface Around {
  now: number;
  timeZone: string;
  /** As it is in force; null: none, or the rule is gone. */
  rule: Rule | null;
  hours: { open: boolean; changesAt: number | null };
  blindSince: number | null;
  /** Of its members. */
  standings: readonly Standing[];
}

type Row = Pick<Incident, "state" | "tellAt" | "toldAt" | "updateAt" | "recoverBy" | "cause" | "facts">;

/** The times that it went through and those that it waits for, oldest first. Pure. */
export function timersOf(view: IncidentView, row: Row, { now, timeZone, rule }: Around): Timer[] {
  const time = (at: number): string => clockTime(at, now, timeZone);
  const timers: Timer[] = [{ name: "since", at: view.since, text: `It began at ${time(view.since)}.` }];
  const add = (name: Timer["name"], at: number | null | undefined, text: (at: string) => string): void => {
    if (at !== null && at !== undefined) timers.push({ name, at, text: text(time(at)) });
  };
  const heldMs = rule ? millisecondsOf(rule.for) : 0;
  if (rule && heldMs > 0) add("for", view.since + heldMs, (at) => `It counted from ${at}, after ${duration(heldMs)}.`);
  add("opened", view.openedAt, (at) => `The incident was opened at ${at}.`);
  if (row.state === "open")
    add("tell", row.tellAt, (at) =>
      (row.tellAt ?? 0) > now
        ? `It is told at ${at}: until then others may join it.`
        : `It was due to be told at ${at}.`,
    );
  add("told", row.toldAt, (at) => `It was last handed to the channels at ${at}.`);
  add("update", row.updateAt, (at) => `That it grew is told at ${at}.`);
  if (row.state === "open")
    add("recover", row.recoverBy, (at) => `Most are back; the others have until ${at} to follow.`);
  add("acknowledged", view.ackedAt, (at) => `${view.ackedBy} took it at ${at}.`);
  add("ended", view.resolvedAt, (at) =>
    view.state === "resolved" ? `It was over at ${at}.` : `It was closed at ${at}.`,
  );
  return timers.sort((a, b) => a.at - b.at);
}

const suppressedWords: Record<string, string> = {
  topology: "part of the site's incident: no notice of their own",
};

const mutedWords = (
  { by, why, until }: { by: string; why: string; until: number | null },
  time: (at: number) => string,
): string => `Held back by a ${by} (${why})${until === null ? "" : ` until ${time(until)}`}.`;

/** Everything that kept notices back, or does. Pure. */
export function suppressionsOf(view: IncidentView, row: Row, around: Around): Suppression[] {
  const found: Suppression[] = [];
  const time = (at: number): string => clockTime(at, around.now, around.timeZone);
  const add = (reason: string, until: number | null, text: string, devices: string[] = []): void =>
    void found.push({ reason, devices, until, text });
  if (view.mutedBy) add(view.mutedBy.by, view.mutedBy.until, mutedWords(view.mutedBy, time));
  const byReason = new Map<string, IncidentView["members"]>();
  for (const member of view.members) {
    const key = `${member.suppressedBy} ${member.suppressedWhy ?? ""}`;
    if (member.suppressedBy !== undefined) byReason.set(key, [...(byReason.get(key) ?? []), member]);
  }
  for (const [first, ...more] of byReason.values()) {
    if (first?.suppressedBy === undefined) continue;
    const { suppressedBy: by, suppressedWhy: why, suppressedUntil: until = view.resolvedAt } = first;
    const many = more.length === 0 ? "1 device" : `${more.length + 1} devices`;
    const words = why === undefined ? (suppressedWords[by] ?? by) : mutedWords({ by, why, until }, time);
    const text = why === undefined ? `${many}: ${words}.` : `${many}: ${words}`;
    add(
      by,
      until,
      text,
      [first, ...more].map(({ device }) => device),
    );
  }
  if (row.cause === "folded") add("folded", null, "It became part of its site's incident, which is told instead.");
  if (row.cause === "blind") add("blind", null, "Set aside: the controller itself could not see.");
  const isOpen = row.state === "open";
  const flapping = around.standings.filter(({ rule, instance }) => rule === view.rule && instance.flap.flapping);
  if (isOpen && (row.facts.rule?.flapping || flapping.length > 0)) {
    const until = flapping.length === 0 ? null : Math.max(...flapping.map(({ instance }) => calmAt(instance.flap)));
    const when = until === null ? "when it has calmed down" : `about ${time(until)}, if it stays calm`;
    add(
      "flapping",
      until,
      `It comes and goes: told again ${when}.`,
      flapping.map(({ device }) => device),
    );
  }
  if (isOpen && view.root.type !== "controller") {
    const { open, changesAt } = around.hours;
    const until = changesAt === null ? "they begin" : time(changesAt);
    if (!open) add("hours", changesAt, `Outside the site's service hours nothing is told; until ${until}.`);
    if (around.blindSince !== null)
      add(
        "blind",
        null,
        `The controller cannot see since ${time(around.blindSince)}: nothing is told of devices until it does.`,
      );
  }
  return found;
}

/** Why nobody is told yet, or never was; null: that is up to the channels. Pure. */
export function whyHeld(
  row: Row,
  suppressions: readonly Suppression[],
  around: Pick<Around, "now" | "timeZone">,
  rule: string,
): string | null {
  if (row.toldAt !== null) return null;
  const [first] = suppressions.filter(({ devices }) => devices.length === 0);
  if (first) return `Nobody was told. ${first.text}`;
  if (row.state !== "open") return "Nobody was told: it was over before it was to be told.";
  if (row.tellAt === null) return null;
  const at = clockTime(row.tellAt, around.now, around.timeZone);
  if (row.tellAt > around.now) return `Nobody is told yet: it is due at ${at}.`;
  return isLoss(rule)
    ? `Nobody is told yet: due since ${at}, but none of its devices is down for certain now.`
    : `Nobody is told yet: due since ${at}, but the devices are silent, which is an incident of its own.`;
}
