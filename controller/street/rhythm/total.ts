const slotMs = 60_000;

/** The integral of a rate, so that a counter is a function of time: it never goes back, and a second run has the same.
 *  The rate is taken once a minute. What was summed up is remembered, for readings that go forward. */
export function createTotal(perSecond: (at: number) => number): (from: number, to: number) => number {
  let known = { from: Number.NaN, slot: 0, sum: 0 };
  const part = (slot: number, from: number, to: number): number => {
    const [begins, ends] = [Math.max(from, slot * slotMs), Math.min(to, (slot + 1) * slotMs)];
    return ends > begins ? (perSecond(slot * slotMs) * (ends - begins)) / 1000 : 0;
  };
  return (from, to) => {
    const last = Math.floor(to / slotMs);
    if (known.from !== from || known.slot > last) known = { from, slot: Math.floor(from / slotMs), sum: 0 };
    while (known.slot < last) {
      known.sum += part(known.slot, from, to);
      known.slot++;
    }
    return known.sum + part(last, from, to);
  };
}
