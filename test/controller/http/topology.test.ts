import { expect, test } from "vitest";
import { later } from "../../undo.ts";
import { freshHttp } from "./fresh.ts";

const by = { kind: "user", id: "user_test" };

test("what a device hangs on is read, adopted, dismissed and restored", async () => {
  const fresh = await freshHttp();
  later(fresh.end);
  const { registry, topology, call } = fresh;
  const ap = (await registry.deviceChanges.create(by, { name: "Demo AP", kind: "access-point" })).id;
  const sw = (await registry.deviceChanges.create(by, { name: "sw-demo-1", kind: "switch" })).id;
  const fields = { system_name: "sw-demo-1", port: "7", uplink: 1 };
  for (const at of [1, 2, 3].map((n) => n * 300_000))
    topology.stored([{ device: ap, m: "neighbour", at, tags: { interface: "eth0" }, fields }]);
  const path = `/api/v1/devices/${ap}/topology`;
  const read = async (response: Response) => (await response.json()) as { learnt: { standing: string }[] };
  expect(await read(await call("GET", path))).toMatchObject({
    cables: [{ systemName: "sw-demo-1", port: "7", uplink: true, device: sw }],
    gateway: null,
    learnt: [{ parent: sw, name: "sw-demo-1", seen: 3, needed: 3, standing: "holds" }],
  });
  const explained = (await (await call("GET", `/api/v1/devices/${ap}/explain`)).json()) as { behind: string[] };
  expect(explained.behind).toEqual([
    "Behind sw-demo-1: learnt from its cable at eth0, port 7; while that is lost, nobody is told of this device by itself.",
  ]);
  const judge = (what: string, parent = sw) => call("POST", `${path}/${what}`, { body: { parent }, as: "operator" });
  expect((await read(await judge("dismiss"))).learnt[0]?.standing).toBe("dismissed");
  expect((await read(await judge("restore"))).learnt[0]?.standing).toBe("holds");
  expect((await read(await judge("adopt"))).learnt[0]?.standing).toBe("declared");
  expect(registry.device(ap)?.parents).toEqual([[sw]]);
  expect((await judge("adopt")).status).toBe(409);
  expect((await judge("dismiss", "nobody")).status).toBe(404);
  expect((await call("POST", `${path}/adopt`, { body: { parents: [] } })).status).toBe(400);
  expect((await call("GET", "/api/v1/devices/nobody/topology")).status).toBe(404);
});
