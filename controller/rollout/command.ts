import { sendBack } from "./halt.ts";
import type { Paper } from "./paper.ts";
import { isOver, type RolloutEvent, type RolloutStatus } from "./state.ts";

type Command = Extract<RolloutEvent, { kind: "command" }>;

/** What a person may do now; undefined: that, else why not. Pure. */
export function whyNot(status: RolloutStatus, what: Command["do"]): string | undefined {
  if (what === "pause" && status !== "running") return `it is ${status}, and can be paused only while it runs`;
  if (what === "resume" && status !== "paused" && status !== "halted") return `it is ${status}`;
  if (what === "abort" && (isOver({ status }) || status === "returning")) return `it is ${status} already`;
  return undefined;
}

export function command(paper: Paper, { do: what, by }: Command): void {
  if (whyNot(paper.rollout().status, what) !== undefined) return;
  if (what === "pause") {
    paper.note(null, `paused by ${by}`);
    paper.head({ status: "paused", why: `paused by ${by}` });
  } else if (what === "resume") {
    resume(paper, by);
  } else {
    paper.note(null, `stopped by ${by}: what was changed goes back`);
    paper.head({ status: "returning", why: `stopped by ${by}` });
    for (const one of [...paper.devices()]) sendBack(paper, one);
  }
}

/** A person has seen what failed and how it compares: neither may stop it again at once. */
function resume(paper: Paper, by: string): void {
  const { failures, compared } = paper.rollout();
  paper.note(null, failures > 0 ? `goes on by ${by}, who knows of ${failures} failures` : `goes on by ${by}`);
  const seen = compared?.verdict === "worse" ? { ...compared, verdict: "accepted" as const } : compared;
  paper.head({ status: "running", why: null, forgiven: failures, forgivenAt: paper.now, compared: seen });
}
