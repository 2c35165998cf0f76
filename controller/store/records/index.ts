/** Everything but telemetry: SQLite on the main thread, through kysely (DESIGN §6). */
export type { Database } from "./database.ts";
export { holdFolder } from "./hold.ts";
export { openRecords, type Records } from "./open.ts";
