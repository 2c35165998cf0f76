import type { Boot, Telling } from "./entries.ts";
import type { Known } from "./journal.ts";
import { inRanges } from "./ranges.ts";

/** At a start. What told of an unclean end and is neither here nor delivered is told again: twice is the same to the
 *  ledger. What told of dropped batches can't be (their points went with it): their boot is named as unfinished once
 *  more, so that the ledger has them as missing. */
export function untell(boots: ReadonlyMap<string, Boot>): void {
  const isHere = ([boot, seq]: Telling): boolean => boots.get(boot)?.entries.has(seq) === true;
  for (const of of boots.values()) {
    if (of.toldBy && !isHere(of.toldBy)) {
      of.toldBy = undefined;
      of.ended = false;
    }
    if (of.droppedBy && !isHere(of.droppedBy)) {
      of.droppedBy = undefined;
      of.lost++;
    }
  }
}

/** Only what the journal knew, and knew as not sent, was surely never sent: a run is killed between its last sends and its
 *  next line, and where that doubt is not kept the controller would get values that replace what it has. */
export function neverSent(known: readonly Known[], boots: ReadonlyMap<string, Boot>): void {
  for (const { boot, kept, sent } of known) {
    if (!sent) continue;
    for (const entry of boots.get(boot)?.entries.values() ?? [])
      entry.sentBefore = !inRanges(kept, entry.seq) || inRanges(sent, entry.seq);
  }
}
