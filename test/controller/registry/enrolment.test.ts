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

describe("a new device", () => {
  test("is made at the token's site, named, and its password lets it in", async () => {
    const site = await fresh.registry.siteChanges.create(somebody, {
      name: "Library",
      location: { lat: 51.5, lon: -0.1 },
    });
    const side = deviceSide("SN-1");
    const { device, password } = await letIn(side.knockWith(await newToken({ site: site.id })));
    expect(device).toMatch(/^ap-[a-z2-7]{8}$/);
    expect(fresh.registry.device(device)).toMatchObject({
      name: "Access point SN-1",
      kind: "access-point",
      site: site.id,
      hardware: { model: "Demo AP 1", serial: "SN-1" },
      keys: { sign: side.signKey },
    });
    expect(await fresh.registry.authenticate(device, password)).toBe(true);
    expect(await fresh.registry.authenticate(device, `${password}x`)).toBe(false);
    expect(await fresh.registry.authenticate("ap-aaaaaaaa", password)).toBe(false);
  });

  test("a token lets in as many as it says, and no further one", async () => {
    const token = await newToken({ uses: 2 });
    await letIn(deviceSide("SN-1").knockWith(token));
    await letIn(deviceSide("SN-2").knockWith(token));
    expect(await keptOut(deviceSide("SN-3").knockWith(token))).toMatchObject({
      state: "awaiting approval",
      why: "token-used-up",
    });
    expect(fresh.registry.devices()).toHaveLength(2);
  });

  test("a token that is over lets nobody new in", async () => {
    const token = await newToken();
    fresh.clock.pass(registryLimits.tokenDefaultMs);
    expect(await keptOut(deviceSide("SN-1").knockWith(token))).toMatchObject({ why: "token-expired" });
  });

  test("a revoked token is as good as none", async () => {
    const { id, token } = await fresh.registry.enrolmentTokens.create(somebody, { uses: 5 });
    await fresh.registry.enrolmentTokens.revoke(somebody, id);
    expect(await keptOut(deviceSide("SN-1").knockWith(token))).toMatchObject({ state: "foreign" });
  });

  test("a token for sensors refuses an access point", async () => {
    const token = await newToken({ kind: "sensor" });
    await expect(fresh.registry.knock(deviceSide("SN-1").knockWith(token), "a")).rejects.toMatchObject({
      code: "wrong-kind",
    });
  });

  test.each([
    ["token", { token: `${"b".repeat(43)}.${"c".repeat(22)}.` }],
    ["serial", { hardware: { model: "Demo AP 1", serial: "SN-2" } }],
    ["sealing key", { keys: { sign: deviceSide("x").signKey, seal: "A".repeat(43) } }],
    ["key that is no point", { keys: { sign: "_".repeat(43), seal: "A".repeat(43) } }],
    ["proof", { proof: "A".repeat(86) }],
  ])("another %s than was signed is refused", async (_what, other) => {
    const body = deviceSide("SN-1").knockWith(await newToken(), other);
    await expect(fresh.registry.knock(body, "a")).rejects.toMatchObject({ kind: "refused", code: "bad-proof" });
    expect(fresh.registry.devices()).toHaveLength(0);
  });
});

