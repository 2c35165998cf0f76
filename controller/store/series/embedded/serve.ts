import type { Catalogue } from "../accept.ts";
import { TooManyPoints } from "../contract.ts";
import type { Answered, Asked, Failure, WorkerStart } from "./calls.ts";
import { type Db, inTransaction, kindOf, openDatabase } from "./database.ts";
import { createDirectory } from "./directory.ts";
import { createPartitions, dayOf } from "./partitions.ts";
import { createReader } from "./reader.ts";
import { createWriter } from "./writer.ts";

/** The side of a MessagePort that the worker needs; a MessageChannel's port will do. */
export interface Port {
  on(event: "message", listener: (asked: Asked) => void): unknown;
  postMessage(answered: Answered): void;
  close(): void;
}

/** Opens the file and serves it, or says what is wrong with it and ends. */
export function openAndServe(port: Port, start: WorkerStart): void {
  let db: Db;
  try {
    db = openDatabase(start.file);
    serveSeries(port, db, start.catalogue);
  } catch (error) {
    port.postMessage({ id: 0, ok: false, failure: failureOf(error) });
    port.close();
  }
}

/** Answers each call in turn: the calls are synchronous, so their order is the order of the transactions. */
export function serveSeries(port: Port, db: Db, catalogue: Catalogue): void {
  const answer = answers(db, catalogue);
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

function answers(db: Db, catalogue: Catalogue): (asked: Asked) => unknown {
  const directory = createDirectory(db);
  const partitions = createPartitions(db, catalogue);
  const writer = createWriter({ db, catalogue, directory, partitions });
  const reader = createReader({ db, directory, partitions });
  const measurements = Object.keys(catalogue);
  const reload = (): void => {
    writer.forget();
    directory.reload();
    partitions.reload();
  };
  const write = (run: () => void): null => {
    try {
      run();
    } catch (error) {
      reload();
      throw error;
    }
    return null;
  };
  return (asked) => {
    switch (asked.call) {
      case "write":
        return write(() => writer.write(asked.points));
      case "check":
        return write(() => inTransaction(db, () => db.exec("UPDATE life SET writes = writes + 1")));
      case "query":
        return reader.query(asked.query);
      case "latest":
        return reader.latest(asked.since, measurements);
      case "count":
        return reader.count(asked.device, asked.from, asked.to, asked.measurement ? [asked.measurement] : measurements);
      case "retain": {
        const dropped = inTransaction(db, () => {
          directory.forgetBefore(dayOf(asked.oldestAt));
          return partitions.dropBefore(dayOf(asked.oldestAt));
        });
        reload();
        return dropped;
      }
      case "close":
        db.close();
        return null;
    }
  };
}

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof TooManyPoints) return { kind: "too-many", message };
  return { kind: kindOf(error), message };
}
