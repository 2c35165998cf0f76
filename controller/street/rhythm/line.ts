import { chance, wander } from "../chance.ts";
import type { TownSite } from "../town/sites.ts";
import { crowdAt } from "./people.ts";

/** Round trip without load, what a busy hour adds, and the share of tries that is lost. */
const lines = {
  fibre: { ms: 7, busyMs: 4, lost: 0.0005 },
  dsl: { ms: 21, busyMs: 26, lost: 0.002 },
  cellular: { ms: 46, busyMs: 58, lost: 0.006 },
  mesh: { ms: 13, busyMs: 11, lost: 0.003 },
} as const;

/** Round trip over the site's line, or null where the try is lost.
 *  @param what tells two tries of the same moment apart */
export function roundTripMs(seed: number, site: TownSite, at: number, what: string): number | null {
  const { ms, busyMs, lost } = lines[site.uplink];
  const second = Math.floor(at / 1000);
  if (chance(seed, site.key, what, "lost", second) < lost) return null;
  const load = Math.min(1.2, crowdAt(site.character, at)) ** 2;
  const wanders = 0.8 + 0.4 * wander(seed, `${site.key} line`, at, 90_000);
  const jitter = 0.85 + 0.5 * chance(seed, site.key, what, second) ** 3;
  return (ms + busyMs * load) * wanders * jitter;
}
