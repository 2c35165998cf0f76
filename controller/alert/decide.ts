import { judgeAgents } from "./agents.ts";
import { judgeAcks } from "./attention.ts";
import { judgeSight, judgeStore } from "./blind.ts";
import { deviceEvent } from "./devices.ts";
import { escalate } from "./escalation/run.ts";
import { endIncidents, stillDown, tell } from "./lifecycle.ts";
import type { AlertLimits } from "./limits.ts";
import { judgeMutes } from "./muting.ts";
import { ruleEvent } from "./ruled.ts";
import { openIncidents } from "./sites.ts";
import type { AlertEvent, AlertState } from "./state.ts";
import { begin, end, mayTell, type Step, type Turn } from "./turn.ts";

/** (state, events, now) → state and what became of which incident. All times are absolute, so a restart in between
 *  changes nothing: what is due is done. A state that is the same object has not changed. */
export function decide(
  state: AlertState,
  events: readonly AlertEvent[],
  now: number,
  limits: AlertLimits,
  newId: () => string,
): { state: AlertState; steps: Step[] } {
  if (events.length === 0 && isQuiet(state)) return { state, steps: [] };
  const turn = begin(state, now, limits, newId);
  for (const event of events) take(turn, event);
  judgeSight(turn);
  judgeStore(turn);
  judgeAgents(turn);
  endIncidents(turn);
  openIncidents(turn);
  judgeMutes(turn);
  judgeAcks(turn);
  tell(turn, (incident) => mayTell(turn, incident));
  escalate(turn, (incident) => mayTell(turn, incident) && stillDown(turn, incident));
  return { state: end(turn), steps: [...turn.steps.values()] };
}

/** Nothing is wrong and nothing waits. */
const isQuiet = ({ waiting, incidents, blind, store, selfCheck }: AlertState): boolean =>
  waiting.size === 0 && incidents.size === 0 && blind === null && store === null && selfCheck === null;

function take(turn: Turn, event: AlertEvent): void {
  switch (event.kind) {
    case "device":
      deviceEvent(turn, event.id, event.is);
      return;
    case "place":
      if (event.is) turn.places.set(event.id, event.is);
      else turn.places.delete(event.id);
      return;
    case "rule":
      ruleEvent(turn, event);
      return;
    case "probe":
      turn.probes[event.of].set(event.id, event.is);
      return;
    case "mutes":
      turn.mutes = event.are;
      return;
    case "policy":
      turn.policy = event.is;
      return;
    case "self-check":
      turn.selfCheck = event.failed;
      return;
    case "store":
      turn.store = event.away;
      return;
  }
}
