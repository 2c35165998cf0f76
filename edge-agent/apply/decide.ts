import type { ConfigReported } from "#wire";
import { type ApplyState, type Document, inForce, summaryOf, type Tried } from "./state.ts";

/** One revision is tried so often, counted on flash. */
export const mostAttempts = 3;
/** How long a trial may last; outside of it the push is rejected, not bent. */
export const trialBounds = { leastMs: 10_000, mostMs: 600_000 } as const;
/** `trying` is said again so often until it is answered. */
export const repeatMs = 5_000;

/** A verified body that came down. `problems`: of the schema and the device's own limits; empty: it can be applied. */
export interface Desired {
  revision: number;
  hash: string;
  trialMs: number;
  document: Document;
  files: { path: string; hash: string }[];
  problems: ConfigReported["problems"];
}

/** State on flash, and what only this run knows. `at` and `now` are on the monotonic clock. */
export interface ApplyRun {
  kept: ApplyState;
  /** Of the connection that stands or stood last. */
  session: number;
  /** When the trial ends by itself; its first connection is one after `after`. `failure`: of the last dial in it. */
  trial: { until: number; after: number; saidAt: number | null; failure: string | null } | null;
  /** Came during a trial; the newest only. */
  waiting: Desired | null;
}

export type ApplyEvent =
  /** First, with what flash had. */
  | { kind: "started" }
  | { kind: "desired"; desired: Desired }
  | { kind: "confirm"; revision: number; attempt: number; session: number }
  /** A connection stands and has given birth. */
  | { kind: "opened"; session: number }
  /** A dial came to nothing. */
  | { kind: "failed"; why: string }
  | { kind: "tick" }
  /** The files of a trial could not be put in place, and are as they were: it never began. */
  | { kind: "unusable"; why: string }
  /** Flash did not take a trial: it never began. `working`: by what the device works until now. */
  | { kind: "unsaved"; why: string; working: Document };

export type Report = Omit<ConfigReported, "v" | "at" | "session">;

export type ApplyEffect =
  /** State to flash. Always the first: nothing else may happen before it is there. */
  | { kind: "save" }
  /** Works by this document from now on. */
  | { kind: "use"; document: Document }
  /** Closes the session and dials anew. */
  | { kind: "redial" }
  | { kind: "report"; report: Report }
  /** What came down changes nothing. Anybody can send an old body again, so this is not said without end. */
  | { kind: "refuse"; report: Report };

export interface Step {
  run: ApplyRun;
  effects: ApplyEffect[];
}

/** (state, event, now) → state and effects, in order (DESIGN §4, promise 3). Pure. */
export function decide(run: ApplyRun, event: ApplyEvent, now: number): Step {
  switch (event.kind) {
    case "started":
      return started(run);
    case "desired":
      return desired(run, event.desired, now);
    case "confirm":
      return confirm(run, event, now);
    case "opened": {
      const opened = { ...run, session: event.session };
      if (isOnNewLine(opened)) return say({ ...opened, trial: run.trial && { ...run.trial, saidAt: now } });
      // During a trial the old connection has nothing to say about it.
      return run.kept.trial || run.kept.applied.revision + (run.kept.tried?.revision ?? 0) === 0
        ? { run: opened, effects: [] }
        : say(opened);
    }
    case "failed":
      return { run: run.trial ? { ...run, trial: { ...run.trial, failure: event.why } } : run, effects: [] };
    case "tick":
      return tick(run, now);
    case "unusable":
      return unusable(run, event.why, now);
    case "unsaved": {
      if (!run.kept.trial) return { run, effects: [] };
      const { revision, hash, attempt } = run.kept.trial;
      const problems = [problem("", `it could not be written to this device's memory: ${event.why}`)];
      const tried: Tried = { revision, hash, attempt, state: "rejected", cause: "check-failed", problems };
      const told = say({ ...run, trial: null, kept: { ...run.kept, trial: null, tried } });
      // The trial before it ended in the same step: that end is not to be lost with the beginning.
      const { document } = run.kept.applied;
      const effects: ApplyEffect[] = event.working === document ? [] : [{ kind: "use", document }, { kind: "redial" }];
      return { ...told, effects: [...effects, ...told.effects] };
    }
  }
}

