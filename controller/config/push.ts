import type { DeviceKind } from "#wire";
import { mergePatch } from "#wire";
import {
  type Change,
  type ConfigDocument,
  configDocument,
  differences,
  documentProblems,
  effectOf,
} from "../../firmware-configs/index.ts";
import { conflict, invalid } from "../base/errors.ts";
import { hashOf } from "../base/ids.ts";
import type { ConfigState } from "./decide.ts";
import { configLimits } from "./limits.ts";

/** Whom a push is for: named devices, or all that fit every filter given. */
export interface Selection {
  devices?: string[] | undefined;
  site?: string | undefined;
  kind?: DeviceKind | undefined;
  all?: true | undefined;
}

export interface Known {
  id: string;
  name: string;
  site: string | null;
  kind: DeviceKind;
}

/** One device that a push would change. */
export interface Planned {
  device: Known;
  document: ConfigDocument;
  changes: Change[];
}

export interface Preview {
  /** Chosen; of them `changing` get another document. */
  devices: number;
  changing: number;
  /** Devices whose documents change alike are told together. */
  groups: { devices: { id: string; name: string }[]; changes: { path: string; from: unknown; to: unknown }[] }[];
  effect: {
    /** Radios that drop their clients for a moment. */
    radiosRestarted: number;
    /** They connect anew once, to prove that they still can. */
    reconnects: number;
    /** They talk to another address from then on. */
    moves: number;
    revertsAfterMs: number;
    /** Not here now: they get it when they come back. */
    away: number;
    /** Have a configuration that is not from here, which is replaced. */
    foreign: number;
  };
  problems: { path: string; message: string; devices: number }[];
  /** Names what was looked at: a push that brings it is refused when any of it has changed meanwhile. */
  seen: string;
}

export function choose(
  all: readonly Known[],
  { devices, site, kind, all: every }: Selection,
  most: number = configLimits.devicesAtOnce,
): Known[] {
  if (devices === undefined && site === undefined && kind === undefined && every === undefined)
    throw invalid("nobody is chosen", [{ path: "select", message: "devices, site, kind or all" }]);
  const named = devices === undefined ? null : new Set(devices);
  const known = new Set(all.map((one) => one.id));
  const unknown = devices?.find((id) => !known.has(id));
  if (unknown !== undefined)
    throw invalid(`there is no device "${unknown}"`, [{ path: "select.devices", message: `no device "${unknown}"` }]);
  const chosen = all.filter(
    (one) =>
      (named === null || named.has(one.id)) &&
      (site === undefined || one.site === site) &&
      (kind === undefined || one.kind === kind),
  );
  if (chosen.length > most) throw conflict("too-many-devices", `${chosen.length} devices are chosen; ${most} at once`);
  return chosen;
}

/** Names these devices and what is wanted of them now. */
export const fingerprint = (devices: readonly Known[], stateOf: (device: string) => ConfigState): string =>
  hashOf(JSON.stringify(devices.map(({ id }) => [id, stateOf(id).wanted?.revision ?? 0]))).slice(0, 22);

export interface Plan {
  planned: Planned[];
  problems: Preview["problems"];
}

/** What the patch (RFC 7396) makes of each device's document. A device whose last push did not stay is tried again. */
export function plan(
  devices: readonly Known[],
  patch: unknown,
  documentOf: (device: string) => ConfigDocument,
  stateOf: (device: string) => ConfigState,
): Plan {
  const planned: Planned[] = [];
  const problems = new Map<string, Preview["problems"][number]>();
  for (const device of devices) {
    const before = documentOf(device.id);
    const merged = mergePatch(before, patch);
    const found = wrongWith(merged);
    for (const { path, message } of found) {
      const key = `${path} ${message}`;
      const known = problems.get(key);
      problems.set(key, { path, message, devices: (known?.devices ?? 0) + 1 });
    }
    if (found.length > 0) continue;
    const document = configDocument.parse(merged);
    const changes = differences(before, document);
    if (changes.length > 0 || isStuck(stateOf(device.id))) planned.push({ device, document, changes });
  }
  return { planned, problems: [...problems.values()] };
}

/** The push that it has came to nothing, or is not ours: sending the same once more has a meaning. */
export const isStuck = ({ outcome, foreign }: ConfigState): boolean =>
  foreign !== null || outcome === "rejected" || outcome === "reverted" || outcome === "partly";

/** By path; empty: the document will do. */
export function wrongWith(document: unknown): { path: string; message: string }[] {
  const bytes = Buffer.byteLength(JSON.stringify(document) ?? "");
  if (bytes > configLimits.documentBytes)
    return [{ path: "", message: `${bytes} bytes; at most ${configLimits.documentBytes} are allowed` }];
  return documentProblems(document);
}

export function previewOf(
  devices: readonly Known[],
  { planned, problems }: Plan,
  about: { trialMs: number; seen: string; isAway(device: string): boolean; stateOf(device: string): ConfigState },
): Preview {
  const groups = new Map<string, Preview["groups"][number]>();
  for (const { device, changes } of planned) {
    const told = changes.map(({ path, from, to }) => ({ path, from: from ?? null, to: to ?? null }));
    const key = JSON.stringify(told);
    const group = groups.get(key) ?? { devices: [], changes: told };
    group.devices.push({ id: device.id, name: device.name });
    groups.set(key, group);
  }
  const effects = planned.map(({ changes }) => effectOf(changes));
  return {
    devices: devices.length,
    changing: planned.length,
    groups: [...groups.values()],
    effect: {
      radiosRestarted: effects.reduce((sum, one) => sum + one.radiosRestarted, 0),
      reconnects: planned.length,
      moves: effects.filter((one) => one.moves).length,
      revertsAfterMs: about.trialMs,
      away: planned.filter(({ device }) => about.isAway(device.id)).length,
      foreign: planned.filter(({ device }) => about.stateOf(device.id).foreign !== null).length,
    },
    problems,
    seen: about.seen,
  };
}
