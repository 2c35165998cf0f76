import { crowd } from "../../../controller/street/index.ts";
import { startProxy } from "../../system/faults/proxy.ts";
import { type Cleanup, type Controller, enrolmentToken, startController, temporary } from "../../system/harness.ts";
import { hookReceiver } from "../../system/receivers.ts";
import { startRoadside } from "../../system/roadside.ts";
import { until } from "../../system/until.ts";

export interface NoticeResult {
  what: string;
  samples: number;
  p50Ms: number;
  p99Ms: number;
  /** What the settings add up to. */
  goalMs: number;
}

const sites = 6;
const perSite = 6;
const intervalMs = 10_000;
const pass = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
/** What the settings say; the goal is the sum of what has to pass, and a second or two. */
const grace = 20_000;
const deadline = Math.max(3 * intervalMs, intervalMs + 30_000);
const together = 20_000;

/** From the moment in which something fails until a webhook has it: with the settings as they are shipped, real agents on
 *  simulated hosts, and lines that are cut or go silent. */
export async function noticeTimes(cleanup: Cleanup, say: (line: string) => void): Promise<NoticeResult[]> {
  const receiver = await hookReceiver(cleanup);
  const controller = await startController(cleanup, {
    LAMPLIGHTER_LOG_LEVEL: "error",
    LAMPLIGHTER_OUTBOUND_ALLOW: "127.0.0.0/8",
  });
  const channel = {
    kind: "webhook",
    name: "Duty",
    settings: { url: `http://127.0.0.1:${receiver.port}/duty` },
  };
  await controller.api("POST", "/channels", channel);
  const places = await Promise.all(Array.from({ length: sites }, (_, n) => place(cleanup, controller, n)));
  await pass(3_000);
  const heard = (site: string, since: number) =>
    until(
      () => receiver.got.find((hook) => hook.body.kind === "opened" && hook.body.incident["site"] === site),
      (hook) => hook !== undefined,
      180_000,
    ).then(() => performance.now() - since);

  const results: NoticeResult[] = [];
  const measure = async (what: string, goalMs: number, fail: (n: number) => void, mend: () => void): Promise<void> => {
    receiver.got.length = 0;
    const waits = places.map(async ({ site }, n) => {
      // Apart, so that they are failures of their own: together they would be the controller's blindness.
      await pass(n * 3_100);
      const since = performance.now();
      fail(n);
      return await heard(site, since);
    });
    const ms = (await Promise.all(waits)).sort((a, b) => a - b);
    results.push({ what, samples: ms.length, p50Ms: quantile(ms, 0.5), p99Ms: quantile(ms, 0.99), goalMs });
    say(JSON.stringify(results.at(-1)));
    mend();
    await until(
      async () => (await controller.api<{ items: unknown[] }>("GET", "/incidents?state=open")).body.items.length,
      (open) => open === 0,
      120_000,
    );
  };
  await measure(
    "a device whose connection ends",
    grace + together + 1_000,
    (n) => places[n]?.devices[0]?.cut(),
    () => {
      for (const { devices } of places) devices[0]?.mend();
    },
  );
  await measure(
    "a device whose line goes silent, every 10 s",
    deadline + together + 2_000,
    (n) => places[n]?.line.set("stall"),
    () => {
      for (const { line } of places) line.set("open");
    },
  );
  const [only] = places;
  receiver.got.length = 0;
  const since = performance.now();
  for (const device of only?.devices ?? []) device.cut();
  const ms = await heard(only?.site ?? "", since);
  results.push({
    what: "a whole site whose line is cut",
    samples: 1,
    p50Ms: Math.round(ms),
    p99Ms: Math.round(ms),
    goalMs: grace + together + 1_000,
  });
  say(JSON.stringify(results.at(-1)));
  return results;
}

/** A site of its own devices; the last of them on a line that can be spoilt. */
async function place(cleanup: Cleanup, controller: Controller, n: number) {
  const wish = { name: `Demo site ${n}`, location: { lat: 51.47, lon: 0.32 } };
  const site = (await controller.api<{ id: string }>("POST", "/sites", wish)).body.id;
  const token = await enrolmentToken(controller, { site, uses: perSite });
  const line = await startProxy(() => controller.ports.http);
  cleanup.add(() => line.stop());
  const folder = temporary(cleanup, "notice");
  const crowded = crowd("access-point", perSite, `place-${n}`);
  const devices = await Promise.all(
    crowded.map((device, i) =>
      startRoadside(cleanup, {
        ...{ url: controller.url, token, device, folder, intervalMs },
        ...(i === perSite - 1 ? { port: line.port } : {}),
      }),
    ),
  );
  return { site, devices, line };
}

const quantile = (sorted: readonly number[], share: number): number =>
  Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
