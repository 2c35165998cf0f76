import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Records } from "../store/records/index.ts";
import type { SeriesStore, StoredPoint } from "../store/series/index.ts";
import type { Alerts } from "./alerts.ts";
import { createBacktests } from "./backtest/index.ts";
import { createExplain } from "./explain/index.ts";
import { type Feed, feedLimits } from "./rules/feed.ts";
import { previewOf } from "./rules/preview.ts";
import type { Rulebook } from "./rules/rulebook.ts";
import type { Rule } from "./rules/schema.ts";
import { createUsual } from "./usual/index.ts";
import type { DeviceSeen, Presence } from "./watch.ts";

interface Device {
  id: string;
  name: string;
  site: string | null;
  kind: string;
  tags: readonly string[];
  profile: string | null;
}

export interface HindsightNeeds {
  clock: Clock;
  log: Log;
  records: Records;
  series: Pick<SeriesStore, "query">;
  registry: {
    devices(): readonly Device[];
    device(id: string): Device | undefined;
    site(id: string): { name: string; timeZone: string } | undefined;
    hoursOfSite(site: string): { open: boolean; changesAt: number | null };
  };
  presence(): { of(device: string): Presence; deadlineOf(device: string): number | null };
  /** Newest values of a device. */
  latest(device: string): readonly StoredPoint[];
}

/** What a notice is of. */
interface Of {
  root?: { type: string; id: string };
  site?: string | null;
}

export const subjectOf = <D extends Device>(device: D) => ({ ...device, site: device.site ?? "" });

/** What is usual, what a rule would do and would have done, and why somebody was told: beside what decides. */
export function createHindsight(needs: HindsightNeeds) {
  const { clock, registry } = needs;
  const estate = {
    devices: () => registry.devices().map(subjectOf),
    timeZoneOf: (site: string) => registry.site(site)?.timeZone ?? "Europe/London",
    intervalMs: (device: string) => needs.presence().of(device).birth?.intervalMs ?? 60_000,
  };
  const usual = createUsual({ ...needs, ...estate });
  const backtests = createBacktests({ ...needs, ...estate });
  const preview = (rule: Rule) =>
    previewOf(rule, {
      devices: estate.devices(),
      latest: needs.latest,
      usual: usual.of,
      currentMs: (device) => Math.max(feedLimits.currentMs, 3 * estate.intervalMs(device)),
      now: clock.now(),
    });
  return {
    usual,
    /** What people try before they save a rule. */
    trials: { backtests, preview },
    intervalMs: estate.intervalMs,
    /** For a notice: devices of people that are usually on there now. */
    usuallyOn({ root, site = null }: Of): { usuallyOn?: number } {
      const isThere = (one: Device): boolean =>
        root?.type === "device" ? one.id === root.id : site !== null && one.site === site;
      const there = registry.devices().filter(isThere);
      const on = usual.usuallyOn(
        there.map(({ id }) => id),
        clock.now(),
      );
      return on === null ? {} : { usuallyOn: on };
    },
    explaining: (of: {
      alerts: Pick<Alerts, "of" | "list" | "blindSince">;
      feed: Feed;
      book: Rulebook;
      seen(device: string): DeviceSeen | undefined;
      behind(device: string): string[];
    }) =>
      createExplain({
        ...needs,
        ...of,
        site: registry.site,
        hoursOfSite: registry.hoursOfSite,
        device(id) {
          const device = registry.device(id);
          const seen = of.seen(id);
          const deadline = needs.presence().deadlineOf(id);
          return device && seen && { subject: subjectOf(device), seen, deadline };
        },
      }),
    start: (): void => usual.start(),
    async stop(): Promise<void> {
      await backtests.stop();
      await usual.stop();
    },
  };
}
