import { describe, expect, it } from "vitest";
import { createBacktests } from "../../../../controller/alert/backtest/index.ts";
import { backtestLimits } from "../../../../controller/alert/backtest/limits.ts";
import { rule } from "../../../../controller/alert/rules/schema.ts";
import { StoreAway } from "../../../../controller/store/series/index.ts";
import { later } from "../../../undo.ts";
import { handClock } from "../../base/hand-clock.ts";
import { quiet } from "../../records/fresh.ts";
import { each, estate } from "./estate.ts";

const busy = rule.parse({
  id: "busy",
  title: "Busy",
  value: { field: "system.cpu_percent" },
  raise: { above: 90 },
  severity: "warning",
});

function room(over: Partial<Parameters<typeof createBacktests>[0]> = {}) {
  const clock = handClock();
  const histories = ["ap-1", "ap-2"].map((device) => ({
    ...{ device, site: "a", m: "system", tags: {} },
    fields: { cpu_percent: each(Array.from({ length: 2_000 }, () => 95)) },
  }));
  const { needs } = estate(histories);
  const backtests = createBacktests({ ...needs, clock, log: quiet, ...over });
  later(() => backtests.stop());
  return { clock, backtests };
}

describe("backtests", () => {
  it("run one after the other, tell how far they are, and are kept for a while", async () => {
    const { clock, backtests } = room();
    const first = backtests.begin({ rule: busy });
    const second = backtests.begin({ rule: busy });
    expect([first.state, second.state]).toEqual(["running", "waiting"]);
    await backtests.idle();
    expect(backtests.of(second.id)).toMatchObject({ state: "done", progress: { devices: 2, of: 2 } });
    expect(backtests.of(first.id).result?.counts.fired).toBe(2);
    clock.pass(backtestLimits.keptMs + 1);
    expect(() => backtests.of(first.id)).toThrow(/no backtest/);
    const ids: string[] = [];
    for (let i = 0; i <= backtestLimits.kept; i++) {
      ids.push(backtests.begin({ rule: busy, from: clock.now() - 3_600_000 }).id);
      await backtests.idle();
    }
    expect(() => backtests.of(ids[0] ?? "")).toThrow(/no backtest/);
    expect(backtests.of(ids[1] ?? "").state).toBe("done");
  });

  it("more than a few are refused; one that is cancelled is gone, and the next runs", async () => {
    const { backtests } = room();
    const ids = Array.from({ length: 1 + backtestLimits.waiting }, () => backtests.begin({ rule: busy }).id);
    expect(() => backtests.begin({ rule: busy })).toThrow(/wait already/);
    backtests.cancel(ids[0] ?? "");
    expect(() => backtests.of(ids[0] ?? "")).toThrow(/no backtest/);
    expect(() => backtests.cancel(ids[0] ?? "")).toThrow(/no backtest/);
    await backtests.idle();
    expect(ids.slice(1).map((id) => backtests.of(id).state)).toEqual(ids.slice(1).map(() => "done"));
  });

  it("say why they failed", async () => {
    const { backtests } = room({
      series: {
        query: async () => {
          throw new StoreAway("the disk is full");
        },
      },
    });
    const { id } = backtests.begin({ rule: busy });
    await backtests.idle();
    expect(backtests.of(id)).toMatchObject({ state: "failed", why: "the disk is full" });
  });

  it("take a range of an hour to 90 days before now, and what history can answer", () => {
    const { backtests, clock } = room();
    const now = clock.now();
    expect(() => backtests.begin({ rule: busy, from: now - 3_599_999 })).toThrow(/at least an hour/);
    expect(() => backtests.begin({ rule: busy, from: now - backtestLimits.longestRangeMs - 1 })).toThrow(/90 days/);
    const counting = { ...busy, value: { field: "system.cpu_percent", fn: "count", window: "1h" } } as const;
    expect(() => backtests.begin({ rule: counting })).toThrow(/count of samples/);
    expect(backtests.begin({ rule: busy, from: now - backtestLimits.longestRangeMs }).state).toBe("running");
  });
});
