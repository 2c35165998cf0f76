import type { Kysely } from "kysely";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Serial } from "../base/serial.ts";
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
