import type { ConfigDocument } from "../../firmware-configs/index.ts";
import { veiled } from "./composer.ts";
import { type ConfigState, mostAttempts } from "./decide.ts";
import type { Revision } from "./records.ts";
import { type DeviceFile, type Rendered, veiledFiles } from "./render.ts";
import { type Body, shownBody } from "./source.ts";

/** How configuration of a device stands, in a word. `none`: nothing was ever wanted from here. */
export const configStatuses = [
  "none",
  "waiting",
  "trying",
  "applied",
  "partly",
  "rejected",
  "reverted",
  "foreign",
] as const;
export type ConfigStatus = (typeof configStatuses)[number];

export const statusOf = (state: ConfigState): ConfigStatus =>
  state.foreign ? "foreign" : state.wanted ? state.outcome : "none";

/** Of the device's JSON (DESIGN §8), and of the live event. */
export interface ConfigBrief {
  desired: number | null;
  reported: number | null;
  /** As the device says it; "foreign": it has one that is not from here; "unknown": it never said. */
  state: "trying" | "applied" | "partly" | "rejected" | "reverted" | "foreign" | "unknown";
  status: ConfigStatus;
  /** When the status began. */
  since: number | null;
  /** Of a trial: when the device goes back by itself. */
  revertsAt: number | null;
  /** Why it was refused or taken back, in a sentence. */
  why: string | null;
  /** Files that are other than the device was told to have: somebody changed them there. */
  drift: { path: string }[];
}

export function briefOf(state: ConfigState): ConfigBrief {
  const { wanted, reported, foreign, outcome, outcomeAt, problems, drift } = state;
  const first = problems[0];
  return {
    desired: wanted?.revision ?? null,
    reported: reported?.revision ?? null,
    state: foreign ? "foreign" : (reported?.state ?? "unknown"),
    status: statusOf(state),
    since: outcomeAt,
    revertsAt: wanted && outcome === "trying" ? (outcomeAt ?? 0) + wanted.trialMs : null,
    why: first ? `${first.path === "" ? "" : `${first.path}: `}${first.message}` : null,
    drift: drift?.files ?? [],
  };
}

/** All about one device. */
export interface DeviceConfig extends ConfigBrief {
  /** 0: nothing was wanted yet. */
  revision: number;
  /** What it says itself, on top of its templates, groups and site. */
  document: Record<string, unknown>;
  /** Of its own: secrets by whether they are set. */
  variables: Record<string, unknown>;
  without: string[];
  /** What all of them make together, as it was sent last. */
  composed: ConfigDocument;
  /** What that becomes on it, and what it has no words for. */
  files: DeviceFile[];
  left: { path: string; message: string }[];
  message: string;
  by: { kind: string; id: string; name: string } | null;
  at: number | null;
  trialMs: number;
  attempt: number;
  mostAttempts: number;
  /** When it is tried again by itself. */
  nextAt: number | null;
  cause: string | null;
  problems: { path: string; message: string }[];
  /** The revision of ours that the device works by; null: its own settings. */
  onDevice: { revision: number; at: number } | null;
  driftSince: number | null;
  /** The last thing that the device did not believe; it changed nothing. */
  refusal: { at: number; message: string } | null;
}

export function deviceConfigOf(
  state: ConfigState,
  about: { wanted: Revision | null; rendered: Rendered; own: Body; usualTrialMs: number },
): DeviceConfig {
  const { attempt, nextAt, cause, problems, applied, refusal } = state;
  const { wanted, rendered, own, usualTrialMs } = about;
  return {
    ...briefOf(state),
    revision: wanted?.revision ?? 0,
    ...(shownBody("device", own) as Pick<DeviceConfig, "document" | "variables" | "without">),
    composed: veiled(wanted?.document ?? {}) as ConfigDocument,
    files: veiledFiles(rendered.files),
    left: rendered.left,
    message: wanted?.message ?? "",
    by: wanted?.by ?? null,
    at: wanted?.at ?? null,
    trialMs: wanted?.trialMs ?? usualTrialMs,
    attempt,
    mostAttempts,
    nextAt,
    cause,
    problems,
    onDevice: applied && { revision: applied.revision, at: applied.at },
    driftSince: state.drift?.since ?? null,
    refusal,
  };
}
