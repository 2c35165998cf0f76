/** Lets everybody else have a turn. SQLite answers at once, so a long transaction without one would keep every device
 *  and every person waiting until its end. */
export const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** Rows of one thing that are written between two turns: some 50 ms on a small machine. */
export const rowsAtOnce = 25;
