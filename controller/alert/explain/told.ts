import { clockTime } from "../times.ts";
import type { IncidentView, Told } from "../view.ts";

export interface ToldExplained extends Told {
  text: string;
}

const waits: Record<string, string> = {
  retry: "tried again",
  digest: "with the digest",
  overflow: "with others, for there were many at once",
  mute: "when its mute ends",
};

/** One attempt in one sentence. Pure. */
export function explainTold(told: Told, when: { now: number; timeZone: string }): ToldExplained {
  const time = (at: number): string => clockTime(at, when.now, when.timeZone);
  const name = told.name ?? "A channel that was removed since";
  const answer = told.answer === null || told.answer === "" ? "" : `: ${told.answer}`;
  const times = told.attempts > 1 ? ` after ${told.attempts} attempts` : "";
  const instead = told.insteadOf === undefined ? "" : " It stands in for another channel that could not be told.";
  return { ...told, text: `${name}, “${told.kind}”: ${outcome()}.${instead}` };

  function outcome(): string {
    switch (told.outcome) {
      case "sent":
        return `sent at ${time(told.at)}${times}${answer}`;
      case "waiting":
        return told.waitsFor === undefined || told.due === undefined
          ? `on its way since ${time(told.at)}${answer}`
          : `waits until ${time(told.due)}, then ${waits[told.waitsFor] ?? told.waitsFor}${answer}`;
      case "merged":
        return `not sent by itself, a later notice said it (${time(told.at)})${answer}`;
      case "withdrawn":
        return `taken back at ${time(told.at)} before it was sent, as nobody needed it any more${answer}`;
      case "skipped":
        return `not for this channel${answer}`;
      default:
        return `given up at ${time(told.at)}${times}${answer}`;
    }
  }
}

/** "Told to Duty and Night." or why nobody was. Pure.
 *  @param held why it is not told yet, or never was */
export function whoWasTold({ told, state }: Pick<IncidentView, "told" | "state">, held: string | null): string {
  const names = [
    ...new Set(told.filter(({ outcome }) => outcome === "sent").map(({ name }) => name ?? "a removed channel")),
  ];
  if (names.length > 0) return `Told to ${listOf(names)}.`;
  if (held !== null) return held;
  if (told.length === 0) return "Nobody was told: no channel is set up.";
  const kinds = new Set(told.map(({ outcome }) => outcome));
  if (kinds.has("waiting")) return "Nobody is told yet: the notice waits at its channels.";
  if (kinds.has("dead")) return "Nobody was told: no channel could be reached.";
  if (kinds.has("skipped")) return "Nobody was told: it is not for any of the channels.";
  return state === "open" ? "Nobody is told yet." : "Nobody was told: it was over before it was sent.";
}

const listOf = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
