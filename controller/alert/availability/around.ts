/** Something that changed near an incident before it. */
export interface Around {
  at: number;
  kind: string;
  device: string;
  name: string;
  /** Without the device's name. */
  text: string;
}

/** The same as it is kept and shown; the text says which device, unless it is the incident's own. */
export interface Changed {
  at: number;
  kind: string;
  /** null: several. */
  device: string | null;
  text: string;
}

export const aroundLimits = {
  /** Before an incident. */
  beforeMs: 3_600_000,
  /** Rows read for one site, or a device without one. */
  rows: 500,
  /** Kept with one incident. */
  kept: 20,
  /** So many devices with the same change are one line. */
  severalFrom: 4,
  /** What changed so shortly before is a likely cause. */
  causeMs: 600_000,
} as const;

/** What to keep of it: newest first, what many devices share as one. Pure. */
export function changedOf(own: string, rows: readonly Around[]): Changed[] {
  const groups = new Map<string, Around[]>();
  for (const row of rows) {
    const group = groups.get(row.text);
    if (group) group.push(row);
    else groups.set(row.text, [row]);
  }
  const changed = [...groups.values()].flatMap((group): Changed[] => {
    const devices = new Set(group.map(({ device }) => device)).size;
    const [first] = [...group].sort((a, b) => b.at - a.at);
    if (devices < aroundLimits.severalFrom || !first)
      return group.map(({ at, kind, device, name, text }) => ({
        ...{ at, kind, device },
        text: device === own ? text : `${name}: ${text}`,
      }));
    return [{ at: first.at, kind: first.kind, device: null, text: `${devices} devices: ${first.text}` }];
  });
  return changed.sort((a, b) => b.at - a.at).slice(0, aroundLimits.kept);
}

/** What an event of a device says, in a few words. */
export function eventText(kind: string): string {
  switch (kind) {
    case "spool-dropped":
      return "had no more room for what it could not send";
    case "spool-emptied":
      return "dropped what it kept for another name";
    case "tail-lost":
      return "lost its last minutes in a power cut";
    case "batch-set-aside":
      return "set measurements aside that could not be sent";
    default:
      return `told "${kind}"`;
  }
}

interface RevisionRow {
  at: number;
  by_name: string;
  message: string;
  outcome: string;
  outcome_at: number | null;
  cause: string | null;
}

const outcomes: Readonly<Record<string, string>> = {
  applied: "configuration applied",
  partly: "configuration applied in part",
  reverted: "configuration taken back",
  rejected: "configuration refused",
};

/** A revision is up to two moments: when somebody wanted it, and what came of it. */
export function revisionTexts(
  row: RevisionRow,
  { from, to }: { from: number; to: number },
): { at: number; text: string }[] {
  const said = row.message === "" ? "" : `: ${row.message}`;
  const came = outcomes[row.outcome];
  const moments = [
    { at: row.at, text: `configuration sent by ${row.by_name}${said}` },
    ...(came && row.outcome_at !== null
      ? [{ at: row.outcome_at, text: row.cause === null ? came : `${came} (${row.cause})` }]
      : []),
  ];
  return moments.filter(({ at }) => at >= from && at <= to);
}

/** What the sentence does not say already: something that was changed shortly before. One sentence; null: nothing. */
export function likelyCause(
  { root, since }: { root: { type: string; id: string }; since: number },
  changed: readonly Changed[],
): string | null {
  const near = changed.filter(({ at }) => since - at <= aroundLimits.causeMs);
  const minutes = (at: number) => Math.max(1, Math.round((since - at) / 60_000));
  const own = near.find(({ kind, device }) => isMade(kind) && (device === root.id || device === null));
  if (own) return `${capital(own.text)}, ${minutes(own.at)} min before`;
  const restarted = near.filter(({ kind, device }) => kind === "restart" && device !== root.id);
  const [first] = restarted;
  if (first?.device === null) return `Power at the site: ${first.text.replace(":", "")} shortly before`;
  if (restarted.length > 1) return `Power at the site: ${restarted.length} other devices restarted shortly before`;
  return null;
}

/** Somebody did it. */
const isMade = (kind: string): boolean => kind === "configuration" || kind === "firmware" || kind === "agent";
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
