import { join } from "node:path";
import { type AgentSettings, type ConfigReported, check, limits, readJson } from "#wire";
import type { Cancel, Disk, Time } from "../host/index.ts";
import { type Log, reason } from "../log.ts";
import { hashText } from "../trust/index.ts";
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
  standing,
} from "./decide.ts";
import type { FileDriver, ManagedFile } from "./drivers/files.ts";
import { createRefusals } from "./refusals.ts";
import { type ApplyState, applyState, inForce, neverPushed, summaryOf } from "./state.ts";
import { turningPoints } from "./turning.ts";
import { writeWhole } from "./whole.ts";

export { createFileDriver } from "./drivers/files.ts";

export interface ApplyNeeds {
  time: Time;
  log: Log;
  disk: Disk;
  driver: FileDriver;
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
  /** Managed files are other than they were told to be; none: they are so again. */
  drifted(files: readonly { path: string; hash: string }[]): void;
}

/** A verified `config` body. */
export interface ConfigBody {
  revision: number;
  trialMs: number;
  document: Record<string, unknown>;
  files?: ManagedFile[] | undefined;
}

export type Apply = Awaited<ReturnType<typeof openApply>>;

const stateBytes = 512 * 1024;
/** How often managed files are compared with what they were told to be. */
export const driftEveryMs = 300_000;
/** Events that wait while one is carried out; more are forgotten, and the controller sends again. */
export const mostWaiting = 32;

