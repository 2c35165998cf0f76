export type { Dropped } from "./drops.ts";
export type { Entry } from "./entries.ts";
export type { SpoolSettings } from "./flushes.ts";
export { createSpool, type Spool } from "./spool.ts";
