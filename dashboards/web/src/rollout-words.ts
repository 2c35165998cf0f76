import { clockTime, count, duration } from "./words.ts";

/** What people read about rollouts, made from what the API says. Pure. */
export type RolloutStatus = "running" | "paused" | "halted" | "returning" | "aborted" | "done";
export type Phase = "waiting" | "pushing" | "pushed" | "done" | "failed" | "skipped";

interface Counts {
  all: number;
  waiting: number;
  away: number;
  underWay: number;
  done: number;
  failed: number;
  skipped: number;
}

export interface Rolled {
  status: RolloutStatus;
  why: string | null;
  wave: number;
  waves: number;
  counts: Counts;
  createdAt: number;
  endedAt: number | null;
}

/** Shape and word, as for a device's state. */
export const rolloutMarks: Record<RolloutStatus, { mark: string; word: string; hue: string }> = {
  running: { mark: "◐", word: "under way", hue: "suspect" },
  paused: { mark: "▲", word: "paused", hue: "maintenance" },
  halted: { mark: "■", word: "stopped by itself", hue: "offline" },
  returning: { mark: "◐", word: "going back", hue: "suspect" },
  aborted: { mark: "◇", word: "stopped", hue: "unknown" },
  done: { mark: "●", word: "done", hue: "online" },
};

/** Parts of a bar, in their order. */
export const phaseParts = [
  { key: "done", word: "took it", mark: "●" },
  { key: "underWay", word: "under way", mark: "◐" },
  { key: "failed", word: "failed", mark: "■" },
  { key: "skipped", word: "left out", mark: "◇" },
  { key: "waiting", word: "to come", mark: "○" },
] as const satisfies readonly { key: keyof Counts; word: string; mark: string }[];

export const waveName = (wave: number): string => (wave === 0 ? "Canary" : `Wave ${wave + 1}`);

/** "Wave 2 of 4: 5 of 40 devices took it. …" */
export function rolloutSentence({ status, why, wave, waves, counts }: Rolled): string {
  const took = `${counts.done} of ${count(counts.all, "device")} took it`;
  const more = why === null ? "" : ` ${upper(why)}.`;
  switch (status) {
    case "running":
      return `${waveName(wave)}, ${wave + 1} of ${waves}: ${took}.${more}`;
    case "paused":
      return `Paused in ${waveName(wave).toLowerCase()}: ${took}. Nobody new gets it; who is trying it now goes on.`;
    case "halted":
      return `Stopped by itself in ${waveName(wave).toLowerCase()}: ${took}.${more} Nobody new gets it until you decide.`;
    case "returning":
      return `Going back: ${took}, and what they had before is wanted of them again.`;
    case "aborted":
      return `Stopped. What had changed was changed back.${more}`;
    case "done":
      return `Done: ${why ?? took}.`;
  }
}

const upper = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** "began 10:42", "10:42 to 11:20 (38 min)". */
export function rolloutTimes({ createdAt, endedAt }: Rolled, now: number): string {
  if (endedAt === null) return `since ${clockTime(createdAt, now)}`;
  return `${clockTime(createdAt, now)} to ${clockTime(endedAt, now)} (${duration(endedAt - createdAt)})`;
}

export interface RolledDevice {
  phase: Phase;
  back: "asked" | "written" | null;
  why: string | null;
  isAway: boolean;
  heldBy: string | null;
}

/** How one device stands, in a few words. */
export function deviceWords({ phase, back, why, isAway, heldBy }: RolledDevice): {
  mark: string;
  hue: string;
  text: string;
} {
  const because = why === null ? "" : `: ${why}`;
  const ended = back === null ? "" : back === "asked" ? ", goes back" : ", went back";
  switch (phase) {
    case "waiting":
      return {
        mark: "○",
        hue: "awaiting",
        text: isAway ? "waits: it is away" : heldBy === null ? "to come" : `waits: ${heldBy}`,
      };
    case "pushing":
    case "pushed":
      return { mark: "◐", hue: "suspect", text: `trying it${ended}` };
    case "done":
      return { mark: "●", hue: "online", text: `took it${ended}` };
    case "failed":
      return { mark: "■", hue: "offline", text: `failed${because}${ended}` };
    case "skipped":
      return { mark: "◇", hue: "unknown", text: `left out${because}` };
  }
}

interface Group {
  devices: number;
  before: number | null;
  after: number | null;
  change: number | null;
}

/** "12.3 %", "41". */
export const amount = (value: number | null, unit: string): string =>
  value === null ? "not measured" : `${Number(value.toPrecision(3))}${unit === "" ? "" : ` ${unit}`}`;

/** "90 % before, 78 % since: -12 %". */
export const changeWords = ({ devices, before, after, change }: Group, unit: string): string =>
  devices === 0
    ? "not measured"
    : `${amount(before, unit)} before, ${amount(after, unit)} since (${count(devices, "device")}; usually ${(change ?? 0) > 0 ? "+" : ""}${amount(change, unit)})`;
