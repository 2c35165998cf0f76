import type { Cancel, Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import type { Sample } from "../rules/engine.ts";

export const configWatchLimits = { everyMs: 60_000 } as const;

export interface ConfigWatchNeeds {
  clock: Clock;
  log: Log;
  devices(): readonly { id: string }[];
  /** Whether it is there: who is away cannot take anything. */
  isOnline(device: string): boolean;
  /** How its configuration stands, in the word of the configuration room; "none": nothing was ever wanted. */
  statusOf(device: string): string;
  /** Whether somebody changed files of it by hand. */
  isDrifted(device: string): boolean;
  /** To the rules. */
  sampled(sample: Sample): void;
}

/** Looks at the configuration of devices that are there as agents look at radios: a rule finds what is not in force. */
export function createConfigWatch({ clock, log, devices, isOnline, statusOf, isDrifted, sampled }: ConfigWatchNeeds) {
  let cancel: Cancel = () => {};

  function look(): void {
    const at = clock.now();
    for (const { id } of devices()) {
      const status = statusOf(id);
      if (status === "none" || !isOnline(id)) continue;
      const fields = { applied: status === "applied" ? 1 : 0, drifted: isDrifted(id) ? 1 : 0 };
      sampled({ device: id, m: "config", at, tags: {}, fields });
    }
  }

  return {
    start(): void {
      cancel = clock.every(configWatchLimits.everyMs, () => {
        try {
          look();
        } catch (error) {
          log.error("configurations could not be looked at", { error });
        }
      });
    },
    stop: (): void => cancel(),
  };
}
