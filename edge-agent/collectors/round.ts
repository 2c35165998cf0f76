import type { Time } from "../host/index.ts";
import { type Log, reason } from "../log.ts";
import type { Collector, Sample } from "./collector.ts";

export interface RoundNeeds {
  collectors: readonly Collector[];
  time: Time;
  log: Log;
  /** A collection that takes longer gives nothing in this round. */
  timeoutMs: number;
}

/** Asks all collectors at once. One that fails or hangs costs only its own points; one that still hangs in the next
 *  round is not asked again until it is back. */
export function createRounds({ collectors, time, log, timeoutMs }: RoundNeeds) {
  const busy = new Set<string>();
  const told = new Map<string, string>();
  const skipped = new Map<string, number>();
  const tell = (name: string, line: string): void => {
    if (told.get(name) !== line) log.warn(`collector ${name}: ${line}`);
    told.set(name, line);
  };

  async function ask(collector: Collector): Promise<Sample[]> {
    const { name } = collector;
    if (busy.has(name)) {
      skipped.set(name, (skipped.get(name) ?? 0) + 1);
      tell(name, "still busy with an earlier round, left out");
      return [];
    }
    busy.add(name);
    const answer = Promise.resolve()
      .then(() => collector.collect())
      .finally(() => busy.delete(name));
    try {
      const samples = await within(answer, timeoutMs, time);
      const missed = skipped.get(name);
      if (missed !== undefined) log.info(`collector ${name}: back after ${missed} rounds without it`);
      skipped.delete(name);
      told.delete(name);
      return samples;
    } catch (error) {
      tell(name, reason(error));
      return [];
    }
  }

  return {
    collect: async (): Promise<Sample[]> => (await Promise.all(collectors.map(ask))).flat(),
  };
}

function within<T>(answer: Promise<T>, timeoutMs: number, time: Time): Promise<T> {
  return new Promise((done, fail) => {
    const cancel = time.after(timeoutMs, () => fail(new Error(`no answer in ${timeoutMs} ms`)));
    answer.then(done, fail).finally(cancel);
  });
}
