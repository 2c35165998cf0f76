import type { RolloutSettings } from "./schema.ts";

interface Placed {
  id: string;
  site: string | null;
}

/** Who is in which wave: in each as many sites as possible, so that a canary is no single street, and no site has all its
 *  devices in the first wave. Who is away comes last. Pure; the same devices in any order give the same waves. */
export function wavesOf(
  devices: readonly Placed[],
  waves: RolloutSettings["waves"],
  isAway: (device: string) => boolean,
): { id: string; wave: number }[] {
  const ends = endsOf(devices.length, waves);
  return spread(devices, isAway).map((id, i) => ({ id, wave: ends.findIndex((end) => i < end) }));
}

/** How many devices are reached with each wave; one that reaches nobody new is left out, and the last reaches all. */
function endsOf(all: number, waves: RolloutSettings["waves"]): number[] {
  const ends: number[] = [];
  for (const wave of waves) {
    const end = Math.min(all, "devices" in wave ? wave.devices : Math.ceil((all * wave.percent) / 100));
    if (end > (ends.at(-1) ?? 0)) ends.push(end);
  }
  if ((ends.at(-1) ?? 0) < all) ends.push(all);
  return ends;
}

/** One of each site in turn. */
function spread(devices: readonly Placed[], isAway: (device: string) => boolean): string[] {
  const bySite = new Map<string, string[]>();
  for (const { id, site } of [...devices].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const own = bySite.get(site ?? "") ?? [];
    own.push(id);
    bySite.set(site ?? "", own);
  }
  const sites = [...bySite].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, own]) => own);
  const rounds = Math.max(0, ...sites.map((own) => own.length));
  const all = Array.from({ length: rounds }, (_, i) => sites.flatMap((own) => own[i] ?? [])).flat();
  return [...all.filter((id) => !isAway(id)), ...all.filter(isAway)];
}
