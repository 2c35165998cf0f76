import { statfs } from "node:fs/promises";
import type { Cancel, Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import type { LoopLag } from "../../base/loop-lag.ts";
import type { Sample } from "../rules/engine.ts";
import { self } from "./measurement.ts";

export const selfLimits = { everyMs: 15_000 } as const;

export interface SelfNeeds {
  clock: Clock;
  log: Log;
  loopLag: Pick<LoopLag, "takeWorstMs">;
  dataDir: string;
  /** When its certificate ends; null: it has none. */
  certificateUntil: number | null;
  ingest(): { lagMs: number; queueShare: number };
  /** When the oldest notice that should be out was made. */
  outboxSince(): number | null;
  /** When incidents were last decided. */
  decidedAt(): number;
  /** To the rules. */
  sampled(sample: Sample): void;
}

const dayMs = 86_400_000;

/** Looks at the controller as agents look at devices: the same rules find what is wrong with it. */
export function createSelf(needs: SelfNeeds) {
  const { clock, log, dataDir } = needs;
  let cancel: Cancel = () => {};
  let last: Record<string, number> = {};

  async function look(): Promise<void> {
    const disk = await statfs(dataDir);
    const now = clock.now();
    const { lagMs, queueShare } = needs.ingest();
    const outboxSince = needs.outboxSince();
    last = {
      loop_lag_ms: needs.loopLag.takeWorstMs(),
      ingest_lag_seconds: lagMs / 1_000,
      queue_percent: 100 * queueShare,
      outbox_age_seconds: outboxSince === null ? 0 : Math.max(0, now - outboxSince) / 1_000,
      turn_age_seconds: Math.max(0, now - needs.decidedAt()) / 1_000,
      disk_free_percent: disk.blocks === 0 ? 100 : (100 * disk.bavail) / disk.blocks,
      ...(needs.certificateUntil === null ? {} : { certificate_days: (needs.certificateUntil - now) / dayMs }),
    };
    needs.sampled({ device: self, m: "controller", at: now, tags: {}, fields: last });
  }
  const run = (): void =>
    void look().catch((error: unknown) => log.error("the controller could not look at itself", { error }));

  return {
    start(): void {
      run();
      cancel = clock.every(selfLimits.everyMs, run);
    },
    stop: (): void => cancel(),
    /** As it was last. */
    values: (): Readonly<Record<string, number>> => last,
  };
}
export type Self = ReturnType<typeof createSelf>;
