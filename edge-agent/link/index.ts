export { createLink, type Link } from "./link.ts";
export type { Configuration } from "./parts.ts";
export { webOf } from "./supervise.ts";