/** Carries out what `decide` says: configuration is tried, and confirmed or taken back. */
export async function openApply(needs: ApplyNeeds) {
  const { time, log, driver } = needs;
  const path = join(needs.dataDir, "apply.json");
  const refusals = createRefusals();
  let run: ApplyRun = { kept: await read(needs.disk, path, log), session: 0, trial: null, waiting: null };
  let link: ApplyLink | undefined;
  let timer: Cancel | undefined;
  let halted = false;
  let written = 0;
  let waiting = 0;
  let logged = "";
  let work: Promise<void> = Promise.resolve();
  let turning = false;
  /** Of the newest that came: what is not tried yet is not on flash. */
  let contents: { revision: number; files: readonly ManagedFile[] } = { revision: 0, files: [] };
  /** As it was when it was looked for last; null: there was nothing to look for. */
  let drifted: Awaited<ReturnType<FileDriver["drift"]>> | null = null;
  let cancelDrift: Cancel | undefined;

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
    const before = run.kept;
    run = step.run;
    // Until the link knows, it works by the document of the trial.
    turning = before.trial !== null;
    const why = await turn(before, run.kept);
    if (halted) return;
    if (why !== null) return carryOut({ kind: "unusable", why });
    for (const effect of step.effects) act(effect);
    turning = false;
    arm();
  }

  const failed = (error: unknown): void => log.error(`configuration: files: ${reason(error)}`);

  /** Files follow what is on flash. @returns why those of a new trial can't be put in place; null: they are, or none */
  async function turn(before: ApplyState, after: ApplyState): Promise<string | null> {
    for (const point of turningPoints(before, after)) {
      if (point === "keep") {
        await driver.keep();
        await lookForDrift();
      } else if (point === "back") await driver.back();
      else {
        const files = contents.revision === after.trial?.revision ? contents.files : [];
        const known = after.applied.files.map((one) => one.path);
        try {
          await driver.begin(after.trial?.revision ?? 0, files, known);
        } catch (error) {
          return reason(error);
        }
      }
    }
    return null;
  }

  /** Changed by hand since it was applied? @returns whether that is other than it was */
  async function lookForDrift(): Promise<boolean> {
    const { files } = run.kept.applied;
    if (halted || run.kept.trial || (files.length === 0 && drifted === null)) return false;
    const found = (await driver.drift(files)).slice(0, limits.configDrift);
    if (halted) return false;
    const isOther = JSON.stringify(found) !== JSON.stringify(drifted ?? []);
    drifted = files.length === 0 ? null : found;
    if (isOther) link?.drifted(found);
    return isOther;
  }

  function watchDrift(): void {
    cancelDrift = time.after(driftEveryMs, () => {
      work = work
        .then(async () => {
          if (await lookForDrift()) tell(standing(run.kept));
        })
        .catch((error) => log.error(`configuration: ${reason(error)}`))
        .finally(() => {
          if (!halted) watchDrift();
        });
    });
  }

  async function save(kept: ApplyState): Promise<string | undefined> {
    const text = `${JSON.stringify(kept)}\n`;
    try {
      await writeWhole(needs.disk, path, text);
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
    link?.report(report.state === "trying" || drifted === null ? report : { ...report, drift: drifted });
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

  /** With what the device's own tools say of its files. What is known already was examined when it came first. */
  async function examined(event: Extract<ApplyEvent, { kind: "desired" }>, files: readonly ManagedFile[]) {
    const { desired } = event;
    const { applied, trial, tried } = run.kept;
    if (desired.revision < (trial ?? tried ?? applied).revision) return event;
    contents = { revision: desired.revision, files };
    if (desired.revision === applied.revision || desired.revision === trial?.revision) return event;
    const problems = [...desired.problems, ...(await driver.problems(files))].slice(0, limits.configProblems);
    return { ...event, desired: { ...desired, problems } };
  }

  /** One after the other. */
  function put(event: ApplyEvent, files: readonly ManagedFile[] = []): void {
    if (waiting >= mostWaiting && event.kind === "desired") {
      log.warn("configuration: too much at once, left out");
      return;
    }
    waiting++;
    work = work
      .then(async () => {
        // What was done to it while it was away is told with the first report.
        if (event.kind === "opened") await lookForDrift();
        await carryOut(event.kind === "desired" ? await examined(event, files) : event);
      })
      .catch((error) => log.error(`configuration: ${reason(error)}`))
      .finally(() => {
        waiting--;
      });
  }

  // Before anything reads what is in force: a trial that a cut ended left its files behind.
  const since = run.kept.applied.revision;
  await driver.recover(since).catch(failed);
  await carryOut({ kind: "started" });
  watchDrift();
  return {
    /** By which the device works now: its own, and over them what was pushed. */
    settings: (): AgentSettings => settingsBy(needs.own, inForce(run.kept)),
    summary: () => summaryOf(run.kept),
    /** To flash, in this run. */
    writtenBytes: () => written,
    /** A trial is under way: what fails now may be the document's fault. */
    isTrying: (): boolean => run.kept.trial !== null || turning,
    join(to: ApplyLink): void {
      link = to;
    },
    opened: (session: number): void => put({ kind: "opened", session }),
    failed(why: string): void {
      if (run.trial) put({ kind: "failed", why });
    },
    /** @param text the exact text that was signed */
    desired(body: ConfigBody, text: string): void {
      const { revision, trialMs, document, files = [] } = body;
      const told = files.map((one) => ({ path: one.path, hash: hashText(one.text) }));
      const desired = {
        revision,
        hash: hashText(text),
        trialMs,
        document,
        files: told,
        problems: problemsOf(document),
      };
      put({ kind: "desired", desired }, files);
    },
    confirm: ({ revision, attempt, session }: { revision: number; attempt: number; session: number }): void =>
      put({ kind: "confirm", revision, attempt, session }),
    /** A body that failed its verification: told once, and nothing else happens. */
    refused(message: string): void {
      refuse(refusal(run.kept, problem("", message), "signature"));
    },
    /** What is under way is finished. */
    async stop(): Promise<void> {
      cancelDrift?.();
      timer?.();
      await work;
      halted = true;
      timer?.();
      cancelDrift?.();
    },
    /** As a power cut: what is being written is on flash, or it isn't; nothing follows from it. */
    async halt(): Promise<void> {
      halted = true;
      timer?.();
      cancelDrift?.();
      await work;
    },
  };
}

async function read(disk: Disk, path: string, log: Log): Promise<ApplyState> {
  const text = await disk.read(path);
  if (text === null) return neverPushed;
  const json = readJson(text, stateBytes);
  const checked = json.ok ? check(applyState, json.message) : json;
  if (checked.ok) return checked.message;
  // Ours alone, and written whole: only a broken flash comes here. The device's own settings still hold.
  log.error(`${path}: ${checked.problem}; it begins anew with the settings of the device itself`);
  return neverPushed;
}
