import type { Escalation, EscalationWish } from "./api.ts";
import { msOf, textOf } from "./duration-text.ts";
import type { Severity } from "./incident-words.ts";
import { addDays, instantAt } from "./zoned.ts";

/** Who is told when, as a person types it. */
export interface EscalationDraft {
  severities: readonly Severity[];
  steps: readonly StepDraft[];
  againAfter: string;
  rota: RotaDraft | null;
}
export interface StepDraft {
  after: string;
  channels: readonly string[];
  rota: boolean;
  /** "": told once. */
  repeat: string;
}
export interface RotaDraft {
  timeZone: string;
  from: string;
  weeks: readonly { who: string; channels: readonly string[] }[];
}
type Policy = Escalation["policy"];

export function escalationDraftOf(policy: Partial<Policy> & Pick<Policy, "steps">): EscalationDraft {
  const { severities = ["critical", "major"], steps, againAfterMs = 1_800_000, rota = null } = policy;
  return {
    severities,
    steps: steps.map((one) => ({
      after: textOf(one.afterMs),
      channels: one.channels,
      rota: one.rota,
      repeat: one.repeatEveryMs ? textOf(one.repeatEveryMs) : "",
    })),
    againAfter: textOf(againAfterMs),
    rota,
  };
}

/** What is not right yet is sent as it is, and answered with where and what is allowed. */
export const policyOf = ({ severities, steps, againAfter, rota }: EscalationDraft): EscalationWish => ({
  severities: [...severities],
  steps: steps.map((one, i) => ({
    afterMs: i === 0 ? 0 : msOf(one.after),
    channels: [...one.channels],
    rota: one.rota && rota !== null,
    repeatEveryMs: one.repeat === "" ? null : msOf(one.repeat),
  })),
  againAfterMs: msOf(againAfter),
  rota: rota && {
    ...rota,
    weeks: rota.weeks.map(({ who, channels }) => ({ who: who.trim(), channels: [...channels] })),
  },
});

/** The next step is the last: a group's, not one person's. */
export const newStep = (before: StepDraft | undefined): StepDraft => ({
  after: before ? textOf(msOf(before.after) + 900_000 || 900_000) : "0s",
  channels: [],
  rota: false,
  repeat: "",
});

const weekMs = 7 * 86_400_000;

/** Whose week it is now and next, by the clocks of the rota; what is not right yet has none. */
export function turnsOf(rota: RotaDraft, now: number, many: number): { who: string; from: number; to: number }[] {
  const first = instantAt(rota.from, rota.timeZone);
  if (first === null || rota.weeks.length === 0) return [];
  const day = rota.from.slice(0, 10);
  const begin = (week: number) =>
    instantAt(`${addDays(day, 7 * week)}${rota.from.slice(10)}`, rota.timeZone) ?? first + week * weekMs;
  let week = Math.floor((now - first) / weekMs);
  // The clocks may have changed since the first.
  if (begin(week) > now) week--;
  if (begin(week + 1) <= now) week++;
  return Array.from({ length: many }, (_, i) => {
    const turn = (((week + i) % rota.weeks.length) + rota.weeks.length) % rota.weeks.length;
    return { who: rota.weeks[turn]?.who ?? "", from: begin(week + i), to: begin(week + i + 1) };
  });
}
