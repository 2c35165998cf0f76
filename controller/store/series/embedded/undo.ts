export type Undo = ReturnType<typeof createUndo>;

/** What a transaction changed in memory, so that a roll-back takes back that and nothing else: to read everything again
 *  takes seconds where there are many series. */
export function createUndo() {
  let steps: (() => void)[] = [];
  return {
    note(step: () => void): void {
      steps.push(step);
    },
    /** The transaction is on disk. */
    settle(): void {
      if (steps.length > 0) steps = [];
    },
    /** The transaction was rolled back. */
    back(): void {
      for (const step of steps.reverse()) step();
      steps = [];
    },
  };
}
