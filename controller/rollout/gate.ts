import { isUnderWay } from "./choose.ts";
import type { Facts, Rollout, Touched } from "./state.ts";

export interface Count {
  all: number;
  waiting: number;
  /** Of those that wait: not here. */
  away: number;
  underWay: number;
  done: number;
  failed: number;
  skipped: number;
}

export function countOf(devices: Iterable<Touched>, isAway: Facts["isAway"], wave?: number): Count {
  const count: Count = { all: 0, waiting: 0, away: 0, underWay: 0, done: 0, failed: 0, skipped: 0 };
  for (const one of devices) {
    if (wave !== undefined && one.wave !== wave) continue;
    count.all++;
    if (isUnderWay(one)) count.underWay++;
    else if (one.phase === "waiting") {
      count.waiting++;
      if (isAway(one.id)) count.away++;
    } else if (one.phase === "done") count.done++;
    else if (one.phase === "failed") count.failed++;
    else count.skipped++;
  }
  return count;
}

/** Too many failures: the reason; null: not yet. What a person let pass does not count. Pure. */
export function tooMany({ settings, failures, forgiven }: Rollout, done: number): string | null {
  const { abort } = settings;
  const counted = failures - forgiven;
  if (counted >= abort.failures) return `${counted} ${devices(counted)} failed; it stops at ${abort.failures}`;
  const share = (100 * counted) / Math.max(1, counted + done);
  if (abort.percent !== undefined && counted > 0 && share >= abort.percent)
    return `${counted} of ${counted + done} ${devices(counted + done)} failed (${percent(share)}); it stops at ${abort.percent} %`;
  return null;
}

export type Gate =
  /** Not yet; `soakSince`: since when everybody has an outcome. */
  | { is: "closed"; soakSince: number | null; why: string }
  | { is: "compare"; soakSince: number }
  | { is: "open"; why: string }
  | { is: "worse"; why: string };

/** May the next wave begin? Devices that are away hold nobody up. Pure. */
export function gateOf(rollout: Rollout, rows: readonly Touched[], facts: Facts, now: number): Gate {
  const { wave, settings, compared, forgivenAt } = rollout;
  const { soakMs, successPercent, minimumSample } = settings.gate;
  const own = countOf(rows, facts.isAway, wave);
  const name = nameOf(wave);
  const open = own.underWay + own.waiting - own.away;
  if (open > 0) return { is: "closed", soakSince: null, why: `${name}: ${open} of ${own.all} still to come` };
  const sample = own.done + own.failed;
  const needed = Math.min(minimumSample, own.all - own.skipped);
  if (sample < needed)
    return { is: "closed", soakSince: null, why: `${name}: ${needed} outcomes are needed, ${own.away} are away` };
  const lastAt = rows.reduce((at, one) => (one.wave === wave && hasOutcome(one) ? Math.max(at, one.at) : at), 0);
  const soakSince = rollout.soakSince ?? Math.max(lastAt, sample === 0 ? now : 0);
  const counted = rows.filter((one) => one.wave === wave && one.phase === "failed" && one.at > (forgivenAt ?? -1));
  const share = (100 * own.done) / Math.max(1, own.done + counted.length);
  if (counted.length > 0 && share < successPercent) {
    const why = `${name}: ${own.done} of ${sample} took it (${percent(share)}); ${successPercent} % are needed`;
    return { is: "worse", why };
  }
  const left = soakSince + soakMs - now;
  if (left > 0 && sample > 0)
    return { is: "closed", soakSince, why: `${name} took it; watched for another ${wordsOf(left)}` };
  if (settings.compare && own.done > 0) {
    if (compared?.wave !== wave) return { is: "compare", soakSince };
    if (compared.verdict === "worse") return { is: "worse", why: `${name}: ${compared.sentence}` };
    return { is: "open", why: `${name}: ${own.done} of ${sample} took it; ${compared.sentence}` };
  }
  return {
    is: "open",
    why: sample === 0 ? `${name}: nobody to wait for` : `${name}: ${own.done} of ${sample} took it`,
  };
}

const hasOutcome = ({ phase }: Touched): boolean => phase === "done" || phase === "failed";
const devices = (n: number): string => (n === 1 ? "device" : "devices");
const percent = (share: number): string => `${Math.round(share * 10) / 10} %`;
export const nameOf = (wave: number): string => (wave === 0 ? "the canary wave" : `wave ${wave + 1}`);

export function wordsOf(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (ms < 60_000) return `${Math.ceil(ms / 1_000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
