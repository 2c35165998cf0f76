import { expect, test } from "vitest";
import type { HttpNeeds } from "../../../controller/http/index.ts";
import { later } from "../../undo.ts";
import { freshHttp } from "./fresh.ts";

/** Two devices, of which the second misses 3 points. */
async function twoDevices() {
  const missing = new Map<string, number>();
  const planted: HttpNeeds["delivery"] = {
    of: () => {
      throw new Error("not asked here");
    },
    late: async () => [],
    missingOf: (device) => missing.get(device) ?? 0,
    quarantined: async (_device, limit, before = 8) =>
      Array.from({ length: Math.min(limit, before - 1) }, (_, i) => ({
        ...{ id: before - 1 - i, receivedAt: 1, boot: null, seq: null, points: 1 },
        ...{ why: "unknown-tag", problem: "t.x is not in the catalogue", raw: "{}" },
      })),
  };
  const fresh = await freshHttp({ delivery: planted });
  later(() => fresh.end());
  const make = async (name: string): Promise<string> => {
    const made = await fresh.call("POST", "/api/v1/devices", { body: { name, kind: "sensor" } });
    return ((await made.json()) as { id: string }).id;
  };
  const whole = await make("Whole");
  const torn = await make("Torn");
  missing.set(torn, 3);
  const get = async (path: string) => {
    const answer = await fresh.call("GET", `/api/v1${path}`);
    return {
      status: answer.status,
      body: (await answer.json()) as { items: { id: string; missing: number }[]; next: string | null },
    };
  };
  return { whole, torn, get };
}

test("devices say how much of them is missing, and can be listed by it", async () => {
  const { whole, torn, get } = await twoDevices();
  const of = async (asked: string) => (await get(`/devices${asked}`)).body.items.map((one) => [one.id, one.missing]);
  expect(await of("?missing=true")).toEqual([[torn, 3]]);
  expect(await of("?missing=false")).toEqual([[whole, 0]]);
  expect(await of("")).toHaveLength(2);
  expect((await get("/devices?missing=perhaps")).status).toBe(400);
});

test("what a device sent and was refused, newest first, a page at a time; of none: 404", async () => {
  const { torn, get } = await twoDevices();
  const first = (await get(`/devices/${torn}/quarantine?limit=4`)).body;
  const second = (await get(`/devices/${torn}/quarantine?limit=4&cursor=${first.next}`)).body;
  expect([...first.items, ...second.items].map((one) => one.id)).toEqual([7, 6, 5, 4, 3, 2, 1]);
  expect(second.next).toBeNull();
  expect((await get("/devices/none/quarantine")).status).toBe(404);
});
