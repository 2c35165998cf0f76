import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../controller/base/clock.ts";
import { openSeal } from "../../../controller/base/seal.ts";
import { type Config, configLimits, createConfig, filledBody, type Item } from "../../../controller/config/index.ts";
import type { Known } from "../../../controller/config/push.ts";
import { type Fresh, freshRecords, quiet } from "../records/fresh.ts";

const by = { kind: "user", id: "user_demo", name: "Demo" };
const site = { id: "site-1", name: "Library", area: null };
const fleet = (many: number): Known[] =>
  Array.from({ length: many }, (_, i) => ({
    ...{ id: `ap-${i}`, name: `Lamp ${i}`, kind: "access-point", site: site.id, profile: "demo" },
    tags: i % 2 === 0 ? ["even"] : [],
  }));
const template = (document: Record<string, unknown>): Item => ({
  ...{ kind: "template", id: "base" },
  body: filledBody({ name: "Base", applies: { to: "all" }, document }),
});

let fresh: Fresh;
let config: Config;
let devices: Known[];
beforeEach(async () => {
  fresh = await freshRecords();
});
afterEach(async () => {
  await config.stop();
  await fresh.end();
});

async function open(): Promise<void> {
  const byId = new Map(devices.map((one) => [one.id, one]));
  config = await createConfig({
    ...{ records: fresh.records, clock: systemClock, log: quiet, seal: openSeal(join(fresh.folder, "keys")) },
    signer: {
      sign: (purpose, device) => ({ v: 1, body: `${purpose} ${device} ${Math.random()}`, key: "k", sig: "s" }),
      renewed: (signed) => signed,
    },
    registry: {
      device: (id) => byId.get(id),
      devices: () => devices,
      site: (id) => (id === site.id ? site : undefined),
      onChange: () => () => {},
    },
    audit: { write: async () => {} },
    send: () => false,
    isAway: () => false,
    drift: "show",
    changed: () => {},
  });
  await config.start();
}

describe("a change of more devices than one transaction takes", () => {
  test("reaches each of them once, also where the controller is stopped in between", async () => {
    devices = fleet(configLimits.devicesAtOnce + 200);
    await open();
    const items = [template({ agent: { intervalMs: 30_000 } })];
    const applied = await config.change(by, { items, message: "calm", trialMs: 20_000 });
    expect(applied).toEqual({ revision: 1, devices: [], due: devices.length, looked: devices.length });
    await config.stop();
    const left = await config.due();
    expect(left).toBeGreaterThan(0);
    await open();
    await config.idle();
    expect(await config.due()).toBe(0);
    const rows = await fresh.records.db
      .selectFrom("config_revision")
      .select(["device", "message", "trial_ms"])
      .execute();
    expect(new Set(rows.map((row) => row.device)).size).toBe(devices.length);
    expect(rows).toHaveLength(devices.length);
    expect(rows.every((row) => row.message === "calm" && row.trial_ms === 20_000)).toBe(true);
  });

  test("what one of them lacks is said, however many there are", async () => {
    devices = fleet(3_000);
    await open();
    const preview = await config.preview({ items: [template({ agent: { intervalMs: "{{ every }}" } })] });
    expect(preview).toMatchObject({ changing: 0, problems: [{ path: "agent.intervalMs", example: "ap-0" }] });
    expect(preview.problems[0]?.devices).toBeLessThan(configLimits.problemDevices + 200);
  });

  test("each change of its own is told up to a bound, and of the rest who they are", async () => {
    devices = fleet(configLimits.previewGroups + 50);
    await open();
    const document = { agent: { controller: "wss://{{ device.id }}.example/mqtt" } };
    const { groups, others, changing } = await config.preview({ items: [template(document)] });
    expect(changing).toBe(devices.length);
    expect(groups).toHaveLength(configLimits.previewGroups);
    expect(others).toHaveLength(50);
  });

  test("10,000 devices are looked at while others have their turn", async () => {
    devices = fleet(10_000);
    await open();
    const items = [
      template({ agent: { intervalMs: "{{ every }}", controller: "wss://{{ site.id }}.example/mqtt" } }),
      {
        ...{ kind: "group" as const, id: "even" },
        body: filledBody({ name: "Even", tags: ["even"], variables: { every: { type: "number", value: 20_000 } } }),
      },
      {
        ...{ kind: "organisation" as const, id: "organisation" },
        body: filledBody({ variables: { every: { type: "number", value: 30_000 } } }),
      },
    ];
    const began = systemClock.monotonic();
    const preview = await config.preview({ items });
    const took = systemClock.monotonic() - began;
    expect(preview.changing).toBe(10_000);
    expect(preview.groups.map((one) => one.devices.length)).toEqual([5_000, 5_000]);
    expect(took).toBeLessThan(configLimits.surveyMs);
  });
});
