import { join } from "node:path";
import { createStreetHost } from "../../controller/street/host/index.ts";
import type { crowd } from "../../controller/street/index.ts";
import { type Agent, createAgent, createLinuxHost, readSettings } from "../../edge-agent/index.ts";
import type { Cleanup } from "./harness.ts";

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** The real agent on a simulated host in this process, whose line the test cuts.
 *  @param needs.port of a line that the test can spoil; absent: straight to the controller */
export async function startRoadside(
  cleanup: Cleanup,
  needs: {
    url: string;
    token: string;
    device: ReturnType<typeof crowd>[number];
    folder: string;
    intervalMs: number;
    port?: number;
  },
) {
  const { url, token, device, port } = needs;
  const { time, sockets } = createLinuxHost();
  let lineUp = true;
  const controller = new URL(url);
  const host = createStreetHost({
    device: { ...device, seed: 1 },
    around: { lineUp: () => lineUp, jammed: () => false },
    time,
    beyond: {
      host: controller.hostname,
      port: Number(controller.port),
      sockets: port === undefined ? sockets : { ...sockets, open: (name) => sockets.open(name, port) },
    },
  });
  const agent: Agent = createAgent({
    // Nobody waits long between two tries.
    host: { ...host, random: () => 0.01 },
    settings: readSettings({ intervalMs: needs.intervalMs }),
    dataDir: join(needs.folder, device.key),
    controllerUrl: url,
    kind: device.kind,
    version: "0.0.0-test",
    footprint: () => ({ residentBytes: 0, cpuMs: 0 }),
    log: quiet,
    token,
  });
  await agent.start();
  cleanup.add(() => agent.stop());
  return {
    cut(): void {
      lineUp = false;
      host.cut();
    },
    mend(): void {
      lineUp = true;
    },
  };
}
export type Roadside = Awaited<ReturnType<typeof startRoadside>>;
