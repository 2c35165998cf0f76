import type { Line, Rollout, RolloutEffect, Step, Touched } from "./state.ts";

/** What one decision writes down; what it was given stays as it is. */
export function createPaper(was: Rollout, rows: ReadonlyMap<string, Touched>, now: number) {
  let rollout = was;
  const changed = new Map<string, Touched>();
  const effects: RolloutEffect[] = [];
  const log: Line[] = [];
  const of = (id: string): Touched | undefined => changed.get(id) ?? rows.get(id);
  const note = (device: string | null, text: string): void => void log.push({ at: now, device, text });

  /** @param begins it is another phase, which begins now */
  function row(id: string, change: Partial<Touched>, begins = true): void {
    const one = of(id);
    if (one) changed.set(id, { ...one, ...change, ...(begins ? { at: now } : {}) });
  }
  function head(change: Partial<Rollout>): void {
    const keys = Object.keys(change) as (keyof Rollout)[];
    if (keys.some((key) => change[key] !== rollout[key])) rollout = { ...rollout, ...change };
  }

  return {
    now,
    of,
    note,
    row,
    head,
    rollout: (): Rollout => rollout,
    *devices(): Generator<Touched> {
      for (const [id, one] of rows) yield changed.get(id) ?? one;
    },
    effect: (effect: RolloutEffect): void => void effects.push(effect),
    fail(id: string, why: string): void {
      row(id, { phase: "failed", why });
      head({ failures: rollout.failures + 1 });
      note(id, `failed: ${why}`);
    },
    skip(id: string, why: string): void {
      row(id, { phase: "skipped", why });
      note(id, `left out: ${why}`);
    },
    step: (): Step => ({ rollout, changed: [...changed.values()], effects, log }),
  };
}
export type Paper = ReturnType<typeof createPaper>;
