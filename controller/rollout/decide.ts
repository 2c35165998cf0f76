import { choose } from "./choose.ts";
import { command } from "./command.ts";
import { countOf, gateOf, nameOf, tooMany, wordsOf } from "./gate.ts";
import { halted, sendBack, withdraw } from "./halt.ts";
import { outcome } from "./outcome.ts";
import { createPaper, type Paper } from "./paper.ts";
import { type Facts, isOver, type Rollout, type RolloutEvent, type Step, type Touched } from "./state.ts";

/** (state, event, now) → state, effects and the reasons (DESIGN promise 3). Pure. Nothing is pushed but at a tick, and a
 *  tick first counts what failed: so no more devices than are under way can fail after the one that was too many.
 *  @param devices by id, in the order in which they are pushed */
export function decide(
  rollout: Rollout,
  devices: ReadonlyMap<string, Touched>,
  event: RolloutEvent,
  now: number,
  facts: Facts,
): Step {
  const paper = createPaper(rollout, devices, now);
  if (event.kind === "tick") tick(paper, facts);
  else if (event.kind === "command") command(paper, event);
  else if (event.kind === "compared") {
    if (event.wave === rollout.wave) paper.head({ compared: event.comparison });
  } else outcome(paper, event);
  return paper.step();
}

function tick(paper: Paper, facts: Facts): void {
  if (isOver(paper.rollout())) return;
  silent(paper, facts);
  const { status } = paper.rollout();
  if (status === "returning") ended(paper);
  // What was under way when it stopped, and failed since.
  else if (status === "halted") withdraw(paper);
  else if (status === "running") go(paper, facts);
}

function go(paper: Paper, facts: Facts): void {
  const why = tooMany(paper.rollout(), countOf(paper.devices(), facts.isAway).done);
  if (why === null) advance(paper, facts);
  else halted(paper, why);
  if (paper.rollout().status !== "running") return;
  for (const { id } of choose(paper.rollout(), paper.devices(), facts)) {
    paper.row(id, { phase: "pushing" });
    paper.effect({ do: "push", device: id });
  }
}

/** Silence is failure: of who was pushed to, and of who took it and is gone while its wave is watched. */
function silent(paper: Paper, facts: Facts): void {
  const { settings, wave, status, createdAt } = paper.rollout();
  for (const one of paper.devices()) {
    const late = paper.now - one.at >= settings.deadlineMs;
    if (one.phase === "pushed" && late) paper.fail(one.id, `no word within ${wordsOf(settings.deadlineMs)}`);
    else if (one.phase === "done" && one.wave === wave && status === "running" && facts.isAway(one.id))
      paper.fail(one.id, "out of reach since it took the change");
    else if (one.phase === "waiting" && facts.isAway(one.id) && paper.now - createdAt >= settings.patienceMs)
      paper.skip(one.id, `was away for ${wordsOf(settings.patienceMs)}`);
  }
}

/** On to the next wave, as far as the gates let it. */
function advance(paper: Paper, facts: Facts): void {
  while (step(paper, facts));
}

/** @returns whether another wave has begun */
function step(paper: Paper, facts: Facts): boolean {
  const { wave, waves } = paper.rollout();
  const gate = gateOf(paper.rollout(), [...paper.devices()], facts, paper.now);
  if (gate.is === "worse") halted(paper, gate.why);
  else if (gate.is === "closed") paper.head({ soakSince: gate.soakSince, why: gate.why });
  else if (gate.is === "compare") {
    paper.head({ soakSince: gate.soakSince, why: `${nameOf(wave)} is compared with devices that were not touched` });
    paper.effect({ do: "compare", wave });
  } else if (wave + 1 >= waves) complete(paper, facts, gate.why);
  else {
    paper.note(null, `${gate.why}; ${nameOf(wave + 1)} begins`);
    paper.head({ wave: wave + 1, soakSince: null, compared: null, why: null });
    return true;
  }
  return false;
}

/** Through with all waves but for those that are away. */
function complete(paper: Paper, facts: Facts, why: string): void {
  const { waiting, underWay, done, failed, skipped } = countOf(paper.devices(), facts.isAway);
  if (underWay > 0) return;
  if (waiting > 0) {
    paper.head({ why: `waits for ${waiting} ${waiting === 1 ? "device" : "devices"} away` });
    return;
  }
  const left = [failed > 0 ? `${failed} failed` : "", skipped > 0 ? `${skipped} left out` : ""].filter(Boolean);
  const said = [`${done} took it`, ...left].join(", ");
  paper.note(null, `${why}; that was the last wave: ${said}`);
  paper.head({ status: "done", why: said, endedAt: paper.now });
}

/** Everything is on its way back. */
function ended(paper: Paper): void {
  // One whose push was being written when it was stopped: only now there is something to take back.
  for (const one of [...paper.devices()]) sendBack(paper, one);
  const rows = [...paper.devices()];
  if (rows.some((one) => one.back === "asked" || one.phase === "pushing")) return;
  const back = rows.filter((one) => one.back === "written").length;
  paper.note(null, `stopped; ${back} went back to what they had`);
  paper.head({ status: "aborted", endedAt: paper.now });
}
