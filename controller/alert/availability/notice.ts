/** What a device is, beside how it is. */
export interface Make {
  boot: string | null;
  /** When that boot began; null: nobody knows. */
  bootAt: number | null;
  firmware: string | null;
  agent: string | null;
}

/** Something of a device is other than before. */
export interface Change {
  device: string;
  at: number;
  kind: "restart" | "firmware" | "agent";
  text: string;
}

/** What is other than it was. What was not known before is no change. Pure. */
export function noticed(device: string, was: Make | undefined, is: Make, now: number): Change[] {
  if (!was) return [];
  const at = Math.min(is.bootAt ?? now, now);
  const changes: Change[] = [];
  if (isOther(was.boot, is.boot)) changes.push({ device, at, kind: "restart", text: "restarted" });
  for (const kind of ["firmware", "agent"] as const)
    if (isOther(was[kind], is[kind]))
      changes.push({ device, at, kind, text: `${kind} changed from ${was[kind]} to ${is[kind]}` });
  return changes;
}

const isOther = (was: string | null, is: string | null): boolean => was !== null && is !== null && was !== is;
