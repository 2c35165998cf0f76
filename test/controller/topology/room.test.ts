import { expect, it } from "vitest";
import { createTopology } from "../../../controller/topology/index.ts";
import { topologyLimits } from "../../../controller/topology/limits.ts";
import { later } from "../../undo.ts";
import { quiet } from "../records/fresh.ts";
import { freshRegistry, somebody } from "../registry/fresh.ts";

const minute = 60_000;

async function room() {
  const fresh = await freshRegistry();
  const { records, clock, registry, audit } = fresh;
  const changed: string[] = [];
  const open = async () => {
    const topology = createTopology({
      ...{ records, clock, registry, audit, log: quiet },
      changed: (id) => void changed.push(id),
    });
    await topology.start();
    return topology;
  };
  const first = await open();
  const create = async (name: string, kind: "switch" | "access-point") =>
    (await registry.deviceChanges.create(somebody, { name, kind })).id;
  const [ap, sw] = [await create("Demo AP", "access-point"), await create("sw-demo-1", "switch")];
  let at = clock.now();
  const see = (topology = first, fields: Record<string, string | number> = {}): void => {
    at += 5 * minute;
    const told = { system_name: "sw-demo-1", port: "7", uplink: 1, ...fields };
    topology.stored([{ device: ap, m: "neighbour", at, tags: { interface: "eth0" }, fields: told }]);
  };
  const device = (id: string) => {
    const found = registry.device(id);
    if (!found) throw new Error(id);
    return found;
  };
  later(async () => {
    await first.stop();
    await fresh.end();
  });
  return { ...fresh, topology: first, open, ap, sw, see, changed, device };
}

it("tells when what a device is behind is other than before, and only then", async () => {
  const { topology, see, changed, ap, sw, device } = await room();
  see();
  expect(changed).toEqual([ap]);
  expect(topology.plugOf(ap)).toEqual({ port: "7", of: "sw-demo-1" });
  see();
  expect(changed).toEqual([ap]);
  see();
  expect(changed).toEqual([ap, ap]);
  expect(topology.parentsOf(device(ap))).toEqual([[sw]]);
  for (let i = 0; i < 5; i++) see();
  expect(changed).toHaveLength(2);
});

it("counts for planned work, too: a device has what was learnt among its parents", async () => {
  const { topology, registry, see, ap, sw } = await room();
  const fleet = topology.withLearnt(registry);
  expect(fleet.device(ap)?.parents).toEqual([]);
  for (let i = 0; i < 3; i++) see();
  expect(fleet.device(ap)?.parents).toEqual([[sw]]);
  expect(fleet.devices().find(({ id }) => id === ap)?.parents).toEqual([[sw]]);
  expect(fleet.device("nobody")).toBeUndefined();
});

it("outlives the controller", async () => {
  const { topology, open, see, clock, ap, sw, device } = await room();
  for (let i = 0; i < 3; i++) see();
  clock.pass(topologyLimits.saveMs);
  await topology.stop();
  const next = await open();
  expect(next.parentsOf(device(ap))).toEqual([[sw]]);
  expect(next.view(ap)).toEqual(topology.view(ap));
  await next.stop();
});

it("can be adopted: declared from then on", async () => {
  const { topology, see, ap, sw, device } = await room();
  await expect(topology.adopt(somebody, ap, sw)).rejects.toThrow("learnt parent");
  see();
  await topology.adopt(somebody, ap, sw);
  expect(device(ap).parents).toEqual([[sw]]);
  expect(topology.view(ap).learnt).toMatchObject([{ parent: sw, standing: "declared", seen: 1, needed: 3 }]);
  expect(topology.sentences(ap)[0]).toBe(
    "Behind sw-demo-1: declared; while that is lost, nobody is told of this device by itself.",
  );
  await expect(topology.adopt(somebody, ap, sw)).rejects.toThrow("declared already");
});

it("can be dismissed, for good, and restored; both are in the audit log", async () => {
  const { topology, see, ap, sw, device, records, changed } = await room();
  for (let i = 0; i < 3; i++) see();
  await topology.dismiss(somebody, ap, sw);
  expect(topology.parentsOf(device(ap))).toEqual([]);
  see();
  expect(topology.view(ap)).toMatchObject({
    learnt: [{ parent: sw, standing: "dismissed" }],
    dismissed: [{ id: sw, name: "sw-demo-1" }],
  });
  expect(changed).toHaveLength(3);
  await topology.restore(somebody, ap, sw);
  expect(topology.parentsOf(device(ap))).toEqual([[sw]]);
  await expect(topology.dismiss(somebody, ap, "nobody")).rejects.toThrow("learnt parent");
  const rows = await records.db
    .selectFrom("audit")
    .select("action")
    .where("action", "like", "device.parent%")
    .execute();
  expect(rows.map(({ action }) => action).sort()).toEqual(["device.parent-dismissed", "device.parent-restored"]);
});

it("keeps nothing of a device that was removed, nor counts one as a parent", async () => {
  const { topology, see, ap, sw, device, registry, records, clock } = await room();
  for (let i = 0; i < 3; i++) see();
  await registry.deviceChanges.remove(somebody, sw);
  expect(topology.parentsOf(device(ap))).toEqual([]);
  expect(topology.view(ap)).toMatchObject({ learnt: [], cables: [{ systemName: "sw-demo-1", device: null }] });
  clock.pass(topologyLimits.saveMs);
  await registry.deviceChanges.remove(somebody, ap);
  await topology.stop();
  expect(await records.db.selectFrom("learnt_topology").selectAll().execute()).toEqual([]);
});
