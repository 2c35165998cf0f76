import type { Enrolled } from "#wire";
import type { Cancel, Host } from "../host/index.ts";
import { type Log, reason } from "../log.ts";
import { backoffMs } from "./backoff.ts";
import { type Closed, type Session, SignInRefused } from "./session.ts";

export interface SupervisorNeeds {
  host: Pick<Host, "time" | "random">;
  log: Log;
  credentials: { get(): Promise<Enrolled | undefined>; refused(): void };
  /** @param signal hangs up what is being opened */
  open: (enrolled: Enrolled, signal: AbortSignal) => Promise<Session>;
  /** The session stands: birth. */
  opened: (session: Session) => void;
  /** No session came of a dial, and why. */
  failed: (why: string) => void;
  /** @returns whether it was of use: a welcome or a delivery came */
  closed: (how: Closed) => boolean;
}

/** The one place that decides when to dial: enrol, connect, and after every failure a pause that grows. */
export function createSupervisor(needs: SupervisorNeeds) {
  const { host, log } = needs;
  let stopping = false;
  let failures = 0;
  let current: Session | undefined;
  let endPause: (() => void) | undefined;
  let told = "";
  /** Another connection is wanted at once, and whatever is being opened is none. */
  let anew = false;
  let dialling = new AbortController();

  function pause(): Promise<void> {
    if (stopping) return Promise.resolve();
    if (anew) {
      failures = 0;
      return Promise.resolve();
    }
    failures++;
    return new Promise((done) => {
      let cancel: Cancel | undefined;
      endPause = () => {
        cancel?.();
        done();
      };
      cancel = host.time.after(backoffMs(failures, host.random()), done);
    });
  }

  async function once(): Promise<void> {
    anew = false;
    const enrolled = await needs.credentials.get();
    if (!enrolled || stopping || anew) return;
    dialling = new AbortController();
    const session = await needs.open(enrolled, dialling.signal);
    if (stopping || anew) return session.drop();
    current = session;
    told = "";
    log.info(`connected to ${enrolled.mqtt.url} as ${enrolled.device}`);
    needs.opened(session);
    const how = await session.closed;
    current = undefined;
    if (needs.closed(how)) failures = 0;
    if (!stopping && !anew) log.warn(`disconnected: ${how.why}`);
  }

  async function run(): Promise<void> {
    while (!stopping) {
      try {
        await once();
      } catch (error) {
        if (error instanceof SignInRefused) needs.credentials.refused();
        const line = `no connection: ${reason(error)}`;
        // One that was hung up for another says nothing.
        if (!anew) needs.failed(reason(error));
        if (line !== told && !anew) log.warn(line);
        told = line;
      }
      await pause();
    }
  }

  let running: Promise<void> | undefined;
  return {
    start(): void {
      running = run();
    },
    session: () => current,
    /** Ends what stands or is being opened, and dials at once. */
    redial(): void {
      if (stopping) return;
      anew = true;
      // What stands signs off; aborting would cut it off in the middle of a word.
      if (current) current.end();
      else dialling.abort();
      endPause?.();
    },
    /** @param leave ends the session that stands, if one does */
    async stop(leave: (session: Session) => Promise<void>): Promise<void> {
      stopping = true;
      endPause?.();
      if (current) await leave(current);
      await running;
    },
  };
}
