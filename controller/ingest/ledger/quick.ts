import type { Restored } from "../delivery.ts";
import { account } from "./account.ts";
import type { BootLedger } from "./boot.ts";
import { type Figures, figuresOf } from "./sums.ts";

/** What `figuresOf(account(…))` says, without the detour where nothing is missing, held or dropped: nearly always (a
 *  property test holds the two equal). */
export function quickFigures(boot: string, ledger: BootLedger, restores: readonly Restored[]): Figures {
  const made = ledger.dropped.length === 0 && !ledger.stated?.held.length ? madeWithoutGaps(ledger) : null;
  if (made === null) return figuresOf(account(boot, ledger, false, restores));
  const { stored, duplicates, quarantined } = ledger;
  const figures: Figures = {};
  if (made) figures["made"] = made;
  if (stored) figures["stored"] = stored;
  if (duplicates) figures["duplicates"] = duplicates;
  if (quarantined) figures["quarantined"] = quarantined;
  return figures;
}

/** null: look closer. */
function madeWithoutGaps({ settled, stated, over }: BootLedger): number | null {
  const { seq, total } = stated ?? { seq: 0, total: 0 };
  const [range, more] = settled;
  if (range === undefined) return seq === 0 ? total : null;
  if (more !== undefined || range.from !== 1 || range.to < seq) return null;
  if (range.to === seq) return total;
  if (over) return Math.max(total, range.after);
  return seq === 0 ? total + range.after - range.before : range.after;
}

/** What it costs to look at one, in the time that an ordinary boot takes: gaps have to be walked. */
export const weightOf = ({ settled, dropped }: BootLedger): number => 1 + ((settled.length + dropped.length) >> 3);