/** When the next tick is due, on the monotonic clock; null: none is. */
export function nextTick({ trial }: ApplyRun): number | null {
  if (!trial) return null;
  return trial.saidAt === null ? trial.until : Math.min(trial.until, trial.saidAt + repeatMs);
}

function unusable(run: ApplyRun, why: string, now: number): Step {
  if (!run.kept.trial) return { run, effects: [] };
  const { revision, hash, attempt } = run.kept.trial;
  const problems = [problem("files", why)];
  const tried: Tried = { revision, hash, attempt, state: "rejected", cause: "check-failed", problems };
  const told = say({ ...run, trial: null, kept: { ...run.kept, trial: null, tried } });
  return next({ ...told, effects: [{ kind: "save" }, ...told.effects] }, now);
}

/** A trial on flash at a start: agent or device ended in the middle of it. */
function started(run: ApplyRun): Step {
  if (!run.kept.trial) return { run, effects: [] };
  const message = "the agent or the device restarted before the controller could confirm it";
  return { run: { ...run, kept: back(run.kept, "power", message) }, effects: [{ kind: "save" }] };
}

function desired(run: ApplyRun, wish: Desired, now: number): Step {
  const { applied, trial, tried } = run.kept;
  const newest = trial ?? tried ?? applied;
  if (wish.revision < newest.revision)
    return refuse(run, `revision ${wish.revision} is lower than ${newest.revision}, which was here already`);
  const known = [trial, tried, applied].find((one) => one?.revision === wish.revision);
  if (known && known.hash !== wish.hash)
    return refuse(run, `another document came with the same revision ${wish.revision}`);
  if (trial) {
    const newer = !known && wish.revision >= (run.waiting?.revision ?? 0);
    return { run: newer ? { ...run, waiting: wish } : run, effects: [] };
  }
  if (known && known === applied) return say(run);
  if (known && known === tried) {
    const again = tried.state === "reverted" && tried.cause !== "check-failed" && tried.attempt < mostAttempts;
    if (!again) return say(run);
  }
  return begin(run, wish, known && known === tried ? tried.attempt : 0, now);
}

function begin(run: ApplyRun, wish: Desired, attempts: number, now: number): Step {
  const { revision, hash, document, trialMs, files } = wish;
  const problems = [...wish.problems];
  if (trialMs < trialBounds.leastMs || trialMs > trialBounds.mostMs) {
    const allowed = `${trialBounds.leastMs} to ${trialBounds.mostMs} ms are allowed`;
    problems.push(problem("trialMs", `${trialMs} ms; ${allowed}`));
  }
  const attempt = attempts + 1;
  if (problems.length > 0) {
    const tried: Tried = { revision, hash, attempt, state: "rejected", problems };
    const rejected = say({ ...run, kept: { ...run.kept, tried } });
    return { ...rejected, effects: [{ kind: "save" }, ...rejected.effects] };
  }
  return {
    run: {
      ...run,
      kept: { ...run.kept, tried: null, trial: { revision, hash, document, attempt, trialMs, files } },
      trial: { until: now + trialMs, after: run.session, saidAt: null, failure: null },
    },
    effects: [{ kind: "save" }, { kind: "use", document }, { kind: "redial" }],
  };
}

