import type { Cancel, Host } from "../host/index.ts";
import { type Log, reason } from "../log.ts";
import { newPace, type Pace, readyAt, spent } from "./pace.ts";
import type { Scrubbed } from "./scrub.ts";
import type { Session } from "./session.ts";
import type { Entry, Spool } from "./spool/index.ts";
import {
  broken,
  type Choice,
  choose,
  done,
  emptyWindow,
  type Heads,
  nameOf,
  retry,
  sent,
  type Window,
} from "./window.ts";

/** New batches that wait for room in the window; older ones join the backlog. */
const mostLive = 64;
/** A batch that was set aside is tried again after this, and at each new boot. */
export const retryAsideMs = 24 * 3600 * 1000;

export interface SenderNeeds {
  host: Pick<Host, "time" | "random">;
  log: Log;
  spool: Spool;
  /** What is sent late, at most. */
  backlogBytesPerSecond: () => number;
  /** Something left: no heartbeat is due. */
  left: () => void;
  setAside: (entry: Entry) => void;
}

export type Sender = ReturnType<typeof createSender>;

interface State {
  window: Window;
  pace: Pace;
  session: Session | undefined;
  /** Made while this session stands, not sent yet. */
  live: Entry[];
  /** Were in flight when the session before this one ended. */
  again: Entry[];
  aside: Set<string>;
  retryAt: number;
  pumping: boolean;
  asked: boolean;
  timer: Cancel | undefined;
}

/** Keeps the window full: spool → session, until `delivered`. */
export function createSender(needs: SenderNeeds) {
  const { host, spool } = needs;
  const state: State = {
    window: emptyWindow,
    pace: newPace(host.time.monotonic()),
    session: undefined,
    live: [],
    again: [],
    aside: new Set(spool.allAside().map(nameOf)),
    retryAt: host.time.monotonic(),
    pumping: false,
    asked: false,
    timer: undefined,
  };
  const pump = (): void => {
    state.asked = true;
    if (state.pumping) return;
    state.pumping = true;
    run(state, needs, pump).catch((error) => needs.log.error(`link: sending failed: ${reason(error)}`));
  };

  return {
    pump,
    inFlight: (entry: Entry): boolean => state.window.flights.some((f) => nameOf(f) === nameOf(entry)),
    opened(session: Session): void {
      state.session = session;
      pump();
    },
    closed(byServer: boolean): void {
      state.session = undefined;
      state.timer?.();
      state.live = [];
      spool.quiet();
      const flights = state.window.flights.map((f) => spool.entry(f.boot, f.seq)).filter((e) => e !== undefined);
      state.again = [...flights, ...state.again.filter((e) => !flights.includes(e))].sort(oldestFirst(spool));
      const result = broken(state.window, byServer);
      state.window = result.window;
      for (const ref of result.aside) putAside(state, needs, spool.entry(ref.boot, ref.seq));
    },
    made(entry: Entry): void {
      if (!state.session) return;
      state.live.push(entry);
      if (state.live.length > mostLive) state.live.shift();
      pump();
    },
    gone(entries: readonly Entry[]): void {
      state.window = done(state.window, entries);
      for (const entry of entries) state.aside.delete(nameOf(entry));
      pump();
    },
  };
}

/** By the order of boots in the spool, then by sequence. */
function oldestFirst(spool: Spool): (a: Entry, b: Entry) => number {
  return (a, b) => (a.boot === b.boot ? a.seq - b.seq : spool.order(a.boot) - spool.order(b.boot));
}

function retryAside(state: State, { host, spool }: SenderNeeds): void {
  state.retryAt = host.time.monotonic() + retryAsideMs;
  for (const entry of spool.allAside()) state.window = retry(state.window, entry);
}

function putAside(state: State, needs: SenderNeeds, entry: Entry | undefined): void {
  if (!entry) return;
  state.again = state.again.filter((e) => e !== entry);
  const known = state.aside.has(nameOf(entry));
  state.aside.add(nameOf(entry));
  needs.spool.setAside(entry);
  if (!known) needs.setAside(entry);
}

async function run(state: State, needs: SenderNeeds, pump: () => void): Promise<void> {
  try {
    while (state.asked) {
      state.asked = false;
      await fill(state, needs, pump);
    }
  } finally {
    // In the same breath as the last look at `asked`: nobody's call may fall between them.
    state.pumping = false;
  }
}

/** Sends until the window is full or there is nothing left. */
async function fill(state: State, needs: SenderNeeds, pump: () => void): Promise<void> {
  for (let { session } = state; session; { session } = state) {
    const now = needs.host.time.monotonic();
    if (now >= state.retryAt) retryAside(state, needs);
    const choice = choose(state.window, heads(state, needs, now), now);
    if (!choice.send) {
      wakeAt(state, needs, choice.at, pump);
      return;
    }
    await send(state, needs, session, choice);
  }
}

function wakeAt(state: State, { host }: SenderNeeds, at: number | null, pump: () => void): void {
  state.timer?.();
  state.timer = at === null ? undefined : host.time.after(Math.max(1, at - host.time.monotonic()), pump);
}

function heads(state: State, { spool, backlogBytesPerSecond }: SenderNeeds, now: number): Heads {
  const flying = new Set(state.window.flights.map(nameOf));
  const waits = (entry: Entry | undefined): boolean =>
    entry !== undefined && spool.entry(entry.boot, entry.seq) === entry && !flying.has(nameOf(entry));
  while (state.again.length > 0 && !waits(state.again[0])) state.again.shift();
  // Those behind one that waits for the time may have been sent already.
  state.live = state.live.filter((entry) => waits(entry) && !entry.everSent);
  const [again, live] = [state.again[0], state.live.find((e) => spool.maySend(e))];
  const others = new Set([...state.live, ...state.again].map(nameOf));
  const skip = (e: Entry): boolean => flying.has(nameOf(e)) || others.has(nameOf(e)) || state.aside.has(nameOf(e));
  const backlog = spool.oldest(skip);
  if (!backlog) return { again, live };
  return { again, live, backlog, backlogAt: readyAt(state.pace, backlog.bytes, now, backlogBytesPerSecond()) };
}

async function send(
  state: State,
  { host, spool, left, backlogBytesPerSecond }: SenderNeeds,
  session: Session,
  { send: ref, as }: Extract<Choice, { send: object }>,
): Promise<void> {
  const entry = spool.entry(ref.boot, ref.seq);
  const text = entry && (await spool.text(entry));
  if (state.session !== session) return;
  if (!entry || text === undefined || spool.entry(ref.boot, ref.seq) !== entry) {
    if (!spool.entry(ref.boot, ref.seq)) state.window = done(state.window, [ref]);
    return;
  }
  entry.everSent = true;
  const now = host.time.monotonic();
  if (as === "backlog") state.pace = spent(state.pace, entry.bytes, now, backlogBytesPerSecond());
  state.window = sent(state.window, entry, as === "live", now, host.random());
  session.publish(entry.kind, text as Scrubbed);
  left();
}
