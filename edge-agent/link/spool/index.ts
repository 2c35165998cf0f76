export type { Dropped } from "./drops.ts";
export type { Entry } from "./entries.ts";
export type { SpoolSettings } from "./flushes.ts";
export type { Thinned } from "./room.ts";
export { createSpool, emptySpool, type Spool } from "./spool.ts";
