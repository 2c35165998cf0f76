import type { DeviceKind } from "#wire";

/** What is known when a device knocks. */
export interface Facts {
  kind: DeviceKind;
  /** The device that holds this signing key, and whether it has this hardware. */
  byKey: { device: string; sameHardware: boolean } | null;
  /** The device with this hardware. */
  byHardware: string | null;
  token: {
    state: "usable" | "used-up" | "expired" | "revoked" | "unknown";
    device: string | null;
    kind: DeviceKind | null;
  };
  /** This key on the list of those that wait. */
  listed: { state: "awaiting" | "foreign" | "approved" | "rejected"; why: string; device: string | null } | null;
}

export type Why =
  | "other-hardware"
  | "known-hardware"
  | "token-used-up"
  | "token-expired"
  | "unknown-token"
  | "replaced"
  | "removed";

export type Decision =
  /** A further password for a device that is known by its key or was approved. */
  | { do: "issue"; device: string }
  /** A password for a token that is bound to a device: new hardware or new keys take its place. */
  | { do: "replace"; device: string }
  | { do: "create" }
  | { do: "wait"; state: "awaiting" | "foreign"; why: Why; device: string | null }
  | { do: "refuse"; code: "enrolment-rejected" | "wrong-kind"; why: string };

const rejected: Decision = { do: "refuse", code: "enrolment-rejected", why: "a person rejected this device" };

/** DESIGN §8 "Enrolment". Pure. */
export function decide(facts: Facts): Decision {
  const { byKey, byHardware, token, listed } = facts;
  if (byKey?.sameHardware) return { do: "issue", device: byKey.device };
  if (listed?.state === "approved" && listed.device !== null) return { do: "issue", device: listed.device };
  if (listed?.state === "rejected") return rejected;
  // One key in two boxes: a copied disk, or a serial that is read differently now. Only a person can tell.
  if (byKey) return wait("other-hardware", byKey.device);
  if (listed?.why === "replaced") return wait("replaced", null);
  if (token.state === "unknown" || token.state === "revoked")
    return { do: "wait", state: "foreign", why: "unknown-token", device: byHardware };
  if (byHardware !== null && (token.device !== byHardware || token.state !== "usable"))
    return wait("known-hardware", byHardware);
  if (token.state !== "usable")
    return wait(token.state === "expired" ? "token-expired" : "token-used-up", token.device);
  if (token.kind !== null && token.kind !== facts.kind)
    return { do: "refuse", code: "wrong-kind", why: `this token is for a ${token.kind}, not for a ${facts.kind}` };
  return token.device === null ? { do: "create" } : { do: "replace", device: token.device };
}

const wait = (why: Why, device: string | null): Decision => ({ do: "wait", state: "awaiting", why, device });
