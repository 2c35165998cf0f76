import { join } from "node:path";
import { type AgentSettings, type ConfigReported, check, readJson } from "#wire";
import type { Cancel, Time } from "../host/index.ts";
import { type Log, reason } from "../log.ts";
import { hashText, readOwn, writeWhole } from "../trust/index.ts";
import { problemsOf, settingsBy } from "./check.ts";
import {
  type ApplyEffect,
  type ApplyEvent,
  type ApplyRun,
  decide,
  nextTick,
  problem,
  type Report,
  refusal,
} from "./decide.ts";
import { createRefusals } from "./refusals.ts";
import { type ApplyState, applyState, inForce, neverPushed, summaryOf } from "./state.ts";

export interface ApplyNeeds {
  time: Time;
  log: Log;
  /** `apply.json` is kept here. */
  dataDir: string;
  /** Of the device itself: what holds where the document says nothing. */
  own: AgentSettings;
}

/** What it needs once there is a link. */
export interface ApplyLink {
  use(settings: AgentSettings): void;
  redial(): void;
  report(report: Omit<ConfigReported, "v" | "at" | "session">): void;
}

/** A verified `config` body. */
export interface ConfigBody {
  revision: number;
  trialMs: number;
  document: Record<string, unknown>;
}

export type Apply = Awaited<ReturnType<typeof openApply>>;

const stateBytes = 512 * 1024;
/** Events that wait while one is carried out; more are forgotten, and the controller sends again. */
export const mostWaiting = 32;

/** Carries out what `decide` says: configuration is tried, and confirmed or taken back. */
export async function openApply(needs: ApplyNeeds) {
  const { time, log } = needs;
  const path = join(needs.dataDir, "apply.json");
  const refusals = createRefusals();
  let run: ApplyRun = { kept: await read(path, log), session: 0, trial: null, waiting: null };
  let link: ApplyLink | undefined;
  let timer: Cancel | undefined;
  let halted = false;
  let written = 0;
  let waiting = 0;
  let logged = "";
  let work: Promise<void> = Promise.resolve();

  async function carryOut(event: ApplyEvent): Promise<void> {
    if (halted) return;
    const step = decide(run, event, time.monotonic());
    const failed = step.effects.some(({ kind }) => kind === "save") ? await save(step.run.kept) : undefined;
    if (halted) return;
    if (failed !== undefined) {
      log.error(`configuration: ${path} could not be written: ${failed}`);
      // Not on flash, so it isn't applied: the trial goes on, and a later confirmation may fare better.
      if (event.kind === "confirm") return;
      const begun = step.run.kept.trial !== null && step.run.kept.trial !== run.kept.trial;
      if (begun) {
        const working = inForce(run.kept);
        run = step.run;
        return carryOut({ kind: "unsaved", why: failed, working });
      }
    }
    // Only now: nobody may hear of a state that a power cut would take back.
    run = step.run;
    for (const effect of step.effects) act(effect);
    arm();
  }

  async function save(kept: ApplyState): Promise<string | undefined> {
    const text = `${JSON.stringify(kept)}\n`;
    try {
      await writeWhole(path, text);
      written += Buffer.byteLength(text);
      return undefined;
    } catch (error) {
      return reason(error);
    }
  }

  function act(effect: ApplyEffect): void {
    if (effect.kind === "use") link?.use(settingsBy(needs.own, effect.document));
    else if (effect.kind === "redial") link?.redial();
    else if (effect.kind === "report") tell(effect.report);
    else if (effect.kind === "refuse") refuse(effect.report);
  }

  function tell(report: Report): void {
    const first = report.problems[0];
    const why = first ? `: ${first.path ? `${first.path}: ` : ""}${first.message}` : "";
    const line = `configuration ${report.revision} ${report.state}${why}`;
    // The same is asked and answered many times; it is worth one line.
    if (line !== logged) log.info(line);
    logged = line;
    link?.report(report);
  }

  function refuse(report: Report): void {
    if (refusals.worthTelling(report.problems[0]?.message ?? "", time.monotonic())) tell(report);
  }

  function arm(): void {
    timer?.();
    const at = nextTick(run);
    if (at === null) return;
    timer = time.after(Math.max(1, at - time.monotonic()), () => put({ kind: "tick" }));
  }

  /** One after the other. */
  function put(event: ApplyEvent): void {
    if (waiting >= mostWaiting && event.kind === "desired") {
      log.warn("configuration: too much at once, left out");
      return;
    }
    waiting++;
    work = work
      .then(() => carryOut(event))
      .catch((error) => log.error(`configuration: ${reason(error)}`))
      .finally(() => {
        waiting--;
      });
  }

  await carryOut({ kind: "started" });
  return {
    /** By which the device works now: its own, and over them what was pushed. */
    settings: (): AgentSettings => settingsBy(needs.own, inForce(run.kept)),
    summary: () => summaryOf(run.kept),
    /** To flash, in this run. */
    writtenBytes: () => written,
    /** A trial is under way: what fails now may be the document's fault. */
    isTrying: (): boolean => run.kept.trial !== null,
    join(to: ApplyLink): void {
      link = to;
    },
    opened: (session: number): void => put({ kind: "opened", session }),
    failed(why: string): void {
      if (run.trial) put({ kind: "failed", why });
    },
    /** @param text the exact text that was signed */
    desired({ revision, trialMs, document }: ConfigBody, text: string): void {
      const desired = { revision, hash: hashText(text), trialMs, document, problems: problemsOf(document) };
      put({ kind: "desired", desired });
    },
    confirm: ({ revision, attempt, session }: { revision: number; attempt: number; session: number }): void =>
      put({ kind: "confirm", revision, attempt, session }),
    /** A body that failed its verification: told once, and nothing else happens. */
    refused(message: string): void {
      refuse(refusal(run.kept, problem("", message), "signature"));
    },
    /** What is under way is finished. */
    async stop(): Promise<void> {
      timer?.();
      await work;
      halted = true;
      timer?.();
    },
    /** As a power cut: what is being written is on flash, or it isn't; nothing follows from it. */
    async halt(): Promise<void> {
      halted = true;
      timer?.();
      await work;
    },
  };
}

async function read(path: string, log: Log): Promise<ApplyState> {
  const text = await readOwn(path);
  if (text === undefined) return neverPushed;
  const json = readJson(text, stateBytes);
  const checked = json.ok ? check(applyState, json.message) : json;
  if (checked.ok) return checked.message;
  // Ours alone, and written whole: only a broken flash comes here. The device's own settings still hold.
  log.error(`${path}: ${checked.problem}; it begins anew with the settings of the device itself`);
  return neverPushed;
}
