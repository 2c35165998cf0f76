import { setTimeout as sleep } from "node:timers/promises";
import { type InfluxServer, startInflux } from "../../servers/influx.ts";
import { type Cleanup, type Controller, enrolmentToken, startAgain, startController, temporary } from "../harness.ts";
import { until } from "../until.ts";
import { createDevice, type Device } from "./device.ts";
import type { Fault, Round } from "./plan.ts";
import { startProxy } from "./proxy.ts";

/** After everything was put right: longest wait for what is on the devices. The agent asks again after 30 s, then 60. */
const drainMs = 150_000;

/** Agents, a line, a controller, another line, InfluxDB: all real processes on loopback. */
export async function createWorld(cleanup: Cleanup, needs: { program: string; agents: number }) {
  const influx: InfluxServer = await startInflux();
  cleanup.add(() => influx.stop());
  const storeLine = await startProxy(() => Number(new URL(influx.url).port));
  cleanup.add(() => storeLine.stop());
  let controllerPort = 0;
  const agentLine = await startProxy(() => controllerPort);
  cleanup.add(() => agentLine.stop());
  const url = `http://127.0.0.1:${agentLine.port}`;
  const env = {
    LAMPLIGHTER_STORE: "influx",
    LAMPLIGHTER_INFLUX_URL: `http://127.0.0.1:${storeLine.port}`,
    LAMPLIGHTER_INFLUX_TIMEOUT_MS: "1000",
    LAMPLIGHTER_PUBLIC_URL: url,
  };
  let controller: Controller = await startController(cleanup, env);
  controllerPort = controller.ports.http;
  const devices: Device[] = [];
  for (let i = 0; i < needs.agents; i++) {
    const token = await enrolmentToken(controller, { kind: "sensor", uses: 1 });
    const device = createDevice({ program: needs.program, url, dataDir: temporary(cleanup, "agent"), token });
    cleanup.add(() => device.end("SIGKILL"));
    device.start();
    devices.push(device);
  }
  const ids = await enrolled(controller, devices);

  let killed = false;
  /** One at a time for each thing: a second fault of the same finds it already down. */
  const busy = new Set<string>();
  async function once(name: string, run: () => Promise<void>): Promise<void> {
    if (busy.has(name)) return;
    busy.add(name);
    await run().finally(() => busy.delete(name));
  }

  async function restartAgent(
    index: number,
    how: "SIGKILL" | "stop",
    fault: Fault & { backMs: number },
  ): Promise<void> {
    const device = devices[index];
    if (!device) return;
    await once(`agent ${index}`, async () => {
      await device.end(how);
      if (fault.kind === "kill-agent" && fault.tear) device.tear(fault.tear);
      await sleep(fault.backMs);
      device.start(fault.kind === "kill-agent" ? fault.clock : "right");
      device.say("measure");
    });
  }

  async function killTwice(fault: Fault & { kind: "kill-twice" }): Promise<void> {
    const device = devices[fault.agent];
    if (!device) return;
    await once(`agent ${fault.agent}`, async () => {
      await device.end("SIGKILL");
      device.start();
      await device.begun();
      await device.end("SIGKILL");
      device.tear(fault.tear);
      await sleep(fault.backMs);
      device.start();
      device.say("measure");
    });
  }

  function carryOut(fault: Fault): Promise<void> {
    switch (fault.kind) {
      case "kill-agent":
        return restartAgent(fault.agent, "SIGKILL", fault);
      case "kill-twice":
        return once("line agents", async () => {
          agentLine.set("cut");
          await killTwice(fault);
          agentLine.set("open");
        });
      case "stop-agent":
        return restartAgent(fault.agent, "stop", fault);
      case "kill-controller":
        return once("controller", async () => {
          killed = true;
          await controller.end("SIGKILL");
          await sleep(fault.backMs);
          controller = await startAgain(cleanup, controller, env);
        });
      case "kill-influx":
        return once("influx", async () => {
          await influx.kill();
          await sleep(fault.backMs);
          await influx.restart();
        });
      case "freeze-influx":
        return once("influx", async () => {
          influx.pause();
          await sleep(fault.forMs);
          influx.resume();
        });
      case "line": {
        const line = fault.between === "agents" ? agentLine : storeLine;
        return once(`line ${fault.between}`, async () => {
          line.set(fault.way);
          await sleep(fault.forMs);
          line.set("open");
        });
      }
      case "full-disk":
        return once(`disk ${fault.agent}`, async () => {
          devices[fault.agent]?.disk(true);
          await sleep(fault.forMs);
          devices[fault.agent]?.disk(false);
        });
      case "clock-jump":
        devices[fault.agent]?.jump(fault.byMs);
        return Promise.resolve();
    }
  }

  return {
    influx,
    devices,
    ids,
    controller: () => controller,
    controllerWasKilled: () => killed,
    /** Measures for a while, lets everything of the round go wrong, puts it right, and waits until nothing is under way. */
    async run({ faults }: Round): Promise<void> {
      for (const device of devices) device.say("measure");
      await Promise.all(faults.map((fault) => sleep(fault.at).then(() => carryOut(fault))));
      await sleep(500);
      for (const device of devices) device.say("quiet");
      for (const device of devices) await device.emptied(drainMs);
    },
  };
}
export type World = Awaited<ReturnType<typeof createWorld>>;

/** Device ids in the order of `devices`. */
async function enrolled(controller: Controller, devices: readonly Device[]): Promise<string[]> {
  const list = () => controller.api<{ items: { id: string; boot: string | null }[] }>("GET", "/devices");
  return until(
    async () => {
      const { items } = (await list()).body;
      return devices.map(({ lives }) => items.find(({ boot }) => boot && boot === lives[0]?.boot)?.id ?? "");
    },
    (ids) => ids.every(Boolean),
    30_000,
  );
}
