export { createLink, type Link } from "./link.ts";
export type { Configuration } from "./parts.ts";
export { emptySpool } from "./spool/index.ts";
export { webOf } from "./supervise.ts";
