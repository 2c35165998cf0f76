import { describe, it } from "vitest";
import { startInflux } from "../servers/influx.ts";
import { createCleanup, enrolmentToken, onlyDevice, startAgent, startController } from "./harness.ts";
import { deliveryOf } from "./witness.ts";
import { until } from "./until.ts";

describe.concurrent("x", () => {
  for (let n = 0; n < 4; n++) {
    it(`x${n}`, { timeout: 300_000 }, async () => {
      for (let i = 0; i < 8; i++) {
        const cleanup = createCleanup();
        const influx = await startInflux();
        cleanup.add(() => influx.stop());
        await influx.kill();
        const controller = await startController(cleanup, {
          LAMPLIGHTER_STORE: "influx", LAMPLIGHTER_INFLUX_URL: influx.url, LAMPLIGHTER_INFLUX_TIMEOUT_MS: "1000" });
        const agent = startAgent(cleanup, { url: controller.url, token: await enrolmentToken(controller) });
        const t = performance.now();
        let step = "online";
        try {
          const device = await onlyDevice(controller);
          const t1 = performance.now();
          step = "restart";
          const timer = setTimeout(() => console.log("restart hangs", n, i), 10_000);
          await influx.restart();
          clearTimeout(timer);
          step = "stored";
          await until(() => deliveryOf(controller, device.id), (d) => d.stored > 20);
          const t2 = performance.now();
          step = "end";
          const timer2 = setTimeout(() => console.log("end hangs", n, i, agent.output()), 10_000);
          await agent.end();
          clearTimeout(timer2);
          console.log(n, i, "online", t1 - t, "stored", t2 - t1, "end", performance.now() - t2);
        } catch (e) {
          console.log("FAIL", n, i, step, String(e).slice(0, 300), "\nAGENT\n", agent.output().slice(-3000), "\nCONTROLLER\n", controller.output().slice(-3000));
        }
        await cleanup.run();
      }
    });
  }
});
