import type { Kysely } from "kysely";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Serial } from "../base/serial.ts";
import { rowsAtOnce, turn } from "../base/turn.ts";
import type { Database, Records } from "../store/records/index.ts";
import type { Holders, Memory } from "./memory.ts";

/** Who changes something, for the audit log. */
export interface By {
  kind: string;
  id: string;
}

/** What this room needs of the audit log. */
export interface AuditLog {
  write(
    db: Kysely<Database>,
    entry: {
      actor: By;
      action: string;
      subject: { kind: string; id: string };
      before?: object | null;
      after?: object | null;
    },
  ): Promise<void>;
}

/** Something about a site, device or waiting enrolment is other than before. */
export interface Change {
  kind: "site" | "device" | "enrolment";
  id: string;
  change: "created" | "changed" | "removed";
}

/** What the files of this room share. Every change runs alone (`serial`): checks hold until they are written. */
export interface Room {
  records: Records;
  clock: Clock;
  log: Log;
  audit: AuditLog;
  serial: Serial;
  memory: Memory;
  holders: Holders;
  tell(change: Change): void;
}

/** One change: checked when it is made, written with others or alone, then kept in memory and told. */
export interface Step<T = unknown> {
  result: T;
  write(t: Kysely<Database>): Promise<void>;
  keep(): void;
}

/** Writes one change. Call within `serial`. */
export async function take<T>(room: Room, step: Step<T>): Promise<T> {
  await takeAll(room, [step], async () => {});
  return step.result;
}

/** Writes all or nothing.
 *  @param also in the same transaction */
export async function takeAll(
  room: Room,
  steps: readonly Step[],
  also: (t: Kysely<Database>) => Promise<void>,
): Promise<void> {
  await room.records.db.transaction().execute(async (t) => {
    for (const [i, step] of steps.entries()) {
      if (i % rowsAtOnce === rowsAtOnce - 1) await turn();
      await step.write(t);
    }
    await also(t);
  });
  for (const step of steps) step.keep();
}
