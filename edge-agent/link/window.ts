import { limits } from "#wire";

/** A batch by name, with what it weighs. */
export interface Ref {
  boot: string;
  seq: number;
  bytes: number;
}

/** Sent and not delivered yet. */
export interface Flight extends Ref {
  live: boolean;
  sends: number;
  /** On the monotonic clock; then it is sent again. */
  dueAt: number;
}

/** What is in flight, and which batches seem to make the server hang up (DESIGN §4, limits). */
export interface Window {
  flights: readonly Flight[];
  /** Were in flight when a connection broke: batch → times the server hung up on it alone. */
  suspects: ReadonlyMap<string, { ref: Ref; strikes: number }>;
  /** Connections that broke with batches in flight, since nothing is suspect. */
  breaks: number;
}

/** The next of each kind, where there is one. */
export interface Heads {
  /** Was sent before, on another connection. */
  again?: Ref | undefined;
  live?: Ref | undefined;
  backlog?: Ref | undefined;
  /** When the backlog's rate lets it leave; absent: now. */
  backlogAt?: number;
}

export type Choice =
  | { send: Ref; as: "again" | "live" | "backlog" }
  /** Nothing now; look again at `at`, or when something changes. */
  | { send: null; at: number | null };

export const emptyWindow: Window = { flights: [], suspects: new Map(), breaks: 0 };
export const firstResendMs = 30_000;
export const longestResendMs = 120_000;
const breaksUntilAlone = 2;
export const strikesUntilAside = 3;
const backlogBytes = limits.windowBytes / 2;

export const nameOf = ({ boot, seq }: { boot: string; seq: number }): string => `${boot}/${seq}`;
const same = (a: Ref, b: Ref): boolean => a.seq === b.seq && a.boot === b.boot;
const weight = (flights: readonly Flight[]): number => flights.reduce((sum, f) => sum + f.bytes, 0);

/** One at a time: something that is in flight seems to make the server hang up. */
export const isAlone = (window: Window): boolean => window.breaks >= breaksUntilAlone && window.suspects.size > 0;

/** What to send at `now`. First what timed out, then what was ever sent, then what is new, then the backlog. */
export function choose(window: Window, heads: Heads, now: number): Choice {
  const { flights } = window;
  const due = flights.find((f) => f.dueAt <= now);
  if (due) return { send: due, as: "again" };
  const wait: Choice = { send: null, at: flights.length > 0 ? Math.min(...flights.map((f) => f.dueAt)) : null };
  if (isAlone(window)) {
    const [first] = window.suspects.values();
    return flights.length === 0 && first ? { send: first.ref, as: "again" } : wait;
  }
  const room = limits.windowBytes - weight(flights);
  // An empty window takes anything: no batch is too large to be sent at all.
  const fits = (ref: Ref): boolean => flights.length === 0 || ref.bytes <= room;
  if (heads.again) return fits(heads.again) ? { send: heads.again, as: "again" } : wait;
  if (heads.live) return fits(heads.live) ? { send: heads.live, as: "live" } : wait;
  if (!heads.backlog) return wait;
  const backlog = flights.filter((f) => !f.live);
  const allowed = backlog.length === 0 || weight(backlog) + heads.backlog.bytes <= backlogBytes;
  if (!allowed || !fits(heads.backlog)) return wait;
  const { backlogAt = now } = heads;
  if (backlogAt <= now) return { send: heads.backlog, as: "backlog" };
  return { send: null, at: Math.min(wait.at ?? backlogAt, backlogAt) };
}

/** @param random in [0, 1): spreads the repeats of a fleet by ± 20 % */
export function sent(window: Window, ref: Ref, live: boolean, now: number, random: number): Window {
  const known = window.flights.find((f) => same(f, ref));
  const sends = (known?.sends ?? 0) + 1;
  const patience = Math.min(longestResendMs, firstResendMs * 2 ** Math.min(sends - 1, 8)) * (0.8 + 0.4 * random);
  const dueAt = now + Math.min(longestResendMs, patience);
  const { boot, seq, bytes } = ref;
  const flight: Flight = { boot, seq, bytes, live: known?.live ?? live, sends, dueAt };
  return { ...window, flights: [...window.flights.filter((f) => !same(f, ref)), flight] };
}

/** It was stored, or is no longer here: room for others, and no suspect any more. */
export function done(window: Window, gone: readonly Pick<Ref, "boot" | "seq">[]): Window {
  const names = new Set(gone.map(nameOf));
  const flights = window.flights.filter((f) => !names.has(nameOf(f)));
  const suspects = new Map([...window.suspects].filter(([name]) => !names.has(name)));
  return { flights, suspects, breaks: suspects.size === 0 ? 0 : window.breaks };
}

/** The connection is gone. `aside`: the server hung up on it alone three times; it must not block the others. */
export function broken(window: Window, byServer: boolean): { window: Window; aside: Ref[] } {
  const { flights } = window;
  if (flights.length === 0) return { window, aside: [] };
  const alone = isAlone(window) && flights.length === 1;
  const suspects = new Map(window.suspects);
  for (const { boot, seq, bytes } of flights) {
    const ref = { boot, seq, bytes };
    const strikes = suspects.get(nameOf(ref))?.strikes ?? 0;
    suspects.set(nameOf(ref), { ref, strikes: strikes + (alone && byServer ? 1 : 0) });
  }
  const aside = [...suspects.values()].filter((s) => s.strikes >= strikesUntilAside).map((s) => s.ref);
  const after = done({ flights: [], suspects, breaks: window.breaks + 1 }, aside);
  return { window: after, aside };
}

/** One more try, alone, for a batch that was set aside: one more strike sets it aside again. */
export function retry(window: Window, ref: Ref): Window {
  const suspects = new Map(window.suspects).set(nameOf(ref), { ref, strikes: strikesUntilAside - 1 });
  return { ...window, suspects, breaks: Math.max(window.breaks, breaksUntilAlone) };
}
