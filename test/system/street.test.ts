import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  allOnline,
  answers,
  type Demo,
  deliveries,
  devicesOf,
  nothingMissing,
  processesOn,
  startDemo,
} from "./demos.ts";
import { call, createCleanup, run, temporary } from "./harness.ts";
import { until } from "./until.ts";

const cleanup = createCleanup();
afterAll(() => cleanup.run());

/** `lamplighter demo --break …` from the same folder. */
async function breaking(dataDir: string, ...words: string[]): Promise<{ code: number | null; output: string }> {
  const program = run(cleanup, "lamplighter.js", ["demo", "--data-dir", dataDir, "--break", ...words], {});
  await until(() => program.child.exitCode !== null);
  return { code: program.child.exitCode, output: program.output() };
}

const messagesOf = async ({ api }: Demo) =>
  (await api<{ messages: { channel: string; raw: string }[] }>("GET", "/demo")).body.messages;

const siteId = async ({ api }: Demo, name: string): Promise<string> =>
  (await api<{ items: { id: string; name: string }[] }>("GET", "/sites?limit=1000")).body.items.find(
    (site) => site.name === name,
  )?.id ?? "";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const clientsOf = async ({ api }: Demo, device: string, { from, to, every }: Record<"from" | "to" | "every", number>) =>
  (
    await api<{ resolution: string; series: { points: [number, number][] }[] }>(
      "GET",
      `/devices/${device}/series?measurement=radio&field=clients&by=radio&fn=mean&every=${every}&from=${from}&to=${to}`,
    )
  ).body;

describe("the demo", () => {
  it("runs a street that can be broken, and comes back from everything with nothing missing", async () => {
    const dataDir = temporary(cleanup, "street");
    const first = await startDemo(cleanup, dataDir);
    expect((await call(first.url, "POST", "/api/v1/session", { link: first.link })).status).toBe(401);
    const said = await call(first.url, "GET", "/healthz", undefined);
    expect(said.body).toMatchObject({ simulated: true });
    expect(first.output()).toContain("simulated street, real agent code. Nothing leaves this computer");
    const all = await allOnline(first);
    // Six hours to the nearest hour, a round every three minutes, of all but those that were dark.
    const points = (await nothingMissing(first, all, 35_000)).made;

    const lakeside = await siteId(first, "Lakeside bus station");
    expect(await breaking(dataDir, "cut-uplink", "--site", "Lakeside bus station")).toMatchObject({ code: 0 });
    const cut = await until(
      () => devicesOf(first),
      (now) => now.every(({ site, state }) => (site === lakeside) === (state === "offline")),
      60_000,
    );
    const there = cut.filter(({ site }) => site === lakeside);
    expect(there).toHaveLength(5);
    const before = await deliveries(first, there);
    await until(
      () => messagesOf(first),
      (sent) => sent.length === 2,
      60_000,
    );
    // A site can't be told twice, whatever happens to the controller in between.
    await first.end("SIGKILL");
    expect(processesOn(dataDir)).toEqual([]);
    const second = await startDemo(cleanup, dataDir);
    const back = await allOnline(second);
    expect(back.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
    const after = await until(
      () => messagesOf(second),
      (sent) => sent.length >= 2,
      60_000,
    );
    expect(after.map(({ channel }) => channel).sort()).toEqual(["email", "webhook"]);
    for (const { raw } of after) expect(raw).toMatch(/back|resolved/i);
    // What was measured without a line came as well.
    await nothingMissing(second, there, before.made + 5 * 3);
    const sums = await nothingMissing(second, back, points);
    expect([sums.quarantined, sums.dropped]).toEqual([0, 0]);

    // The weeks before come meanwhile, newest first, and went on after the kill.
    const market = back.find(({ name }) => name === "Market place");
    for (const [every, days, resolution] of [
      [2 * hourMs, 30, "hourly"],
      [300_000, 4, "5-minute"],
    ] as const) {
      const to = Date.now() - (Date.now() % hourMs);
      const far = await until(
        () => clientsOf(second, market?.id ?? "", { from: to - days * dayMs, to, every }),
        ({ series }) => (series[0]?.points[0]?.[0] ?? to) < to - 1.5 * dayMs,
        60_000,
      );
      expect(far.resolution).toBe(resolution);
      expect(far.series).toHaveLength(2);
      // A site that always has power leaves nothing out.
      for (const { points } of far.series)
        for (const [i, [at]] of points.slice(1).entries()) expect(at - (points[i]?.[0] ?? 0)).toBe(every);
    }

    const ports = [Number(new URL(second.url).port)];
    expect(processesOn(dataDir)).toHaveLength(1);
    expect(await second.end("SIGINT")).toBe(0);
    expect(processesOn(dataDir)).toEqual([]);
    for (const port of ports) expect(await answers(port)).toBe(false);
    for (const file of ["controller/run.json", "demo-token", "devices/ap-01/agent.lock"])
      expect([file, existsSync(join(dataDir, file))]).toEqual([file, false]);
  }, 300_000);
});
