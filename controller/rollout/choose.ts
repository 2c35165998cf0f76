import type { Facts, Rollout, Touched } from "./state.ts";

export const isUnderWay = ({ phase }: Touched): boolean => phase === "pushing" || phase === "pushed";

/** Who is pushed now: of the waves so far, as many as may be under way, none that is away or held, and never two that
 *  are to stay apart. Pure. */
export function choose(
  { wave, settings }: Pick<Rollout, "wave" | "settings">,
  devices: Iterable<Touched>,
  facts: Facts,
): Touched[] {
  const underWay = new Set<string>();
  const waiting: Touched[] = [];
  for (const one of devices) {
    if (isUnderWay(one)) underWay.add(one.id);
    else if (one.phase === "waiting" && one.wave <= wave) waiting.push(one);
  }
  const chosen: Touched[] = [];
  for (const one of waiting) {
    if (underWay.size >= settings.atOnce) break;
    if (facts.isAway(one.id) || facts.heldBy(one.id) !== null) continue;
    if (facts.apartFrom(one.id).some((other) => other !== one.id && underWay.has(other))) continue;
    chosen.push(one);
    underWay.add(one.id);
  }
  return chosen;
}
