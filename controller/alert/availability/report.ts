import { isLost, isThere, type State } from "./interval.ts";
import type { Known } from "./records.ts";

/** A stretch of time, its end left out. */
interface Span {
  from: number;
  to: number;
}

/** Device-time within the service hours, but for what is `outside`. What is not known and what does not count stand
 *  beside, never within the share. */
export interface Figures {
  /** up / (up + down + unreachable); null: there is nothing of either. */
  availability: number | null;
  /** The same where time in which only its line was down counts as lost: nobody was online through it. */
  availabilityOnline: number | null;
  upMs: number;
  /** Of that: a rule of P1 or P2 found it bad. */
  degradedMs: number;
  /** Of that: up and serving locally, its line was down; as it showed afterwards. */
  localMs: number;
  downMs: number;
  unreachableMs: number;
  /** We could not see it. */
  unknownMs: number;
  /** Planned, and left out. */
  excludedMs: number;
  asleepMs: number;
  /** Before its first contact. */
  unseenMs: number;
  /** Beside the service hours, and how much of that it was up. */
  outsideMs: number;
  outsideUpMs: number;
  /** Down or unreachable. */
  lostMs: number;
  lostByCause: Record<LossCause, number>;
  /** Lost time by devices of people that are usually on at that hour; null: not known. */
  lostClientMs: number | null;
  /** Something of it became known afterwards. */
  revised: boolean;
}

export const lossCauses = ["line", "restart", "stopped", "maintenance", "unknown"] as const;
export type LossCause = (typeof lossCauses)[number];

/** How many are usually on at that time; null: not known. */
export type UsuallyOn = (device: string, at: number) => number | null;

const hourMs = 3_600_000;

export const noFigures = (): Figures => ({
  availability: null,
  availabilityOnline: null,
  upMs: 0,
  degradedMs: 0,
  localMs: 0,
  downMs: 0,
  unreachableMs: 0,
  unknownMs: 0,
  excludedMs: 0,
  asleepMs: 0,
  unseenMs: 0,
  outsideMs: 0,
  outsideUpMs: 0,
  lostMs: 0,
  lostByCause: { line: 0, restart: 0, stopped: 0, maintenance: 0, unknown: 0 },
  lostClientMs: null,
  revised: false,
});

const fieldOf: Record<State, keyof Figures & `${string}Ms`> = {
  up: "upMs",
  degraded: "upMs",
  down: "downMs",
  unreachable: "unreachableMs",
  maintenance: "excludedMs",
  unknown: "unknownMs",
  asleep: "asleepMs",
  unseen: "unseenMs",
};

/** Adds an interval, as far as it is in the month, to each of these.
 *  @param served when its site serves within the month */
export function add(
  all: readonly Figures[],
  one: Known,
  { month, served, usuallyOn }: { month: Span; served: readonly Span[]; usuallyOn: UsuallyOn },
): void {
  const whole = overlap(one, month);
  if (!whole) return;
  const inside = served.map((span) => overlap(one, span)).filter((span) => span !== null);
  const insideMs = inside.reduce((sum, { from, to }) => sum + to - from, 0);
  const outsideMs = whole.to - whole.from - insideMs;
  const clientMs = isLost(one.state) ? clientsLost(one.device, inside, usuallyOn) : null;
  for (const to of all) {
    (to[fieldOf[one.state]] as number) += insideMs;
    to.outsideMs += outsideMs;
    to.revised ||= one.revised;
    if (isThere(one.state)) {
      to.outsideUpMs += outsideMs;
      if (one.state === "degraded") to.degradedMs += insideMs;
      else if (one.cause === "line") to.localMs += insideMs;
    }
    if (!isLost(one.state)) continue;
    to.lostMs += insideMs;
    to.lostByCause[lossCauses.find((cause) => cause === one.cause) ?? "unknown"] += insideMs;
    if (clientMs !== null) to.lostClientMs = (to.lostClientMs ?? 0) + clientMs;
  }
}

/** With their shares, once everything is in. */
export function closed(figures: Figures): Figures {
  const { upMs, localMs, lostMs } = figures;
  const allMs = upMs + lostMs;
  if (allMs === 0) return figures;
  return { ...figures, availability: upMs / allMs, availabilityOnline: (upMs - localMs) / allMs };
}

function overlap(a: Span, b: Span): Span | null {
  const [from, to] = [Math.max(a.from, b.from), Math.min(a.to, b.to)];
  return from < to ? { from, to } : null;
}

/** Hour by hour: what is usual differs between them. */
function clientsLost(device: string, spans: readonly Span[], usuallyOn: UsuallyOn): number | null {
  let lost: number | null = null;
  for (const { from, to } of spans) {
    for (let at = from; at < to; ) {
      const next = Math.min(to, (Math.floor(at / hourMs) + 1) * hourMs);
      const usual = usuallyOn(device, at);
      if (usual !== null) lost = (lost ?? 0) + usual * (next - at);
      at = next;
    }
  }
  return lost;
}
