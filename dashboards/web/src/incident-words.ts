/** What people read of incidents and their notices. Pure. */
export type Severity = "critical" | "major" | "warning" | "info";

/** Worst first. */
export const severities: readonly Severity[] = ["critical", "major", "warning", "info"];

export const severityWords: Record<Severity, { short: string; long: string }> = {
  critical: { short: "P1", long: "critical" },
  major: { short: "P2", long: "major" },
  warning: { short: "P3", long: "warning" },
  info: { short: "P4", long: "info" },
};

export const incidentStates: Record<"open" | "resolved" | "closed", { mark: string; word: string; look: string }> = {
  open: { mark: "■", word: "open", look: "offline" },
  resolved: { mark: "●", word: "resolved", look: "online" },
  closed: { mark: "○", word: "closed", look: "awaiting" },
};

export const memberStates: Record<"down" | "back" | "gone" | "left", { mark: string; word: string; look: string }> = {
  down: { mark: "■", word: "offline", look: "offline" },
  back: { mark: "●", word: "back", look: "online" },
  gone: { mark: "○", word: "removed or moved", look: "awaiting" },
  left: { mark: "■", word: "still offline, in an incident of its own", look: "offline" },
};

/** Its devices are silent, rather than bad in some way. */
export const isLoss = (rule: string): boolean => ["device_down", "agent_down", "site_unreachable"].includes(rule);

const noticeWords: Record<string, string> = {
  opened: "the beginning",
  updated: "how it grew",
  resolved: "the end",
  closed: "that it was closed",
};

export interface ToldWords {
  name: string | null;
  kind: string;
  outcome: string;
  attempts: number;
  answer: string | null;
  /** What it waits for: retry, digest, overflow or mute. */
  waitsFor?: string | undefined;
  /** The channel that could not be told it. */
  insteadOf?: string | undefined;
}

const waitWords: Record<string, string> = {
  digest: "with the next digest",
  overflow: "in one message with others: it takes only so many a minute",
  mute: "when it is no longer muted, if it still lasts",
};

/** "Duty mail was told the beginning." */
export function noticeSentence(told: ToldWords): { good: boolean; text: string } {
  const who = told.name ?? "A channel that was removed since";
  const what = noticeWords[told.kind] ?? told.kind;
  const words = told.answer ? ` (${told.answer})` : "";
  switch (told.outcome) {
    case "sent": {
      const instead = told.insteadOf === undefined ? "" : ", because another channel could not be";
      return { good: true, text: `${who} was told ${what}${instead}${words}.` };
    }
    case "skipped":
      return { good: true, text: `${who} was not told ${what}${words}.` };
    case "merged":
      return { good: true, text: `${who} was told ${what} together with a later notice.` };
    case "withdrawn":
      return { good: true, text: `${who} was not told ${what}: ${told.answer ?? "nobody needed it any more"}.` };
    case "dead":
      return { good: false, text: `${who} could not be told ${what}${words}. It is not tried again.` };
    default: {
      const wait = waitWords[told.waitsFor ?? ""];
      if (wait !== undefined) return { good: true, text: `${who} is told ${what} ${wait}.` };
      if (told.attempts === 0) return { good: true, text: `${who} is about to be told ${what}.` };
      return { good: false, text: `${who} could not be told ${what} yet${words}. It is tried again.` };
    }
  }
}

/** In one line: who was told of the beginning, who could not be. */
export function toldSentence(told: readonly ToldWords[]): { good: boolean; text: string } {
  const opened = told.filter(({ kind }) => kind === "opened");
  if (opened.length === 0) return { good: true, text: "Nobody was told." };
  const name = (one: ToldWords) => one.name ?? "a removed channel";
  const sent = opened.filter(({ outcome }) => outcome === "sent" || outcome === "merged").map(name);
  const failed = told.filter(({ outcome, attempts }) => outcome === "dead" || (outcome === "waiting" && attempts > 0));
  const waiting = opened.filter(({ outcome, attempts }) => outcome === "waiting" && attempts === 0).map(name);
  const parts = [
    sent.length > 0 ? `Told: ${sent.join(", ")}.` : "",
    waiting.length > 0 ? `About to be told: ${waiting.join(", ")}.` : "",
    failed.length > 0 ? `Could not be told: ${[...new Set(failed.map(name))].join(", ")}.` : "",
  ];
  return { good: failed.length === 0, text: parts.filter(Boolean).join(" ") || "Nobody was told." };
}
