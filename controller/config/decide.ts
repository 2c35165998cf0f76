import type { Birth, ConfigReported } from "#wire";
import type { Renderer } from "./render.ts";

type Summary = Birth["config"];
type Problem = { path: string; message: string };

/** A revision is tried so often, then it waits for a person. The device counts too. */
export const mostAttempts = 3;
const minuteMs = 60_000;
/** After an attempt that could not be confirmed: until the next. */
const pauseMs = (attempt: number): number => (attempt <= 1 ? 10 * minuteMs : 60 * minuteMs);
/** A heartbeat that still knows nothing of what was sent: it is sent again, at most so often. */
export const resendMs = minuteMs;

export type Outcome = "waiting" | "trying" | "applied" | "partly" | "rejected" | "reverted";

/** Where controller and device stand. Small: one a device is in memory. */
export interface ConfigState {
  /** The newest revision that a person wants; null: nothing was ever wanted from here. */
  wanted: { revision: number; hash: string; trialMs: number; rendered?: Renderer | null } | null;
  outcome: Outcome;
  outcomeAt: number | null;
  attempt: number;
  cause: string | null;
  problems: Problem[];
  /** When it is sent again by itself; null: at the next birth, or never. */
  nextAt: number | null;
  sentAt: number | null;
  /** As the device said last. */
  reported: Summary | null;
  reportedAt: number | null;
  /** The last of ours that the device confirmed: what is on it. */
  applied: { revision: number; hash: string; at: number } | null;
  /** Files that are other than the device was told to have; null: none that it knows of. */
  drift: { since: number; files: { path: string }[] } | null;
  /** Something came to the device that it did not believe; it changed nothing. */
  refusal: { at: number; message: string } | null;
  /** It has a configuration that is not from here; a person decides. */
  foreign: { revision: number; hash: string } | null;
  /** The foreign one that a person knew of when they wanted `wanted`: it may be replaced. */
  replaces: { revision: number; hash: string } | null;
}

export const untouched: ConfigState = {
  wanted: null,
  outcome: "applied",
  outcomeAt: null,
  attempt: 0,
  cause: null,
  problems: [],
  nextAt: null,
  sentAt: null,
  reported: null,
  reportedAt: null,
  applied: null,
  drift: null,
  refusal: null,
  foreign: null,
  replaces: null,
};

export type ConfigEvent =
  | { kind: "wanted"; wanted: NonNullable<ConfigState["wanted"]> }
  /** Of a birth or a heartbeat. `known`: the revision and hash are in our history. */
  | { kind: "stated"; summary: Summary; birth: boolean; known: boolean }
  /** @property current it came in the session that the device gave birth in last */
  | { kind: "reported"; report: ConfigReported; known: boolean; current: boolean }
  | { kind: "sent" }
  | { kind: "tick" };

export interface Step {
  state: ConfigState;
  /** `send`: the wanted revision; `confirm`: the trial that was reported. At once, or not at all. */
  act: "send" | { confirm: { revision: number; attempt: number; session: number } } | null;
}

/** (state, event, now) → state and what to do. Pure. A state that is the same object has not changed. */
export function decide(was: ConfigState, event: ConfigEvent, now: number): Step {
  switch (event.kind) {
    case "wanted": {
      const fresh = {
        outcome: "waiting",
        outcomeAt: null,
        attempt: 0,
        cause: null,
        problems: [],
        nextAt: null,
      } as const;
      const state = { ...was, ...fresh, problems: [], wanted: event.wanted, sentAt: null, replaces: was.foreign };
      return { state: { ...state, foreign: null }, act: "send" };
    }
    case "sent":
      // Whether it tries or not is not known before it reports; an outcome or another birth says more.
      return { state: { ...was, sentAt: now, nextAt: null, outcome: "trying", outcomeAt: now }, act: null };
    case "tick":
      return { state: was, act: was.nextAt !== null && was.nextAt <= now ? "send" : null };
    case "stated":
      return stated(was, event, now);
    case "reported":
      return reported(was, event, now);
  }
}

function stated(
  was: ConfigState,
  { summary, birth, known }: Extract<ConfigEvent, { kind: "stated" }>,
  now: number,
): Step {
  const state = same(was.reported, summary) ? was : { ...was, reported: summary, reportedAt: now };
  const { wanted } = was;
  if (isOf(summary, wanted)) {
    const cleared = state.foreign ? { ...state, foreign: null } : state;
    if (summary.state === "applied" && was.outcome !== "applied") return { state: applied(cleared, now), act: null };
    // A birth is followed by a report, which knows the cause and begins the pause. Only what was sent and never arrived
    // needs sending again.
    const lost = !birth && summary.state === "reverted" && was.outcome === "trying" && isLongAgo(was.sentAt, now);
    return { state: cleared, act: lost ? "send" : null };
  }
  if (isStranger(was, summary, known)) return { state: { ...state, foreign: pick(summary) }, act: null };
  const cleared = state.foreign ? { ...state, foreign: null } : state;
  const on = summary.state === "applied" ? onDevice(cleared, summary, now) : cleared;
  if (!wanted) return { state: on, act: null };
  // It lost what it had: a flash that was wiped.
  const waits = on.outcome === "applied" ? { ...on, outcome: "waiting" as const, outcomeAt: now } : on;
  // Between a push and its trial the device states the old one; during another trial it remembers the newest.
  return { state: waits, act: birth || isLongAgo(was.sentAt, now) ? "send" : null };
}

