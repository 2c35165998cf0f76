import type { Fault, Target } from "./faults.ts";

/** Two devices that lose their lines one after the other are so far apart. */
const frayMs = 2_000;
/** How long a line that comes and goes is gone, and then there. */
const flapMs = 60_000;

/** Which lines are cut at a time: of whole sites, and of single devices. By their keys. Pure. */
export function linesCut(
  faults: readonly Fault[],
  targets: readonly Target[],
  now: number,
): { sites: string[]; devices: string[] } {
  const of = (what: Fault["what"]) => faults.filter((fault) => fault.what === what);
  const gone = of("flap-uplink").filter(({ since }) => Math.floor((now - since) / flapMs) % 2 === 0);
  return {
    sites: [...of("cut-uplink"), ...gone].flatMap(({ target }) => target ?? []),
    devices: of("fray-uplink").flatMap(({ target, since }) => {
      const many = 1 + Math.floor((now - since) / frayMs);
      return inOrder(
        targets.filter(({ site }) => site !== undefined && site === target).map(({ key }) => key),
        since,
      ).slice(0, many);
    }),
  };
}

/** Forwards, backwards, or every second one first: another one each time. */
function inOrder(keys: readonly string[], since: number): string[] {
  const order = Math.floor(since / 1_000) % 3;
  if (order === 0) return [...keys];
  if (order === 1) return [...keys].reverse();
  return [...keys.filter((_, i) => i % 2 === 1), ...keys.filter((_, i) => i % 2 === 0)];
}
