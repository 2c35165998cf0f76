import { expect, test } from "vitest";
import { later } from "../../undo.ts";
import { freshHttp } from "./fresh.ts";

const location = { lat: 51.4765, lon: 0.3266 };

test("a site's hours are written as people write them, with holidays, single days and dusk", async () => {
  const { call, end, clock, registry } = await freshHttp();
  later(end);
  const made = await call("POST", "/api/v1/sites", { body: { name: "Columns", location } });
  const { id } = (await made.json()) as { id: string };
  const change = (body: object) => call("PATCH", `/api/v1/sites/${id}`, { body });
  const calendar = {
    holidays: { dates: ["2026-12-25"], hours: "closed" },
    exceptions: [{ from: "2026-12-27", to: "2026-12-28", hours: "10:00-dusk", why: "market" }],
  };
  const before = clock.now();
  const answer = await change({ serviceHours: "Mon-Sun 00:00-dawn, dusk-24:00", calendar });
  expect(await answer.json()).toMatchObject({
    serviceHoursText: "Mon-Sun 00:00-dawn, dusk-24:00",
    calendar: { ...calendar, exceptions: [{ ...calendar.exceptions[0], hours: [["10:00", "dusk"]] }] },
    serves: expect.arrayContaining([{ from: expect.any(Number), to: expect.any(Number) }]),
  });
  expect(registry.hoursOfSite(id).open).toBe(false);
  expect(registry.servedBy(id, { from: before - 3_600_000, to: before })).toHaveLength(1);
  expect(registry.servedBy(id, { from: before, to: before + 3_600_000 })).toEqual([]);
  const holidays = await (await call("GET", "/api/v1/sites/holidays")).json();
  expect(holidays).toMatchObject({ calendars: [{ id: "england-and-wales", days: expect.any(Array) }] });
});

test.each([
  ["dusk-dawn", { serviceHours: "Mon dusk-dawn" }],
  ["no date", { calendar: { holidays: { dates: ["2026-02-30"], hours: "closed" }, exceptions: [] } }],
  ["hours that are none", { calendar: { holidays: null, exceptions: [{ from: "2026-12-25", hours: "perhaps" }] } }],
  [
    "a last day before the first",
    { calendar: { holidays: null, exceptions: [{ from: "2026-12-25", to: "2026-12-24", hours: "closed" }] } },
  ],
  [
    "more exceptions than are kept",
    { calendar: { holidays: null, exceptions: Array(101).fill({ from: "2026-12-25", hours: "open" }) } },
  ],
])("%s is refused", async (_what, body) => {
  const { call, end } = await freshHttp();
  later(end);
  const made = await call("POST", "/api/v1/sites", { body: { name: "Columns", location } });
  const { id } = (await made.json()) as { id: string };
  const answer = await call("PATCH", `/api/v1/sites/${id}`, { body });
  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { faults: { path: string }[] }).faults[0]?.path).toMatch(/^(serviceHours|calendar)/);
});
