import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createChanges } from "../../../controller/registry/changes.ts";
import type { Device, Membership } from "../../../controller/registry/device.ts";
import { move } from "../../../controller/registry/devices.ts";
import { registryLimits } from "../../../controller/registry/index.ts";
import { quiet } from "../records/fresh.ts";
import { type FreshRegistry, freshRegistry, somebody } from "./fresh.ts";

let fresh: FreshRegistry;
beforeEach(async () => {
  fresh = await freshRegistry();
});
afterEach(() => fresh.end());

const location = { lat: 51.5, lon: -0.12 };
const site = (name: string) => fresh.registry.siteChanges.create(somebody, { name, location });
const device = (name: string, more: { site?: string; via?: string } = {}) =>
  fresh.registry.deviceChanges.create(somebody, { name, kind: "access-point", ...more });

describe("sites", () => {
  test("name and location are enough; the service is meant to be there always", async () => {
    expect(await site("Library")).toMatchObject({
      timeZone: "Europe/London",
      serviceHours: "always",
      area: null,
      version: 1,
    });
  });

  test("who saw an older version is told", async () => {
    const { id } = await site("Library");
    await fresh.registry.siteChanges.change(somebody, id, { name: "Old library" }, 1);
    await expect(fresh.registry.siteChanges.change(somebody, id, { name: "x" }, 1)).rejects.toMatchObject({
      kind: "stale",
    });
    expect(fresh.registry.site(id)).toMatchObject({ name: "Old library", location, version: 2 });
  });

  test("are removed only when empty", async () => {
    const { id } = await site("Library");
    const { id: ap } = await device("AP", { site: id });
    await expect(fresh.registry.siteChanges.remove(somebody, id)).rejects.toMatchObject({ code: "not-empty" });
    await fresh.registry.deviceChanges.remove(somebody, ap);
    await fresh.registry.siteChanges.remove(somebody, id);
    expect(fresh.registry.sites()).toEqual([]);
  });

  test("a change and its audit entry come together, with before and after", async () => {
    const { id } = await site("Library");
    await fresh.registry.siteChanges.change(somebody, id, { area: "North ward" });
    const [entry] = await fresh.audit.list({ limit: 1 });
    expect(entry).toMatchObject({
      action: "site.changed",
      actor: somebody,
      before: { area: null },
      after: { area: "North ward" },
    });
  });
});

describe("devices", () => {
  test("a move rewrites no history", async () => {
    const [a, b] = [await site("A"), await site("B")];
    const gateway = await device("Gateway");
    const ap = await device("AP", { site: a.id, via: gateway.id });
    const then = fresh.clock.now() + 500;
    fresh.clock.pass(1_000);
    await fresh.registry.deviceChanges.change(somebody, ap.id, { site: b.id, via: null });
    const now = fresh.clock.now();
    for (const registry of [fresh.registry, await fresh.again()]) {
      expect(registry.viaAt(ap.id, then)).toBe(gateway.id);
      expect(registry.viaAt(ap.id, now)).toBeNull();
      expect(registry.siteOf(ap.id)).toBe(b.id);
      expect(registry.membersOf(a.id, then, now + 1)).toEqual([
        { device: ap.id, site: a.id, via: gateway.id, from: 0, to: now },
      ]);
      expect(registry.membersOf(b.id, then, now)).toEqual([]);
    }
  });

  test("places that do not exist, circles and long chains are refused, with where", async () => {
    const chain = [await device("0")];
    for (let i = 1; i <= registryLimits.viaDepth; i++)
      chain.push(await device(`${i}`, { via: chain[i - 1]?.id ?? "" }));
    const [first, second] = chain as [Device, Device];
    const change = (id: string, to: object) => fresh.registry.deviceChanges.change(somebody, id, to);
    await expect(change(first.id, { via: second.id })).rejects.toMatchObject({ faults: [{ path: "via" }] });
    await expect(change(first.id, { via: first.id })).rejects.toMatchObject({ faults: [{ path: "via" }] });
    await expect(change(first.id, { site: "site-none" })).rejects.toMatchObject({ faults: [{ path: "site" }] });
    await expect(device("deeper", { via: chain.at(-1)?.id ?? "" })).rejects.toMatchObject({
      faults: [{ path: "via" }],
    });
    await expect(fresh.registry.deviceChanges.remove(somebody, first.id)).rejects.toMatchObject({ code: "in-use" });
  });

  test("are listed by name, also after a change", async () => {
    const b = await device("b");
    await device("a");
    expect(fresh.registry.devices().map((one) => one.name)).toEqual(["a", "b"]);
    await fresh.registry.deviceChanges.change(somebody, b.id, { name: "A" });
    expect(fresh.registry.devices().map((one) => one.name)).toEqual(["A", "a"]);
  });
});

test("history: whenever moves happen, rows meet and do not overlap", () => {
  const at = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(at, (moments) => {
      let history: Membership[] = [];
      for (const [i, now] of moments.entries()) {
        history = move(history, { id: "ap-a", site: `site-${i}`, via: null } as Device, now);
      }
      expect(history).toHaveLength(moments.length);
      for (const [i, row] of history.entries()) {
        expect(row.to).toBe(history[i + 1]?.from ?? null);
        if (row.to !== null) expect(row.to).toBeGreaterThan(row.from);
      }
    }),
  );
});

test("a listener that throws stops neither the change nor the others", () => {
  const changes = createChanges(quiet);
  const heard: string[] = [];
  changes.on(() => {
    throw new Error("planted");
  });
  const leave = changes.on(({ id }) => heard.push(id));
  changes.tell({ kind: "site", id: "site-a", change: "created" });
  leave();
  changes.tell({ kind: "site", id: "site-b", change: "created" });
  expect(heard).toEqual(["site-a"]);
});
