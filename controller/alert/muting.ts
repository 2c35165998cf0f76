import type { Incident } from "./incident.ts";
import { type Muted, muteOf } from "./mute/hold.ts";
import { clockTime } from "./times.ts";
import { note, put, type Turn } from "./turn.ts";

/** Which incidents are held back from now on, and which no longer. Their state and history go on. */
export function judgeMutes(turn: Turn): void {
  const { now, limits, mutes } = turn;
  for (const incident of turn.incidents.values()) {
    if (incident.state !== "open" || (mutes.length === 0 && incident.muted === null)) continue;
    const muted = muteOf(mutes, incident, { now, settleMs: limits.settleMs });
    if (isSame(muted, incident.muted)) continue;
    const step = put(turn, { ...incident, muted });
    if (muted === null) note(step, "unmuted");
    else note(step, "muted", wordsOf(muted, incident, now));
  }
}

const isSame = (a: Muted | null, b: Muted | null): boolean =>
  a === b || (a !== null && b !== null && a.id === b.id && a.until === b.until && a.why === b.why);

const names = { maintenance: "Maintenance", silence: "Silence" } as const;

const wordsOf = ({ by, who, until, why }: Muted, { facts }: Incident, now: number): string =>
  `${names[by]} by ${who}${until > now ? " until" : ", over since"} ${clockTime(until, now, facts.timeZone)}: ${why}`;
