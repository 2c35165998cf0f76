import { Worker } from "node:worker_threads";
import type { Cancel, Clock } from "../../../base/clock.ts";
import { StoreAway, TooManyPoints } from "../contract.ts";
import { NeedsPerson } from "../readiness.ts";
import type { Answered, CallName, Calls, Failure, WorkerStart } from "./calls.ts";
import type { Packed } from "./pack.ts";

export const sessionLimits = {
  /** Calls that wait for the worker; more find the store away. */
  pendingCalls: 64,
  /** A worker that answers nothing for so long hangs on its disk. */
  callTimeoutMs: 60_000,
  /** For what was asked before `close`. */
  closeTimeoutMs: 10_000,
} as const;

/** Too much was asked at once: the store itself is well. */
export class QueueFull extends StoreAway {}

export type Session = ReturnType<typeof openSession>;

/** One run of the worker. It is never terminated from outside: a thread that is ended inside the database driver takes
 *  the whole process with it, and one that hangs on its disk could not be ended anyway. What it doesn't answer in time
 *  rejects with StoreAway; when it goes on, so does the session.
 *  @param needs.onOver the worker has ended, by itself; everything pending has rejected with StoreAway */
export function openSession(needs: {
  workerUrl: URL;
  start: WorkerStart;
  clock: Clock;
  callTimeoutMs: number;
  onOver: (why: string) => void;
}) {
  const { clock } = needs;
  const worker = new Worker(needs.workerUrl, { workerData: needs.start });
  const pending = new Map<number, { settle: (answered: Answered) => void; drop: (error: Error) => void }>();
  let nextId = 1;
  let over: string | null = null;

  const wait = <T>(id: number): Promise<T> =>
    new Promise((resolve, reject) => {
      const late = `the series worker gave no answer in ${needs.callTimeoutMs} ms`;
      const cancel = clock.after(needs.callTimeoutMs, () => pending.get(id)?.drop(new StoreAway(late)));
      const done = (): void => {
        cancel();
        pending.delete(id);
      };
      pending.set(id, {
        settle(answered) {
          done();
          if (answered.ok) resolve(answered.value as T);
          else reject(errorOf(answered.failure));
        },
        drop(error) {
          done();
          reject(error);
        },
      });
    });

  const end = (why: string): void => {
    if (over !== null) return;
    over = why;
    for (const call of [...pending.values()]) call.drop(new StoreAway(why));
    needs.onOver(why);
  };

  const opened = wait<void>(0);
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  worker.on("message", (answered: Answered) => pending.get(answered.id)?.settle(answered));
  worker.on("error", (error) => {
    const why = `the series worker failed: ${error.message}`;
    // One that can't even open was not built, or its driver not installed.
    pending.get(0)?.drop(new NeedsPerson(why));
    end(why);
  });
  worker.on("exit", (code) => end(`the series worker ended (${code})`));

  const ask = <N extends CallName>(name: N, content: Calls[N]["ask"]): Promise<Calls[N]["answer"]> => {
    const id = nextId++;
    worker.postMessage({ id, call: name, ...content }, transferOf(content));
    return wait(id);
  };

  const call = <N extends CallName>(name: N, content: Calls[N]["ask"]): Promise<Calls[N]["answer"]> => {
    if (over !== null) return Promise.reject(new StoreAway(over));
    if (pending.size >= sessionLimits.pendingCalls)
      return Promise.reject(new QueueFull(`${sessionLimits.pendingCalls} calls wait for the series worker already`));
    return ask(name, content);
  };

  return {
    /** The file is open; rejects with NeedsPerson where only a person can help. */
    opened,
    call,
    /** Ends the worker after what was asked before; one that takes too long is left to itself. */
    async close(): Promise<void> {
      if (over !== null) return;
      ask("close", {}).catch(() => undefined);
      let cancel: Cancel = () => {};
      const late = new Promise<void>((resolve) => {
        cancel = clock.after(sessionLimits.closeTimeoutMs, resolve);
      });
      await Promise.race([exited, late]);
      cancel();
      worker.unref();
    },
  };
}

function errorOf({ kind, message }: Failure): Error {
  if (kind === "too-many") return new TooManyPoints(message);
  if (kind === "person") return new NeedsPerson(message);
  return kind === "away" ? new StoreAway(message) : new Error(message);
}

/** The block of numbers of a write changes hands instead of being copied. */
const transferOf = (content: object): ArrayBuffer[] =>
  "points" in content && !Array.isArray(content.points)
    ? [(content.points as Packed).numbers.buffer as ArrayBuffer]
    : [];