const isLongAgo = (at: number | null, now: number): boolean => at === null || now - at >= resendMs;

/** An earlier one of ours, or none, is what the device works by. */
function onDevice(state: ConfigState, { revision, hash }: Summary, now: number): ConfigState {
  if (isOf({ revision, hash }, state.applied)) return state;
  if (revision > 0) return { ...state, applied: { revision, hash, at: now } };
  return state.applied ? { ...state, applied: null } : state;
}

function reported(
  was: ConfigState,
  { report, known, current }: Extract<ConfigEvent, { kind: "reported" }>,
  now: number,
): Step {
  if (isRefusal(was, report)) {
    const message = report.problems[0]?.message ?? "it gave no reason";
    return { state: { ...was, refusal: { at: now, message } }, act: null };
  }
  const summary: Summary = { revision: report.revision, hash: report.hash, state: report.state };
  const base = { ...was, reported: summary, reportedAt: now, drift: driftAfter(was, report, now) };
  if (!isOf(report, was.wanted)) {
    if (isStranger(was, summary, known)) return { state: { ...base, foreign: pick(summary) }, act: null };
    return { state: report.state === "applied" ? onDevice(base, summary, now) : base, act: null };
  }
  const state = { ...base, foreign: null };
  const { revision, attempt, session } = report;
  switch (report.state) {
    case "trying":
      return {
        state: { ...state, outcome: "trying", outcomeAt: was.outcome === "trying" ? was.outcomeAt : now, attempt },
        act: current ? { confirm: { revision, attempt, session } } : null,
      };
    case "applied":
      return { state: was.outcome === "applied" ? state : applied({ ...state, attempt }, now), act: null };
    default:
      return { state: ended(state, was, report, now), act: null };
  }
}

/** A report that says nothing of it changes nothing about it. */
function driftAfter({ drift: was }: ConfigState, { drift }: ConfigReported, now: number): ConfigState["drift"] {
  if (drift === undefined) return was;
  return drift.length === 0 ? null : { since: was?.since ?? now, files: drift.map(({ path }) => ({ path })) };
}

/** So long after something was applied what was changed by hand stays: a device that changes its own files back and forth
 *  is not configured without end, and who works on it has their time. */
export const repairAfterMs = 60 * minuteMs;

export const isToRepair = ({ drift, outcome, outcomeAt, foreign }: ConfigState, now: number): boolean =>
  drift !== null && outcome === "applied" && foreign === null && now - (outcomeAt ?? 0) >= repairAfterMs;

/** Rejected, reverted or partly: by itself it is tried again only where the line or the power was at fault. */
function ended(state: ConfigState, was: ConfigState, report: ConfigReported, now: number): ConfigState {
  const outcome = report.state as Outcome;
  const { attempt, cause = null, problems } = report;
  // The same is said again after each birth: the pause runs from the first time.
  const again = was.outcome === outcome && was.attempt === attempt && was.cause === cause;
  const passing = outcome === "reverted" && (cause === "unconfirmed" || cause === "power") && attempt < mostAttempts;
  const nextAt = again ? was.nextAt : passing ? now + pauseMs(attempt) : null;
  return { ...state, outcome, outcomeAt: again ? was.outcomeAt : now, attempt, cause, problems, nextAt };
}

function applied(state: ConfigState, now: number): ConfigState {
  const { wanted } = state;
  const on = wanted ? { revision: wanted.revision, hash: wanted.hash, at: now } : state.applied;
  const done = { outcome: "applied", outcomeAt: now, cause: null, problems: [], nextAt: null, replaces: null } as const;
  return { ...state, ...done, problems: [], applied: on };
}

/** A refusal names what is in force, and what is in force can't be rejected any more; nothing of ours fails by its
 *  signature and stays our revision. */
const isRefusal = (was: ConfigState, report: ConfigReported): boolean =>
  report.cause === "signature" || (report.state === "rejected" && (report.revision === 0 || isOf(report, was.applied)));

/** Not from here, and nobody has decided to replace it. */
const isStranger = (was: ConfigState, { revision, hash }: Summary, known: boolean): boolean =>
  revision > 0 && !known && !isOf({ revision, hash }, was.replaces);

const isOf = (
  one: { revision: number; hash: string },
  other: { revision: number; hash: string } | null | undefined,
): boolean => other?.revision === one.revision && other.hash === one.hash;

const pick = ({ revision, hash }: Summary) => ({ revision, hash });
const same = (a: Summary | null, b: Summary): boolean => a !== null && isOf(a, b) && a.state === b.state;
