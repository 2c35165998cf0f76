import { type Books, forgetIfOver } from "./books.ts";
import type { Dropped } from "./drops.ts";
import type { Entry, Telling } from "./entries.ts";

/** `tell` puts what tells of these boots' losses as batches of the current one; the journal remembers which, until that is
 *  delivered. */
export function tellOf(books: Books, boots: Iterable<string>, by: "toldBy" | "droppedBy", tell: () => void): void {
  const { current } = books;
  const before = current.seq;
  tell();
  if (current.seq === before) return;
  for (const boot of new Set(boots)) {
    const of = books.boots.get(boot);
    if (!of) continue;
    of[by] = [current.boot, current.seq];
    books.changed.add(of);
    books.due = true;
  }
}

export const tellDropped = (books: Books, runs: Dropped[], dropped: (runs: Dropped[]) => void): void =>
  runs.length === 0 ? undefined : tellOf(books, boots(runs), "droppedBy", () => dropped(runs));

const boots = (runs: readonly Dropped[]): string[] => runs.map(({ boot }) => boot);

/** These were delivered, or dropped for room, of which somebody else tells: nothing is to be told again. Not so for what
 *  flash lost. */
export function toldOf(books: Books, gone: readonly Entry[]): void {
  for (const entry of gone) {
    if (!entry.keep) continue;
    for (const of of [...books.boots.values()]) {
      if (!isBy(of.toldBy, entry) && !isBy(of.droppedBy, entry)) continue;
      if (isBy(of.toldBy, entry)) of.toldBy = undefined;
      if (isBy(of.droppedBy, entry)) of.droppedBy = undefined;
      books.changed.add(of);
      books.due = true;
      forgetIfOver(books, of);
    }
  }
}

const isBy = (telling: Telling | undefined, { boot, seq }: Entry): boolean =>
  telling?.[1] === seq && telling[0] === boot;
