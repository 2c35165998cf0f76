import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { registryLimits } from "../../../controller/registry/index.ts";
import { deviceSide } from "./device-side.ts";
import { type FreshRegistry, freshRegistry, somebody } from "./fresh.ts";

let fresh: FreshRegistry;
beforeEach(async () => {
  fresh = await freshRegistry();
});
afterEach(() => fresh.end());

const newToken = async (more: { device?: string; uses?: number; site?: string; kind?: "sensor" } = {}) =>
  (await fresh.registry.enrolmentTokens.create(somebody, { uses: 1, ...more })).token;

async function letIn(body: Parameters<typeof fresh.registry.knock>[0], address = "192.0.2.1") {
  const answer = await fresh.registry.knock(body, address);
  if (!answer.enrolled) throw new Error(`not let in: ${answer.why}`);
  return { device: answer.enrolled.device, password: answer.enrolled.mqtt.password };
}
async function keptOut(body: Parameters<typeof fresh.registry.knock>[0], address = "192.0.2.1") {
  const answer = await fresh.registry.knock(body, address);
  if (answer.enrolled) throw new Error("let in");
  return answer;
}

const loose = { windowMs: 60_000, failedPerAddress: 1_000, perKey: 1_000, all: 1_000 };

describe("strangers", () => {
  const noToken = `${"a".repeat(43)}.${"b".repeat(22)}.`;

  test("are listed as foreign, and let in when a person says so", async () => {
    const side = deviceSide("SN-7", "sensor");
    expect(await keptOut(side.knockWith(noToken))).toMatchObject({ state: "foreign", listed: true });
    const [waiting] = await fresh.registry.waiting.list("foreign");
    const approved = await fresh.registry.waiting.approve(somebody, waiting?.id ?? "", { name: "Bridge sensor" });
    const { device } = await letIn(side.knockWith(noToken));
    expect(device).toBe(approved.device);
    expect(fresh.registry.device(device)).toMatchObject({ name: "Bridge sensor", kind: "sensor" });
    expect(await fresh.registry.waiting.list()).toEqual([]);
  });

  test("may be adopted as a device that is known (a restored controller)", async () => {
    const known = await fresh.registry.deviceChanges.create(somebody, { name: "Town hall", kind: "access-point" });
    const side = deviceSide("SN-7");
    await keptOut(side.knockWith(noToken));
    const [waiting] = await fresh.registry.waiting.list();
    await fresh.registry.waiting.approve(somebody, waiting?.id ?? "", { device: known.id });
    expect((await letIn(side.knockWith(noToken))).device).toBe(known.id);
  });

  test("the list is bounded by address; who is not listed gets the same answer", async () => {
    await fresh.end();
    fresh = await freshRegistry({ ...loose, failedPerAddress: 1_000, all: 1_000 });
    for (let i = 0; i < registryLimits.waitingPerAddress; i++) await keptOut(deviceSide(`S-${i}`).knockWith(noToken));
    expect(await keptOut(deviceSide("S-next").knockWith(noToken))).toMatchObject({ state: "foreign", listed: false });
    expect(await keptOut(deviceSide("S-other").knockWith(noToken), "192.0.2.2")).toMatchObject({ listed: true });
  });

  test("are counted by address, and then refused unread", async () => {
    await fresh.end();
    fresh = await freshRegistry({ ...loose, failedPerAddress: 3, all: 1_000 });
    for (let i = 0; i < 3; i++) await keptOut(deviceSide(`S-${i}`).knockWith(noToken));
    const good = deviceSide("SN-1").knockWith(await newToken());
    await expect(fresh.registry.knock(good, "192.0.2.1")).rejects.toMatchObject({ kind: "too-many" });
    await letIn(good, "192.0.2.2");
  });

  test("all knocks together have a limit", async () => {
    await fresh.end();
    fresh = await freshRegistry({ ...loose, failedPerAddress: 100, all: 2 });
    const token = await newToken({ uses: 9 });
    await letIn(deviceSide("S-1").knockWith(token), "192.0.2.1");
    await letIn(deviceSide("S-2").knockWith(token), "192.0.2.2");
    await expect(letIn(deviceSide("S-3").knockWith(token), "192.0.2.3")).rejects.toMatchObject({ kind: "too-many" });
  });
});

test("one key may not knock without end, even if it is known", async () => {
  await fresh.end();
  fresh = await freshRegistry({ ...loose, perKey: 3 });
  const token = await newToken();
  const side = deviceSide("SN-1");
  for (let i = 0; i < 3; i++) await letIn(side.knockWith(token));
  await expect(letIn(side.knockWith(token))).rejects.toMatchObject({ kind: "too-many" });
  await letIn(deviceSide("SN-2").knockWith(await newToken()));
});

test("a copied key cannot be let in as another device", async () => {
  const token = await newToken({ uses: 9 });
  const side = deviceSide("SN-1");
  await letIn(side.knockWith(token));
  await keptOut(side.inBox("SN-2").knockWith(token));
  const other = await fresh.registry.deviceChanges.create(somebody, { name: "Town hall", kind: "access-point" });
  const [waiting] = await fresh.registry.waiting.list("awaiting");
  const approve = fresh.registry.waiting.approve(somebody, waiting?.id ?? "", { device: other.id });
  await expect(approve).rejects.toMatchObject({ code: "key-in-use" });
});
