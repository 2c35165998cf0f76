import type { Outcome, StoredPoint } from "../contract.ts";
import type { Written } from "./transport.ts";

export const settleLimits = {
  /** Body of one write before gzip. */
  bodyBytes: 4 * 1024 * 1024,
  /** Requests a `write` may take to find which points were meant by a refusal. */
  requests: 400,
} as const;

export interface Line {
  point: StoredPoint;
  text: string;
}

/** Writes lines and finds out what became of each, in their order. A refusal doesn't say which points it means, so the
 *  lines are divided until it does; writing a point twice is harmless.
 *  Rejects as `send` does. */
export async function settle(lines: readonly Line[], send: (body: string) => Promise<Written>): Promise<Outcome[]> {
  const outcomes = new Map<Line, Outcome>();
  let left: number = settleLimits.requests;

  const refuse = (refused: readonly Line[], why: string): void => {
    const outcome: Outcome = { ok: false, why: why.replace(/^partial write: | dropped=\d+\s*$/g, "").slice(0, 300) };
    for (const line of refused) outcomes.set(line, outcome);
  };

  const write = async (part: readonly Line[]): Promise<void> => {
    if (part.length === 0) return;
    left -= 1;
    const written = await send(part.map((line) => line.text).join("\n"));
    if (written.ok) return;
    const { message } = written;
    if (part.length === 1 || droppedIn(message) >= part.length) return refuse(part, message);
    // Its neighbours are stored, but which they are would take too long to find out.
    if (left <= 0) return refuse(part, `refused or among refused: ${message}`);
    for (const smaller of divide(part, message)) await write(smaller);
  };

  for (const part of byBytes(lines)) await write(part);
  return lines.map((line) => outcomes.get(line) ?? { ok: true });
}

function droppedIn(message: string): number {
  return Number(/\bdropped=(\d+)\s*$/.exec(message)?.[1] ?? 0);
}

/** Two parts, so that the refused ones are more likely together. */
function divide(lines: readonly Line[], message: string): [Line[], Line[]] {
  const meant = meantBy(message);
  const refused = lines.filter(meant);
  if (refused.length > 0 && refused.length < lines.length) return [refused, lines.filter((line) => !meant(line))];
  const sorted = message.includes("retention policy") ? [...lines].sort((a, b) => a.point.at - b.point.at) : [...lines];
  const half = Math.ceil(sorted.length / 2);
  return [sorted.slice(0, half), sorted.slice(half)];
}

/** The lines that a refusal names. */
function meantBy(message: string): (line: Line) => boolean {
  const conflict = /input field "(.+?)" on measurement "(.+?)" is type/.exec(message);
  if (conflict) {
    const [, field = "", measurement] = conflict;
    return ({ point }) => point.m === measurement && Object.hasOwn(point.fields, field);
  }
  return message.includes("unable to parse")
    ? ({ text }) => message.includes(`unable to parse '${text}'`)
    : () => false;
}

function* byBytes(lines: readonly Line[]): Generator<Line[]> {
  let part: Line[] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(line.text) + 1;
    if (part.length > 0 && bytes + size > settleLimits.bodyBytes) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(line);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
