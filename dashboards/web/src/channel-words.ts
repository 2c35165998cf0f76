/** What people read of channels. Pure. */
import { clockTime, count } from "./words.ts";

export const momentWords = {
  now: "at once",
  hours: "at once in working hours, else in the digest",
  digest: "in the digest",
  never: "not at all",
} as const;

type When = Readonly<Record<"critical" | "major" | "warning" | "info", keyof typeof momentWords>>;

/** "P1 at once. P2 at once in working hours, else in the digest at 08:00. P3 and P4 in the digest at 08:00." */
export function deliverySentence({ when, digestAt }: { when: When; digestAt: string }): string {
  const names = { critical: "P1", major: "P2", warning: "P3", info: "P4" } as const;
  const moments = [...new Set(Object.values(when))];
  if (moments.length === 1 && moments[0] === "now") return "Everything at once.";
  return moments
    .map((moment) => {
      const mine = (Object.keys(names) as (keyof typeof names)[]).filter((key) => when[key] === moment);
      const list = mine.map((key) => names[key]);
      const who = list.length > 1 ? `${list.slice(0, -1).join(", ")} and ${list.at(-1)}` : (list[0] ?? "");
      const at = moment === "hours" || moment === "digest" ? ` at ${digestAt}` : "";
      return `${who} ${momentWords[moment]}${at}.`;
    })
    .join(" ");
}

interface Health {
  waiting: number;
  held: number;
  heldUntil: number | null;
  dead: number;
  missed: number;
}

/** What lies with a channel; "" when nothing does. */
export function heldSentence({ waiting, held, heldUntil, dead, missed }: Health, now: number, zone: string): string {
  const onTheWay = waiting - held;
  return [
    onTheWay > 0 ? `${count(onTheWay, "notice")} on the way.` : "",
    held > 0 && heldUntil !== null
      ? `${count(held, "notice")} ${held === 1 ? "waits" : "wait"} for the digest at ${clockTime(heldUntil, now, zone)}.`
      : "",
    dead > 0 ? `${count(dead, "notice")} given up in the last 90 days.` : "",
    missed > 0
      ? `Added while ${count(missed, "incident")} ${missed === 1 ? "was" : "were"} open: it hears nothing of ${missed === 1 ? "that one" : "those"}.`
      : "",
  ]
    .filter(Boolean)
    .join(" ");
}
