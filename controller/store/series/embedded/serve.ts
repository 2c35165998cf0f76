import type { Clock } from "../../../base/clock.ts";
import type { Catalogue } from "../accept.ts";
import { type StoredPoint, TooManyPoints } from "../contract.ts";
import type { Answered, Asked, Failure, OldestAt, WorkerStart } from "./calls.ts";
import { type Db, inTransaction, kindOf, openDatabase } from "./database.ts";
import { createDirectory } from "./directory.ts";
import { type Packed, unpack } from "./pack.ts";
import { createPartitions, dayOf } from "./partitions.ts";
import { createReader } from "./reader.ts";
import { createRoller } from "./roller.ts";
import { createShelves } from "./shelves.ts";
import { sweep } from "./sweep.ts";
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
  let db: Db;
  try {
    db = openDatabase(start.file);
    serveSeries(port, db, start.catalogue, clock);
  } catch (error) {
    port.postMessage({ id: 0, ok: false, failure: failureOf(error) });
    port.close();
  }
}

/** Answers each call in turn: the calls are synchronous, so their order is the order of the transactions. */
export function serveSeries(port: Port, db: Db, catalogue: Catalogue, clock: Monotonic): void {
  const answer = answers(db, catalogue, clock);
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
  const directory = createDirectory(db);
  const partitions = createPartitions(db, catalogue);
  const shelves = createShelves(db, catalogue);
  const writer = createWriter({ db, catalogue, directory, partitions });
  const reader = createReader({ db, directory, partitions, shelves });
  const roller = createRoller({ db, catalogue, directory, partitions, shelves, clock });
  const measurements = Object.keys(catalogue);
  const reload = (): void => {
    writer.forget();
    roller.forget();
    directory.reload();
    partitions.reload();
    shelves.reload();
  };
  const write = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      reload();
      throw error;
    }
  };
  const retain = ({ raw, fiveMinute, hourly }: OldestAt) => {
    const over = [
      ...partitions.overBefore(dayOf(raw)),
      ...shelves.overBefore("5-minute", dayOf(fiveMinute)),
      ...shelves.overBefore("hourly", dayOf(hourly)),
    ];
    const dropped = sweep(db, over, clock);
    const more = dropped.length < over.length;
    if (dropped.length > 0) {
      writer.forget();
      roller.forget();
      partitions.forget(dropped);
      shelves.forget(dropped);
    }
    // A series is known for as long as its hours are.
    if (!more) inTransaction(db, () => directory.forgetBefore(dayOf(hourly)));
    return { dropped, more };
  };
  return (asked) => {
    switch (asked.call) {
      case "write":
        write(() => writer.write(pointsOf(asked.points, catalogue)));
        return null;
      case "check":
        write(() => inTransaction(db, () => db.exec("UPDATE life SET writes = writes + 1")));
        return null;
      case "query":
        return reader.query(asked.query, asked.plan);
      case "rollUp":
        return write(() => roller.rollUp(asked.hours));
      case "importRollups":
        write(() => roller.put(asked.level, asked.buckets));
        return null;
      case "devicesOn":
        return reader.devicesOn(asked.day);
      case "latest":
        return reader.latest(asked.since, measurements);
      case "count":
        return reader.count(asked.device, asked.from, asked.to, asked.measurement ? [asked.measurement] : measurements);
      case "retain":
        return write(() => retain(asked.oldestAt));
      case "close":
        db.close();
        return null;
    }
  };
}

const pointsOf = (points: Packed | StoredPoint[], catalogue: Catalogue): StoredPoint[] =>
  Array.isArray(points) ? points : unpack(points, catalogue);

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof TooManyPoints) return { kind: "too-many", message };
  return { kind: kindOf(error), message };
}
