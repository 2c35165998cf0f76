import { expect, it } from "vitest";
import { later } from "../../undo.ts";
import { type FreshHttp, freshHttp } from "./fresh.ts";

const hourMs = 3_600_000;
interface Row {
  id: string;
  name: string;
  site: string | null;
  removed: boolean;
  figures: { availability: number | null; lostMs: number; outsideMs: number; revised: boolean };
}
interface Report {
  month: string;
  note: string | null;
  all: Row["figures"];
  sites: (Row & { devices: number; timeZone: string })[];
  devices: { items: Row[]; next: string | null };
}

/** June 2026 until noon of the 1st, plus what is planted. */
async function town() {
  const fresh = await freshHttp();
  later(fresh.end);
  const make = async (path: string, body: object) => {
    const answer = await fresh.call("POST", `/api/v1/${path}`, { body });
    return ((await answer.json()) as { id: string }).id;
  };
  const at = { lat: 51.5, lon: -0.1 };
  const serviceHours = { mon: [["08:00", "18:00"]] };
  const library = await make("sites", { name: "Library", location: at, timeZone: "Europe/London", serviceHours });
  const square = await make("sites", { name: "Square", location: at, timeZone: "Europe/London" });
  const device = (name: string, site: string) => make("devices", { name, kind: "access-point", site });
  const ids = [await device("=Door", library), await device("Hall", library), await device("Lamp", square)];
  const plant = (of: string, site: string, state: string, from: number, to: number, cause: string | null = null) =>
    fresh.records.db
      .insertInto("availability_interval")
      .values({ device: of, site, state, cause, root: null, from_at: from, to_at: to, held: 0 })
      .execute();
  return { fresh, library, square, ids, plant };
}

const get = async (fresh: FreshHttp, query: string) =>
  (await (await fresh.call("GET", `/api/v1/availability?${query}`, { as: "viewer" })).json()) as Report;

it("a month by site and device, in the site's zone and hours; a page of devices at a time", async () => {
  const { fresh, library, square, ids, plant } = await town();
  const [door = "", hall = "", lamp = ""] = ids;
  // London: midnight of 1 June is 23:00 UTC of 31 May. 8 to 18 there is 7 to 17 UTC.
  const begin = Date.UTC(2026, 4, 31, 23);
  const noon = fresh.clock.now();
  await plant(door, library, "up", begin - 9 * hourMs, noon - 2 * hourMs);
  await plant(door, library, "down", noon - 2 * hourMs, noon, "restart");
  await plant(hall, library, "up", begin, noon);
  await plant(lamp, square, "down", begin, noon - hourMs, "line");
  await plant(lamp, square, "up", noon - hourMs, noon);
  await plant("device_gone", square, "up", begin, noon);
  const report = await get(fresh, "month=2026-06");
  expect(report).toMatchObject({
    month: "2026-06",
    note: null,
    sites: [
      { name: "Library", devices: 2, timeZone: "Europe/London", figures: { availability: 0.8, lostMs: 2 * hourMs } },
      { name: "Square", devices: 2, figures: { availability: 14 / 26, outsideMs: 0 } },
    ],
    devices: {
      items: [
        { name: "=Door", site: library, removed: false, figures: { availability: 0.6, outsideMs: 8 * hourMs } },
        { name: "Hall", figures: { availability: 1 } },
        { name: "Lamp", figures: { availability: 1 / 13, lostByCause: { line: 12 * hourMs } } },
        { id: "device_gone", name: "device_gone", removed: true, figures: { availability: 1 } },
      ],
      next: null,
    },
  });
  const first = await get(fresh, "month=2026-06&limit=3");
  expect(first.devices.items).toHaveLength(3);
  const rest = await get(fresh, `month=2026-06&limit=3&cursor=${first.devices.next}`);
  expect(rest.devices.items.map(({ id }) => id)).toEqual(["device_gone"]);
  const here = await get(fresh, `month=2026-06&site=${library}`);
  expect([here.sites.length, here.devices.items.map(({ name }) => name)]).toEqual([1, ["=Door", "Hall"]]);
  // Six hours that were lost were up after all: kept beside what was written, and said so.
  await fresh.records.db
    .insertInto("availability_revision")
    .values({ device: lamp, from_at: begin, state: "up", cause: "line", revised_at: noon })
    .execute();
  fresh.clock.pass(30_000);
  const revised = await get(fresh, `month=2026-06&site=${square}`);
  expect(revised.all).toMatchObject({
    ...{ availability: 1, availabilityOnline: 14 / 26, localMs: 12 * hourMs, lostMs: 0, revised: true },
  });
});

it("as CSV, safe for a spreadsheet", async () => {
  const { fresh, library, ids, plant } = await town();
  const noon = fresh.clock.now();
  await plant(ids[0] ?? "", library, "up", noon - 4 * hourMs, noon - hourMs);
  await plant(ids[0] ?? "", library, "down", noon - hourMs, noon, "stopped");
  const answer = await fresh.call("GET", "/api/v1/availability.csv?month=2026-06", { as: "viewer" });
  expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  const [head = "", ...rows] = (await answer.text()).trimEnd().split("\r\n");
  const cell = (row: string | undefined, name: string) => row?.split(",")[head.split(",").indexOf(name)];
  expect(rows.map((row) => cell(row, "what"))).toEqual(["all", "site", "device"]);
  expect(
    ["availability_percent", "lost_min", "lost_by_stopped_min", "up_min"].map((name) => cell(rows[2], name)),
  ).toEqual(["75", "60", "60", "180"]);
  expect(cell(rows[2], "name")).toBe("'=Door");
});

it("a month without data says so; what cannot be asked is refused", async () => {
  const { fresh } = await town();
  expect(await get(fresh, "month=2026-06")).toMatchObject({
    note: "No data: nothing is known yet.",
    all: { availability: null },
    sites: [],
    devices: { items: [] },
  });
  expect(await get(fresh, "month=2027-01")).toMatchObject({ note: "No data: this month has not begun." });
  for (const query of ["", "month=2026-13", "month=1999-01", "month=2026-06&limit=0", "month=2026-06&by=site"])
    expect((await fresh.call("GET", `/api/v1/availability?${query}`)).status).toBe(400);
  expect((await fresh.call("GET", "/api/v1/availability?month=2026-06&site=none")).status).toBe(404);
});