function confirm(run: ApplyRun, said: { revision: number; attempt: number; session: number }, now: number): Step {
  const { trial } = run.kept;
  const ofThis =
    trial && isOnNewLine(run) && said.revision === trial.revision && said.attempt === trial.attempt
      ? said.session === run.session
      : false;
  if (!trial || !ofThis) return { run, effects: [] };
  const { revision, hash, document, attempt, files } = trial;
  const kept: ApplyState = {
    ...run.kept,
    applied: { revision, hash, document, attempt, files },
    trial: null,
    tried: null,
  };
  const done = say({ ...run, kept, trial: null });
  return next({ ...done, effects: [{ kind: "save" }, ...done.effects] }, now);
}

function tick(run: ApplyRun, now: number): Step {
  const { trial } = run.kept;
  if (!trial || !run.trial) return { run, effects: [] };
  if (now >= run.trial.until) return revert(run, now);
  if (run.trial.saidAt === null || now < run.trial.saidAt + repeatMs) return { run, effects: [] };
  return say({ ...run, trial: { ...run.trial, saidAt: now } });
}

function revert(run: ApplyRun, now: number): Step {
  const reached = isOnNewLine(run);
  const seconds = Math.round((run.kept.trial?.trialMs ?? 0) / 1000);
  const where = addressOf(run.kept.trial?.document) ?? "the controller";
  const message = reached
    ? `${where} was reached, but it did not confirm within ${seconds} s`
    : `it could not reach ${where} within ${seconds} s${run.trial?.failure ? `: ${run.trial.failure}` : ""}`;
  const kept = back(run.kept, "unconfirmed", message);
  const effects: ApplyEffect[] = [{ kind: "save" }, { kind: "use", document: inForce(kept) }, { kind: "redial" }];
  return next({ run: { ...run, kept, trial: null }, effects }, now);
}

/** What waited for the end of a trial. */
function next(step: Step, now: number): Step {
  const { waiting } = step.run;
  if (!waiting) return step;
  const more = desired({ ...step.run, waiting: null }, waiting, now);
  // One save holds both.
  const effects = [...step.effects, ...more.effects.filter(({ kind }) => kind !== "save")];
  return { run: more.run, effects };
}

function back(kept: ApplyState, cause: NonNullable<Tried["cause"]>, message: string): ApplyState {
  if (!kept.trial) return kept;
  const { revision, hash, attempt } = kept.trial;
  const problems = [problem("", message)];
  return { ...kept, trial: null, tried: { revision, hash, attempt, state: "reverted", cause, problems } };
}

/** The connection that stands was dialled after the trial began: only that one can earn a confirmation. */
const isOnNewLine = (run: ApplyRun): boolean => run.trial !== null && run.session > run.trial.after;

/** Where the device is now. */
const say = (run: ApplyRun): Step => ({ run, effects: [{ kind: "report", report: standing(run.kept) }] });

/** How configuration stands, as it is reported. */
export function standing(kept: ApplyState): Report {
  const { applied, trial, tried } = kept;
  const { attempt } = trial ?? tried ?? applied;
  const cause = trial || tried?.cause === undefined ? {} : { cause: tried.cause };
  const problems = trial ? [] : (tried?.problems ?? []);
  return { ...summaryOf(kept), attempt, ...cause, problems };
}

/** Cut to what a report can carry and flash is read back with: an address alone may be longer. */
export const problem = (path: string, message: string) => ({ path, message: message.slice(0, longestMessage) });
const longestMessage = 250;

/** A refusal names what is in force, which can't be rejected any more: so it is never taken for an outcome. */
function refuse(run: ApplyRun, message: string): Step {
  return { run, effects: [{ kind: "refuse", report: refusal(run.kept, problem("revision", message)) }] };
}

export function refusal({ applied }: ApplyState, why: { path: string; message: string }, cause?: "signature"): Report {
  const { revision, hash, attempt } = applied;
  return { revision, hash, state: "rejected", attempt, problems: [why], ...(cause ? { cause } : {}) };
}

function addressOf(document: Document | undefined): string | undefined {
  const agent = document?.["agent"] as { controller?: unknown } | undefined;
  return typeof agent?.controller === "string" ? agent.controller : undefined;
}
