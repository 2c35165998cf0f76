import { isUnderWay } from "./choose.ts";
import type { Paper } from "./paper.ts";
import type { RolloutEvent, Touched } from "./state.ts";

type Outcome = Exclude<RolloutEvent, { kind: "tick" | "command" | "compared" }>;

/** What becomes of one device. Counted at the next tick. */
export function outcome(paper: Paper, event: Outcome): void {
  const one = paper.of(event.device);
  if (!one) return;
  switch (event.kind) {
    case "pushed":
      if (one.phase === "pushing")
        paper.row(one.id, { phase: "pushed", revision: event.revision, pushedAt: paper.now });
      return;
    case "refused":
      if (one.phase === "pushing") paper.skip(one.id, event.why);
      return;
    case "returned":
      if (one.back === "asked") paper.row(one.id, { back: "written", ...(event.why ? { why: event.why } : {}) }, false);
      return;
    case "gone":
      if (one.phase === "waiting" || isUnderWay(one)) paper.skip(one.id, "was removed");
      if (one.back === "asked") paper.row(one.id, { back: "written" }, false);
      return;
    case "outcome":
      said(paper, one, event);
  }
}

/** Of a revision that is not ours, or after it was to go back, it says nothing of this change. */
function said(paper: Paper, one: Touched, event: Extract<Outcome, { kind: "outcome" }>): void {
  if (one.back !== null || (one.phase !== "pushed" && one.phase !== "failed")) return;
  if (event.revision !== one.revision) {
    if (one.phase === "pushed" && event.revision > (one.revision ?? 0))
      paper.skip(one.id, "somebody else configured it meanwhile");
  } else if (event.is === "applied") {
    if (one.phase === "failed") paper.note(one.id, "took it after all");
    paper.row(one.id, { phase: "done", why: null });
  } else if (event.is === "failed" && one.phase === "pushed") {
    paper.fail(one.id, event.why ?? "it gave no reason");
  }
}
