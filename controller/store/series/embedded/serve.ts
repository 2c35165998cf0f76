import type { Clock } from "../../../base/clock.ts";
import type { Catalogue } from "../accept.ts";
import { TooManyPoints } from "../contract.ts";
import type { Answered, Asked, Failure, OldestAt, WorkerStart } from "./calls.ts";
import { type Db, inTransaction, kindOf, openDatabase, openForReading } from "./database.ts";
import { createDirectory } from "./directory.ts";
import { createPartitions, dayOf } from "./partitions.ts";
import { createReading } from "./reading.ts";
import { createRoller } from "./roller.ts";
import { createShelves } from "./shelves.ts";
import { sweep } from "./sweep.ts";
import { createUndo } from "./undo.ts";
import { createWriter } from "./writer.ts";

/** The side of a MessagePort that the worker needs; a MessageChannel's port will do. */
export interface Port {
  on(event: "message", listener: (asked: Asked) => void): unknown;
  postMessage(answered: Answered): void;
  close(): void;
}

type Monotonic = Pick<Clock, "monotonic">;

/** Opens the file and serves it, or says what is wrong with it and ends. */
export function openAndServe(port: Port, start: WorkerStart, clock: Monotonic): void {
  const { file, catalogue, side } = start;
  try {
    if (side === "read") serve(port, createReading({ db: openForReading(file), file, catalogue, clock }));
    else serveSeries(port, openDatabase(file), catalogue, clock);
  } catch (error) {
    port.postMessage({ id: 0, ok: false, failure: failureOf(error) });
    port.close();
  }
}

/** The side that writes. */
export const serveSeries = (port: Port, db: Db, catalogue: Catalogue, clock: Monotonic): void =>
  serve(port, answers(db, catalogue, clock));

/** Answers each call in turn: the calls are synchronous, so their order is the order of the transactions. */
export function serve(port: Port, answer: (asked: Asked) => unknown): void {
  port.on("message", (asked) => {
    let answered: Answered;
    try {
      answered = { id: asked.id, ok: true, value: answer(asked) };
    } catch (error) {
      answered = { id: asked.id, ok: false, failure: failureOf(error) };
    }
    port.postMessage(answered);
    if (asked.call === "close") port.close();
  });
  port.postMessage({ id: 0, ok: true, value: null });
}

function answers(db: Db, catalogue: Catalogue, clock: Monotonic): (asked: Asked) => unknown {
  const undo = createUndo();
  const directory = createDirectory(db, undo);
  const partitions = createPartitions(db, catalogue, undo);
  const shelves = createShelves(db, catalogue, undo);
  const writer = createWriter({ db, catalogue, directory, partitions });
  const roller = createRoller({ db, catalogue, directory, partitions, shelves, clock });
  const forget = (): void => {
    writer.forget();
    roller.forget();
  };
  const write = <T>(run: () => T): T => {
    try {
      const result = run();
      undo.settle();
      return result;
    } catch (error) {
      forget();
      undo.back();
      // A disk that fails leaves nothing else behind. What nobody expected may: somebody was at the file.
      if (kindOf(error) === "fault") {
        directory.reload();
        partitions.reload();
        shelves.reload();
      }
      throw error;
    }
  };
  const retain = ({ raw, fiveMinute, hourly }: OldestAt) => {
    const over = [
      ...partitions.overBefore(dayOf(raw)),
      ...shelves.overBefore("5-minute", dayOf(fiveMinute)),
      ...shelves.overBefore("hourly", dayOf(hourly)),
    ];
    const dropped: string[] = [];
    try {
      sweep(db, over, clock, dropped);
    } finally {
      if (dropped.length > 0) forget();
      partitions.forget(dropped);
      shelves.forget(dropped);
    }
    const more = dropped.length < over.length;
    // A series is known for as long as its hours are.
    if (!more) inTransaction(db, () => directory.forgetBefore(dayOf(hourly)));
    return { dropped, more };
  };
  return (asked) => {
    switch (asked.call) {
      case "write":
        write(() => writer.write(asked.points));
        return null;
      case "check":
        write(() => inTransaction(db, () => db.exec("UPDATE life SET writes = writes + 1")));
        return null;
      case "rollUp":
        return write(() => roller.rollUp(asked.hours));
      case "importRollups":
        write(() => roller.put(asked.level, asked.buckets));
        return null;
      case "retain":
        return write(() => retain(asked.oldestAt));
      case "close":
        db.close();
        return null;
      default:
        throw new Error(`the writer answers no "${asked.call}"`);
    }
  };
}

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof TooManyPoints) return { kind: "too-many", message };
  return { kind: kindOf(error), message };
}
