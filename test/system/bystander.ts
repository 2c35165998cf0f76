import { topicOf } from "#wire";
import { deliveries, handMade } from "./device.ts";
import type { Controller } from "./harness.ts";

/** An honest device beside every attack: it must never reconnect, and hear `delivered` within 2 s (p99). */
export async function honest(controller: Controller) {
  const device = await handMade(controller);
  const client = await device.join();
  let closed = 0;
  client.on("close", () => closed++);
  const heard = deliveries(client);
  client.publish(topicOf(device.device, "presence"), JSON.stringify(device.birth()), { qos: 1, retain: true });
  const waits: number[] = [];
  const pending = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const batch = device.batch();
    const began = performance.now();
    client.publish(topicOf(device.device, "telemetry"), JSON.stringify(batch), { qos: 1 });
    const wait = heard.of(batch.seq).then(() => {
      waits.push(performance.now() - began);
      pending.delete(wait);
    });
    pending.add(wait);
  }, 200);
  return {
    device,
    async verdict() {
      clearInterval(timer);
      await Promise.race([
        Promise.all(pending),
        new Promise((_, fail) =>
          setTimeout(() => fail(new Error(`${pending.size} batches without delivered`)), 10_000),
        ),
      ]);
      const sorted = waits.sort((a, b) => a - b);
      const verdict = { batches: waits.length, p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0, closed };
      await client.endAsync(true);
      return verdict;
    },
  };
}
