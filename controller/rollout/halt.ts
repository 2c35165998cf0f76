import type { Paper } from "./paper.ts";
import type { Touched } from "./state.ts";

/** It stops by itself. What failed is not tried again: what it had is wanted of it again. */
export function halted(paper: Paper, why: string): void {
  paper.note(null, `stopped by itself: ${why}`);
  if (paper.rollout().settings.onHalt === "return") {
    paper.head({ status: "returning", why });
    for (const one of [...paper.devices()]) sendBack(paper, one);
    return;
  }
  paper.head({ status: "halted", why });
  withdraw(paper);
}

/** What failed has the old settings by itself; they are to be what is wanted of it, too. */
export function withdraw(paper: Paper): void {
  for (const one of [...paper.devices()]) if (one.phase === "failed") sendBack(paper, one);
}

/** Once: what was wanted of it before is wanted again. */
export function sendBack(paper: Paper, { id, phase, revision, back }: Touched): void {
  if (revision === null || back !== null || phase === "skipped") return;
  paper.row(id, { back: "asked" }, false);
  paper.effect({ do: "return", device: id });
}
