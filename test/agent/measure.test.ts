import { expect, it } from "vitest";
import { agentDefaults } from "#wire";
import { createLinuxHost } from "../../edge-agent/index.ts";
import { createMeasuring, longestCollectMs } from "../../edge-agent/measure.ts";
import { newLog } from "./setup.ts";
import { fakeTime } from "./time.ts";

/** Only the system collector, on a host whose files never answer until they are let. */
function measuring() {
  const [time, log] = [fakeTime(), newLog()];
  const { files, ...host } = createLinuxHost();
  let hangs = true;
  let offered = 0;
  const made = createMeasuring({
    host: { ...host, time, files: { ...files, read: (path) => (hangs ? new Promise(() => {}) : files.read(path)) } },
    log,
    dataDir: "/",
    footprint: () => ({ residentBytes: 0, cpuMs: 0 }),
    spool: { bytes: () => 0, batches: () => 0, points: () => 0, writtenBytes: () => 0, unreadable: () => 0 },
    offer: () => {
      offered++;
    },
  });
  const off = { enabled: false };
  const { probe, interface: interfaces } = agentDefaults.collectors;
  const more = { radio: off, environment: off, topology: off };
  const rest = { interface: { ...interfaces, ...off }, probe: { ...probe, ...off }, ...more };
  const use = (intervalMs: number, system = { enabled: true }): void =>
    made.use({ intervalMs, controllerUrl: "http://127.0.0.1:1", collectors: { system, ...rest } });
  return { ...made, time, log, use, offered: () => offered, free: () => (hangs = false) };
}

it("a collector that hangs holds up neither other settings nor a stop, however long the interval", async () => {
  const { use, time, log, offered, stop } = measuring();
  use(3_600_000);
  await time.advance(0);
  use(1_000);
  await time.advance(longestCollectMs);
  expect(log.lines).toEqual([`warn collector system: no answer in ${longestCollectMs} ms`]);
  await time.advance(2_000);
  expect(offered()).toBeGreaterThan(1);
  await stop();
});

it("with every collector off nothing is measured, and it goes on", async () => {
  const { use, time, log, stop } = measuring();
  use(1_000, { enabled: false });
  await time.advance(5_000);
  expect(log.lines).toEqual([]);
  await stop();
});
