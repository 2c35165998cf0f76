import { calm, type Flapping } from "./flap.ts";
import { type Incident, isLoss } from "./incident.ts";
import { flapAfter } from "./rules/instance.ts";
import { note, put, rootKey, type Turn } from "./turn.ts";

/** Follows an incident through loss and return (ALERTING §1.6). One that comes and goes stays open: told as such once, and
 *  again when it has calmed down. */
export function followFlapping(turn: Turn, incident: Incident): Incident {
  if (!isLoss(incident.rule)) return incident;
  const was = incident.facts.flap ?? turn.flaps.get(rootKey(incident)) ?? calm;
  const down = [...incident.members.values()].filter(({ state }) => state === "down");
  const isDown = down.length > 0;
  if (isDown === (was.downAt !== null)) return was.flapping ? calmed(turn, incident, was) : incident;
  const flap: Flapping = {
    ...flapAfter(was, turn.now, 1),
    times: was.times + (isDown ? 1 : 0),
    downMs: was.downMs + (was.downAt === null ? 0 : turn.now - was.downAt),
    downAt: isDown ? Math.min(...down.map(({ since }) => since)) : null,
  };
  const begins = flap.flapping && !was.flapping;
  const updateAt = begins && incident.toldAt !== null ? turn.now : incident.updateAt;
  const step = put(turn, { ...incident, updateAt, facts: { ...incident.facts, flap } });
  if (begins) note(step, "flapping");
  return step.incident;
}

function calmed(turn: Turn, incident: Incident, was: Flapping): Incident {
  const { flapping } = flapAfter(was, turn.now, 0);
  if (flapping) return incident;
  const updateAt = incident.toldAt !== null && was.downAt !== null ? turn.now : incident.updateAt;
  const step = put(turn, { ...incident, updateAt, facts: { ...incident.facts, flap: { ...was, flapping } } });
  note(step, "steady");
  return step.incident;
}

/** All of it is back, and will hardly stay so: it is not over yet. */
export const isHeld = ({ facts }: Incident): boolean => facts.flap?.flapping ?? false;

/** What the next incident of the same root has to know. */
export function keepFlap(turn: Turn, incident: Incident): void {
  const { flap } = incident.facts;
  if (flap) turn.flaps.set(rootKey(incident), { ...flap, flapping: false, downAt: null });
}
