import type { Way } from "./proxy.ts";
import { createRandom, type Random } from "./random.ts";

/** What a spool's files look like after a power cut: the tail missing, or zeros where the file system had not written. */
export type Tear = { file: "segment" | "journal"; cut: number; zeros: number };

/** One thing that goes wrong. Times are milliseconds from the round's start. */
export type Fault = { at: number } & (
  | { kind: "kill-agent"; agent: number; backMs: number; tear: Tear | null; clock: "right" | "1970" }
  // Off-line: so that what tells of the first end is on flash only when the second comes, and may be torn off it.
  | { kind: "kill-twice"; agent: number; backMs: number; tear: Tear }
  | { kind: "stop-agent"; agent: number; backMs: number }
  | { kind: "kill-controller"; backMs: number }
  | { kind: "kill-influx"; backMs: number }
  | { kind: "freeze-influx"; forMs: number }
  | { kind: "line"; between: "agents" | "store"; way: Exclude<Way, "open">; forMs: number }
  | { kind: "full-disk"; agent: number; forMs: number }
  | { kind: "clock-jump"; agent: number; byMs: number }
);

export interface Round {
  faults: Fault[];
}

const hour = 3_600_000;

/** What goes wrong in each round: the same for the same seed. */
export function planOf(seed: number, rounds: number, agents: number): Round[] {
  const random = createRandom(seed);
  return Array.from({ length: rounds }, () => ({
    faults: Array.from({ length: random.whole(2, 5) }, () => faultOf(random, agents)).sort((a, b) => a.at - b.at),
  }));
}

function faultOf(random: Random, agents: number): Fault {
  const at = random.whole(0, 2_500);
  const agent = random.whole(0, agents - 1);
  const forMs = random.whole(200, 3_000);
  const ways: [Exclude<Way, "open">, ...Exclude<Way, "open">[]] = [
    "cut",
    "stall",
    "up-only",
    "down-only",
    "half-open",
    "slow",
  ];
  const kinds: [() => Fault, ...(() => Fault)[]] = [
    () => ({
      at,
      kind: "kill-agent",
      agent,
      backMs: random.whole(0, 1_500),
      tear: random.next() < 0.5 ? tearOf(random) : null,
      clock: "right",
    }),
    // A device without a battery for its clock: it wakes up in 1970 and learns the time from the controller.
    () => ({ at, kind: "kill-agent", agent, backMs: random.whole(0, 1_000), tear: null, clock: "1970" }),
    () => ({ at, kind: "stop-agent", agent, backMs: random.whole(0, 1_500) }),
    () => ({ at, kind: "kill-twice", agent, backMs: random.whole(0, 500), tear: tearOf(random) }),
    () => ({ at, kind: "kill-controller", backMs: random.whole(0, 1_500) }),
    () => ({ at, kind: "kill-influx", backMs: random.whole(0, 2_000) }),
    () => ({ at, kind: "freeze-influx", forMs }),
    () => ({ at, kind: "line", between: "agents", way: random.pick(ways), forMs }),
    () => ({ at, kind: "line", between: "store", way: random.pick(ways), forMs }),
    () => ({ at, kind: "full-disk", agent, forMs }),
    () => ({ at, kind: "clock-jump", agent, byMs: random.pick([-hour, -90_000, 3_000, 200_000, 2 * hour]) }),
  ];
  return random.pick(kinds)();
}

const tearOf = (random: Random): Tear => ({
  file: random.pick(["segment", "segment", "journal"]),
  cut: random.whole(0, 3_000),
  zeros: random.pick([0, 0, 512, 4_096]),
});
