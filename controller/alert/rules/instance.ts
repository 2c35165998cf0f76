/** The life of one rule on one series of one device (ALERTING §1.2). Pure. */

/** `good`: beyond the clear threshold · `bad`: beyond the raise threshold · `between`: neither. */
export type Verdict = "good" | "between" | "bad";

export interface Instance {
  state: "ok" | "pending" | "firing" | "clearing";
  /** When that state began: the `at` of the sample. */
  since: number;
  /** Bad samples in a row, or while pending. */
  samples: number;
  /** When it became bad; null while it is ok. */
  badSince: number | null;
  /** The last samples, newest in bit 0: 1 is bad. */
  duty: number;
  flap: Flap;
}

/** Two numbers, whatever the interval: see ALERTING §1.6. */
export interface Flap {
  score: number;
  at: number;
  flapping: boolean;
}

export interface InstanceRule {
  forMs: number;
  clearForMs: number;
  samples: number;
  duty: { bad: number; of: number } | null;
}

/** resolved: `at` is when it became good. blip: bad, and good again before it counted. */
export type Transition = { kind: "fired" | "resolved" | "blip" | "relapsed"; at: number } | null;

export const flapLimits = { halfLifeMs: 15 * 60_000, most: 6, enter: 3.5, leave: 1 } as const;

export const ok: Instance = {
  state: "ok",
  since: 0,
  samples: 0,
  badSince: null,
  duty: 0,
  flap: { score: 0, at: 0, flapping: false },
};

/** One sample at `at`; older ones than the last must not come here. */
export function step(
  was: Instance,
  verdict: Verdict,
  at: number,
  rule: InstanceRule,
): { instance: Instance; transition: Transition } {
  const bad = rule.duty ? dutyOf(was.duty, verdict === "bad", rule.duty) : null;
  const now = bad ? bad.verdict : verdict;
  const from = bad ? { ...was, duty: bad.bits } : was;
  switch (from.state) {
    case "ok":
      return now === "bad" ? pend(from, at, rule) : still(from);
    case "pending":
      if (now === "bad") return mature({ ...from, samples: from.samples + 1 }, at, rule);
      return become(from, "ok", at, "blip");
    case "firing":
      if (now !== "good") return still(from);
      return rule.clearForMs === 0
        ? become(from, "ok", at, "resolved")
        : still({ ...from, state: "clearing", since: at });
    case "clearing":
      if (now === "bad") return become({ ...from }, "firing", at, "relapsed");
      if (now === "between") return still({ ...from, state: "firing", since: from.badSince ?? at });
      return at - from.since >= rule.clearForMs ? become(from, "ok", from.since, "resolved") : still(from);
  }
}

const still = (instance: Instance) => ({ instance, transition: null });

const pend = (from: Instance, at: number, rule: InstanceRule) =>
  mature({ ...from, state: "pending", since: at, badSince: at, samples: 1 }, at, rule);

function mature(pending: Instance, at: number, rule: InstanceRule): { instance: Instance; transition: Transition } {
  const due = at - pending.since >= rule.forMs && pending.samples >= rule.samples;
  return due ? become(pending, "firing", at, "fired") : still(pending);
}

function become(from: Instance, state: Instance["state"], at: number, kind: NonNullable<Transition>["kind"]) {
  const weight = kind === "blip" ? 0.5 : 1;
  const over = state === "ok";
  const instance: Instance = {
    ...from,
    state,
    since: at,
    samples: over ? 0 : from.samples,
    badSince: over ? null : from.badSince,
    flap: flapAfter(from.flap, at, weight),
  };
  return { instance, transition: { kind, at } };
}

/** Its score now, with `weight` for what just happened (0: nothing). */
export function flapAfter(flap: Flap, at: number, weight: number): Flap {
  const { halfLifeMs, most, enter, leave } = flapLimits;
  const decayed = flap.score * 2 ** (-Math.max(0, at - flap.at) / halfLifeMs);
  const score = Math.min(most, decayed + weight);
  return { score, at: Math.max(at, flap.at), flapping: flap.flapping ? score >= leave : score >= enter };
}

/** m of n: bad while `bad` of the last `of` are; good when none is. */
function dutyOf(bits: number, isBad: boolean, { bad, of }: { bad: number; of: number }) {
  const next = ((bits << 1) | (isBad ? 1 : 0)) & (2 ** of - 1);
  let count = 0;
  for (let left = next; left > 0; left &= left - 1) count++;
  const verdict: Verdict = count >= bad ? "bad" : count === 0 ? "good" : "between";
  return { bits: next, verdict };
}

/** Nothing of it needs to be kept. */
export const isForgettable = ({ state, flap, duty }: Instance, now: number): boolean =>
  state === "ok" && duty === 0 && flapAfter(flap, now, 0).score < 0.1;
