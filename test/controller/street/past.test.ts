import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Telemetry } from "#wire";
import { pastIntervalMs, writePast } from "../../../controller/street/fleet/past.ts";
import { createPast } from "../../../controller/street/host/index.ts";
import { runsBetween } from "../../../controller/street/rhythm/power.ts";
import { devices } from "../../../controller/street/town/devices.ts";
import { createSpool } from "../../../edge-agent/link/spool/index.ts";
import { newLog } from "../../agent/setup.ts";
import { fakeTime } from "../../agent/time.ts";
import { later } from "../../undo.ts";

const hour = 3_600_000;
const to = Date.UTC(2026, 5, 3, 14);
const seed = 7;

/** What is in the spool of a device that has written its past. */
async function past(key: string, from: number) {
  const dataDir = await mkdtemp(join(tmpdir(), "lamplighter-street-"));
  later(() => rm(dataDir, { recursive: true, force: true }));
  const device = devices.find((one) => one.key === key);
  if (!device) throw new Error(key);
  const log = newLog();
  await writePast({
    device: { ...device, seed },
    dataDir,
    controllerUrl: "http://127.0.0.1:9",
    token: `demo-secret-demo-secret.${"a".repeat(22)}.`,
    kind: device.kind,
    version: "0.0.0-test",
    footprint: () => ({ residentBytes: 1, cpuMs: 0 }),
    log,
    from,
    now: () => to,
  });
  const spool = await createSpool({
    folder: join(dataDir, "spool"),
    boot: "a".repeat(20),
    settings: { maxBytes: 32 * 2 ** 20, maxAgeMs: 10 * 24 * hour, flushMs: 1000 },
    time: fakeTime(to),
    log,
    now: () => to,
    inFlight: () => false,
    dropped: () => expect.unreachable("nothing is dropped"),
    thinned: () => expect.unreachable("nothing is thinned"),
  });
  later(() => spool.halt());
  const batches: Telemetry[] = [];
  for (const { boot, from: first, to: last } of spool.state().held)
    for (let seq = first; seq <= last; seq++) {
      const entry = spool.entry(boot, seq);
      batches.push(JSON.parse((entry && (await spool.text(entry))) ?? "{}") as Telemetry);
    }
  return { spool, batches, device, errors: log.lines.filter((line) => line.startsWith("error")) };
}

describe("a past", () => {
  it("is written by the real agent into its spool, round by round without a gap, and ends now", async () => {
    const from = to - 3 * hour;
    const { spool, batches, device, errors } = await past("ap-02", from);
    expect([spool.unclean, errors]).toEqual([[], []]);
    const runs = runsBetween({ seed, ...device }, from, to);
    expect(new Set(batches.map(({ boot }) => boot)).size).toBe(runs.length);
    const times = batches.map(({ at }) => at);
    expect(times[0]).toBeLessThan(from + 1000);
    expect(times.at(-1)).toBeGreaterThan(to - pastIntervalMs - 1000);
    for (const [i, at] of times.slice(1).entries())
      expect(at - (times[i] ?? 0)).toBeLessThanOrEqual(pastIntervalMs + 100);
    for (const { points, clock } of batches) {
      expect(clock).toBe("synced");
      expect(points.some(({ m }) => m === "radio")).toBe(true);
    }
    const successes = batches.flatMap(({ points }) =>
      points.filter(({ m }) => m === "probe").map(({ f }) => f["success"]),
    );
    expect(successes.filter((one) => one === 1).length).toBeGreaterThan(0.97 * successes.length);
  });

  it("has nothing of a column by day", async () => {
    const { batches } = await past("ap-20", to - 3 * hour);
    expect(batches).toEqual([]);
  });
});

describe("a clock of the past", () => {
  it("runs what is due in order, at its own time, and nothing behind its end", async () => {
    const clock = createPast(1_000);
    const ran: [string, number][] = [];
    const note = (name: string) => () => void ran.push([name, clock.now()]);
    clock.after(50, note("b"));
    clock.after(10, () => {
      note("a")();
      clock.after(10, note("after a"));
    });
    clock.after(20, note("cancelled"))();
    clock.after(500, note("later"));
    await clock.play(1_100);
    expect(ran).toEqual([
      ["a", 1_010],
      ["after a", 1_020],
      ["b", 1_050],
    ]);
    expect([clock.now(), clock.monotonic()]).toEqual([1_100, 100]);
  });
});
