import { type HostAddress, readAddress } from "../../base/address.ts";
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import { alertBounds } from "../limits.ts";
import type { AlertEvent, AlertState } from "../state.ts";
import type { Ask } from "./ask.ts";
import { nameOf, type Target, wanted } from "./wanted.ts";

export interface ProbeNeeds {
  clock: Clock;
  log: Log;
  ask: Ask;
  /** "host" or "host:port" of a device, or of what answers at the end of a site's line; null: it cannot be asked. */
  addressOf(target: Target): string | null;
}

/** Asks what is silent whether it is there, by another way than its agent. What comes of it is news for the next turn. */
export function createProbing(needs: ProbeNeeds) {
  const { clock, log, ask } = needs;
  const askedAt = new Map<string, number>();
  const waiting: { target: Target; address: HostAddress }[] = [];
  const counts = { answered: 0, silent: 0, unknown: 0 };
  let found: AlertEvent[] = [];
  let running = 0;

  function next(): void {
    while (running < alertBounds.probesAtOnce) {
      const one = waiting.shift();
      if (!one) return;
      running++;
      void answerOf(one.address)
        .then((answers) => note(one.target, answers))
        .catch((error: unknown) => log.error("a probe failed", { error }))
        .finally(() => {
          running--;
          next();
        });
    }
  }

  /** Silent is who is so each time: one packet may be lost. */
  async function answerOf(address: HostAddress): Promise<boolean | null> {
    let answers: boolean | null = null;
    for (let tries = 0; tries < alertBounds.probeTries && answers !== true; tries++) {
      answers = await ask(address);
      if (answers === null) return null;
    }
    return answers;
  }

  function note({ of, id }: Target, answers: boolean | null): void {
    counts[answers === null ? "unknown" : answers ? "answered" : "silent"]++;
    if (answers !== null) found.push({ kind: "probe", of, id, is: { answers, at: clock.now() } });
  }

  return {
    /** After a turn: whom to ask next. Never waits. */
    look(state: AlertState): void {
      const now = clock.now();
      for (const [name, at] of askedAt) if (now - at >= alertBounds.probeEveryMs) askedAt.delete(name);
      for (const target of wanted(state, askedAt, now)) {
        askedAt.set(nameOf(target), now);
        const address = readAddress(needs.addressOf(target) ?? "");
        if (address && waiting.length < alertBounds.probesOfRound) waiting.push({ target, address });
      }
      next();
    },
    /** What was found out since the last call. */
    news(): AlertEvent[] {
      const news = found;
      found = [];
      return news;
    },
    counts: () => counts,
  };
}
export type Probing = ReturnType<typeof createProbing>;