describe("the same key again", () => {
  test("gets a further password, also when the token is used up or over, and uses no token", async () => {
    const token = await newToken({ uses: 1 });
    const side = deviceSide("SN-1");
    const first = await letIn(side.knockWith(token));
    fresh.clock.pass(registryLimits.tokenDefaultMs + 1);
    const second = await letIn(side.knockWith(token));
    expect(second.device).toBe(first.device);
    expect(second.password).not.toBe(first.password);
    expect(fresh.registry.devices()).toHaveLength(1);
  });

  test("the last three passwords are valid until one connects, which voids the others", async () => {
    const token = await newToken();
    const side = deviceSide("SN-1");
    const given = [];
    for (let i = 0; i < 4; i++) given.push(await letIn(side.knockWith(token)));
    const [first, second, third, fourth] = given as [
      (typeof given)[0],
      (typeof given)[0],
      (typeof given)[0],
      (typeof given)[0],
    ];
    const valid = (one: typeof first) => fresh.registry.authenticate(one.device, one.password);
    expect(await valid(first)).toBe(false);
    expect(await valid(third)).toBe(true);
    expect([await valid(second), await valid(fourth)]).toEqual([false, false]);
    expect(await valid(third)).toBe(true);
  });

  test("asking for more does not take the password that works", async () => {
    const token = await newToken();
    const side = deviceSide("SN-1");
    const works = await letIn(side.knockWith(token));
    await fresh.registry.authenticate(works.device, works.password);
    for (let i = 0; i < 5; i++) await letIn(side.knockWith(token));
    expect(await fresh.registry.authenticate(works.device, works.password)).toBe(true);
  });

  test("of two passwords that connect at once, one wins", async () => {
    const token = await newToken();
    const side = deviceSide("SN-1");
    const a = await letIn(side.knockWith(token));
    const b = await letIn(side.knockWith(token));
    const both = await Promise.all([a, b].map((one) => fresh.registry.authenticate(one.device, one.password)));
    expect(both).toEqual([true, false]);
  });

  test("in another box waits for a person, who may say that it is the same device", async () => {
    const token = await newToken({ uses: 9 });
    const side = deviceSide("SN-1");
    const { device } = await letIn(side.knockWith(token));
    const box = side.inBox("SN-9");
    expect(await keptOut(box.knockWith(token))).toMatchObject({ state: "awaiting approval", why: "other-hardware" });
    const [waiting] = await fresh.registry.waiting.list("awaiting");
    await fresh.registry.waiting.approve(somebody, waiting?.id ?? "", {});
    const again = await letIn(box.knockWith(token));
    expect(again.device).toBe(device);
    await fresh.registry.authenticate(again.device, again.password);
    expect(fresh.registry.device(device)?.hardware?.serial).toBe("SN-9");
  });

  test("all of it outlives a restart", async () => {
    const token = await newToken();
    const side = deviceSide("SN-1");
    const { device, password } = await letIn(side.knockWith(token));
    const again = await fresh.again();
    expect(await again.authenticate(device, password)).toBe(true);
    expect(again.device(device)).toEqual(fresh.registry.device(device));
    expect((await again.knock(side.knockWith(token), "a")).enrolled?.device).toBe(device);
  });
});

describe("known hardware with another key", () => {
  test("waits for a person; approved, the new key takes the place when it connects", async () => {
    const token = await newToken({ uses: 9 });
    const old = await letIn(deviceSide("SN-1").knockWith(token));
    await fresh.registry.authenticate(old.device, old.password);
    const reset = deviceSide("SN-1");
    expect(await keptOut(reset.knockWith(token))).toMatchObject({ state: "awaiting approval", why: "known-hardware" });
    expect(await keptOut(reset.knockWith(token))).toMatchObject({ listed: true });
    const [waiting, ...more] = await fresh.registry.waiting.list("awaiting");
    expect(more).toEqual([]);
    expect(waiting).toMatchObject({ device: old.device, hardware: { serial: "SN-1" } });
    await fresh.registry.waiting.approve(somebody, waiting?.id ?? "", {});
    const fresh_ = await letIn(reset.knockWith(token));
    expect(fresh_.device).toBe(old.device);
    expect(await fresh.registry.authenticate(old.device, old.password)).toBe(true);
    expect(await fresh.registry.authenticate(fresh_.device, fresh_.password)).toBe(true);
    expect(await fresh.registry.authenticate(old.device, old.password)).toBe(false);
    expect(fresh.registry.device(old.device)?.keys?.sign).toBe(reset.signKey);
  });

  test("a rejected one is told so, and stays out", async () => {
    const token = await newToken({ uses: 9 });
    await letIn(deviceSide("SN-1").knockWith(token));
    const other = deviceSide("SN-1");
    await keptOut(other.knockWith(token));
    const [waiting] = await fresh.registry.waiting.list();
    await fresh.registry.waiting.reject(somebody, waiting?.id ?? "");
    await expect(fresh.registry.knock(other.knockWith(token), "a")).rejects.toMatchObject({
      code: "enrolment-rejected",
    });
  });
});

