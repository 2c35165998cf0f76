import type { DeviceKind } from "#wire";
import { documentProblems } from "../../firmware-configs/index.ts";
import { conflict, invalid } from "../base/errors.ts";
import { hashOf } from "../base/ids.ts";
import type { Described } from "./composer.ts";
import type { ConfigState } from "./decide.ts";
import { configLimits } from "./limits.ts";

/** Whom a push is for: named devices, or all that fit every filter given. */
export interface Selection {
  devices?: string[] | undefined;
  site?: string | undefined;
  kind?: DeviceKind | undefined;
  all?: true | undefined;
}

export interface Known extends Described {
  kind: DeviceKind;
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

/** The push that it has came to nothing, is not ours, or was changed by hand: sending the same once more has a meaning. */
export const isStuck = ({ outcome, foreign, drift }: ConfigState): boolean =>
  foreign !== null || drift !== null || outcome === "rejected" || outcome === "reverted" || outcome === "partly";

/** By path; empty: the document will do. */
export function wrongWith(document: unknown): { path: string; message: string }[] {
  const bytes = Buffer.byteLength(JSON.stringify(document) ?? "");
  if (bytes > configLimits.documentBytes)
    return [{ path: "", message: `${bytes} bytes; at most ${configLimits.documentBytes} are allowed` }];
  return documentProblems(document);
}
