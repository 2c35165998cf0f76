import type { ApplyState } from "./state.ts";

/** What files have to follow when the state on flash turns from `before` to `after`, in this order: what was tried is kept
 *  or taken back, then another trial begins. Pure. */
export function turningPoints(before: ApplyState, after: ApplyState): ("keep" | "back" | "begin")[] {
  const [was, is] = [before.trial, after.trial];
  if (was?.revision === is?.revision && was?.attempt === is?.attempt) return [];
  const isKept = was !== null && after.applied.revision === was.revision && after.applied.hash === was.hash;
  return [
    ...(was === null ? [] : isKept ? (["keep"] as const) : (["back"] as const)),
    ...(is === null ? [] : (["begin"] as const)),
  ];
}