describe("replacement by a token that is bound to the device", () => {
  test("nothing of the old one changes until the new one has connected", async () => {
    const old = deviceSide("SN-1");
    const was = await letIn(old.knockWith(await newToken()));
    await fresh.registry.authenticate(was.device, was.password);
    const bound = await newToken({ device: was.device });
    const box = deviceSide("SN-2");
    const is = await letIn(box.knockWith(bound));
    expect(is.device).toBe(was.device);
    expect(fresh.registry.device(was.device)).toMatchObject({
      hardware: { serial: "SN-1" },
      keys: { sign: old.signKey },
    });
    expect(await fresh.registry.authenticate(was.device, was.password)).toBe(true);

    expect(await fresh.registry.authenticate(is.device, is.password)).toBe(true);
    expect(await fresh.registry.authenticate(was.device, was.password)).toBe(false);
    expect(fresh.registry.device(was.device)).toMatchObject({
      hardware: { serial: "SN-2" },
      keys: { sign: box.signKey },
    });
    const [first] = await fresh.audit.list({ limit: 1 });
    expect(first).toMatchObject({ action: "device.replaced", subject: { id: was.device } });
  });

  test("the old box does not come back by itself, even with a token that is still good", async () => {
    const many = await newToken({ uses: 9 });
    const old = deviceSide("SN-1");
    const was = await letIn(old.knockWith(many));
    await fresh.registry.authenticate(was.device, was.password);
    const is = await letIn(deviceSide("SN-2").knockWith(await newToken({ device: was.device })));
    await fresh.registry.authenticate(is.device, is.password);
    expect(await keptOut(old.knockWith(many))).toMatchObject({ why: "replaced" });
    expect(fresh.registry.devices()).toHaveLength(1);
  });

  test("a token for another device does not let known hardware change places", async () => {
    const token = await newToken({ uses: 2 });
    await letIn(deviceSide("SN-1").knockWith(token));
    const two = await letIn(deviceSide("SN-2").knockWith(token));
    const bound = await newToken({ device: two.device });
    expect(await keptOut(deviceSide("SN-1").knockWith(bound))).toMatchObject({ why: "known-hardware" });
  });

  test("a device that people made before takes its first hardware at once", async () => {
    const made = await fresh.registry.deviceChanges.create(somebody, { name: "Market Square", kind: "access-point" });
    const side = deviceSide("SN-1");
    expect((await letIn(side.knockWith(await newToken({ device: made.id })))).device).toBe(made.id);
    expect(fresh.registry.device(made.id)).toMatchObject({ name: "Market Square", hardware: { serial: "SN-1" } });
  });
});

test("a removed device has no password any more and stays out until a person lets it in", async () => {
  const token = await newToken({ uses: 9 });
  const side = deviceSide("SN-1");
  const { device, password } = await letIn(side.knockWith(token));
  await fresh.registry.deviceChanges.remove(somebody, device);
  expect(await fresh.registry.authenticate(device, password)).toBe(false);
  await expect(fresh.registry.knock(side.knockWith(token), "a")).rejects.toMatchObject({ code: "enrolment-rejected" });
  const [waiting] = await fresh.registry.waiting.list("rejected");
  await fresh.registry.waiting.approve(somebody, waiting?.id ?? "", {});
  expect((await letIn(side.knockWith(token))).device).not.toBe(device);
});

test("knocks at the same moment make as many devices as the token says", async () => {
  const token = await newToken({ uses: 5 });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => fresh.registry.knock(deviceSide(`SN-${i}`).knockWith(token), "a")),
  );
  expect(answers.filter((one) => one.enrolled !== null)).toHaveLength(5);
  expect(fresh.registry.devices()).toHaveLength(5);
});
