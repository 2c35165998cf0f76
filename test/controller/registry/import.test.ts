import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { devicesCsv, importLimits, readTable, registryLimits, sitesCsv } from "../../../controller/registry/index.ts";
import { type FreshRegistry, freshRegistry, somebody } from "./fresh.ts";

let fresh: FreshRegistry;
beforeEach(async () => {
  fresh = await freshRegistry();
});
afterEach(() => fresh.end());

const plan = (text: string) => fresh.registry.imports.plan(readTable(text));
async function bring(text: string) {
  const table = readTable(text);
  const { kind, counts } = fresh.registry.imports.plan(table);
  return await fresh.registry.imports.apply(somebody, table, kind, counts);
}
const twoSites = `Name;Lat;Long;Ward;Opening hours;Uplink
Demo library;51.4779;0.3236;Grays;Mon-Fri 09:00-17:00;fibre
"Demo, the quay";51.4600;-0,3500;none;;cellular
`;
const facts = () => ({ state: "awaiting", lastHeard: "", agent: "" });
const sitesById = () => new Map(fresh.registry.sites().map((site) => [site.id, site]));

describe("reading a spreadsheet", () => {
  test("any separator, a byte-order mark, quotes over lines; the line is the editor's", () => {
    expect(readTable('\uFEFFa\tb\n1\t"x\ny"\n\n3\t4\n')).toEqual({
      columns: ["a", "b"],
      rows: [
        { line: 2, cells: ["1", "x\ny"] },
        { line: 5, cells: ["3", "4"] },
      ],
    });
  });

  test.each([
    ["", /nothing in it/],
    ['a,b\n"x', /line 2/],
    ["x".repeat(importLimits.textChars + 1), /characters/],
    [`${"c,".repeat(importLimits.columns)}c\n`, /columns/],
    [`a\n${"1\n".repeat(importLimits.rows + 1)}`, /rows/],
  ])("what cannot be taken is refused with the place", (text, why) => expect(() => readTable(text)).toThrow(why));

  test("anything at all is read or refused, never thrown otherwise", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        try {
          plan(text);
        } catch (error) {
          expect(error).toMatchObject({ name: "Problem" });
        }
      }),
    );
  });
});

describe("what a hostile or mistaken spreadsheet brings", () => {
  test.each(["constructor", "__proto__", "toString", "hasOwnProperty"])("the kind %s is none", (kind) => {
    expect(plan(`name,kind\nA,${kind}\n`).rows[0]).toMatchObject({
      effect: "wrong",
      problems: [{ column: "kind", message: "one of access-point, sensor, gateway, switch" }],
    });
  });

  test.each(["0x10", "1e1", "5 1", "51..2", "+"])("the latitude %s is none", (latitude) => {
    expect(plan(`name,latitude,longitude\nA,${latitude},0\n`).rows[0]?.problems).toMatchObject([
      { column: "latitude" },
    ]);
  });

  test.each(["=1+1", "'=1+1", "''@x", "-5 lamps", "'plain", "+44"])(
    "the name %s comes back as it went",
    async (name) => {
      await fresh.registry.siteChanges.create(somebody, { name, location: { lat: 51, lon: 0 } });
      const text = sitesCsv(fresh.registry.sites());
      expect(text.split("\r\n")[1]).not.toMatch(/,"?[=+@-][^\d]/);
      expect(plan(text).counts).toEqual({ create: 0, change: 0, same: 1, wrong: 0 });
    },
  );

  test("a profile that is too long is refused, not cut", () => {
    const { rows } = plan(`name,kind,profile\nA,sensor,${"p".repeat(65)}\n`);
    expect(rows[0]?.problems).toEqual([{ column: "profile", message: "at most 64 characters" }]);
  });

  test("the sites of another place cost no more than a few guesses", async () => {
    const sites = Array.from({ length: 500 }, (_, i) => `Demo library number ${i},51,0`);
    await bring(`name,latitude,longitude\n${sites.join("\n")}\n`);
    const rows = Array.from({ length: importLimits.rows }, (_, i) => `Device ${i},sensor,Demo libary nunber ${i}`);
    const { counts, rows: planned } = plan(`name,kind,site\n${rows.join("\n")}\n`);
    expect(counts.wrong).toBe(importLimits.rows);
    const guesses = planned.filter(({ problems }) => problems[0]?.message.includes("did you mean"));
    expect(guesses).toHaveLength(importLimits.guesses);
    expect(planned[0]?.problems[0]?.message).toContain('did you mean "Demo library number 0"?');
    expect(planned.at(-1)?.problems[0]?.message).toBe(`there is no site "Demo libary nunber ${importLimits.rows - 1}"`);
  });
});

describe("sites", () => {
  test("are shown first, then made; what is missing has its default", async () => {
    const shown = plan(twoSites);
    expect(shown).toMatchObject({ kind: "sites", counts: { create: 2, change: 0, same: 0, wrong: 0 }, passedOver: [] });
    expect(fresh.registry.sites()).toEqual([]);
    expect(await bring(twoSites)).toMatchObject({ created: 2, changed: 0 });
    expect(fresh.registry.sites()).toMatchObject([
      { name: "Demo library", area: "Grays", serviceHours: { mon: [["09:00", "17:00"]] }, uplink: { kind: "fibre" } },
      { name: "Demo, the quay", area: null, location: { lat: 51.46, lon: -0.35 }, serviceHours: "always" },
    ]);
  });

  test("a second time changes nothing", async () => {
    await bring(twoSites);
    expect(plan(twoSites).counts).toEqual({ create: 0, change: 0, same: 2, wrong: 0 });
    expect(await bring(twoSites)).toBeNull();
  });

  test("what differs is named cell by cell, and only that is changed", async () => {
    await bring(twoSites);
    const shown = plan("site,uplink,ward\ndemo LIBRARY,dsl,Grays\n");
    expect(shown.rows[0]).toMatchObject({
      effect: "change",
      changes: [
        { column: "name", from: "Demo library", to: "demo LIBRARY" },
        { column: "uplink", from: "fibre", to: "dsl" },
      ],
    });
    await bring("site,uplink,ward\ndemo LIBRARY,dsl,Grays\n");
    expect(fresh.registry.sites()[1]).toMatchObject({ name: "demo LIBRARY", area: "Grays", uplink: { kind: "dsl" } });
  });

  test("what is wrong is said at its cell, and nothing is written", async () => {
    const text = `name,latitude,longitude,time zone,uplink,colour
,51,0,,,
A,north,0,,,blue
B,91,0,Mars/Base,string,
C,51,,,,
C,51,0,,,
`;
    const { rows, counts, passedOver } = plan(text);
    expect(passedOver).toEqual(["colour"]);
    expect(counts.wrong).toBe(5);
    expect(rows.map((row) => row.problems.map((p) => p.column))).toEqual([
      ["name"],
      ["latitude"],
      ["latitude", "time zone", "uplink"],
      ["longitude"],
      [""],
    ]);
    await expect(bring(text)).rejects.toMatchObject({ kind: "invalid" });
    expect(fresh.registry.sites()).toEqual([]);
  });

  test("a column that is lacking is there to be filled in", () => {
    const { columns, rows } = plan("name,area\nDemo library,Grays\n");
    expect(columns).toEqual(["name", "area", "latitude", "longitude"]);
    const mended = fresh.registry.imports.plan(
      { columns, rows: rows.map(({ line, cells }) => ({ line, cells: [...cells, "51", "0"] })) },
      "sites",
    );
    expect(mended.counts).toMatchObject({ create: 1, wrong: 0 });
  });

  test("an import that would now do something else is refused", async () => {
    const table = readTable(twoSites);
    await bring("name,lat,lon\nDemo library,51,0\n");
    await expect(
      fresh.registry.imports.apply(somebody, table, "sites", { create: 2, change: 0 }),
    ).rejects.toMatchObject({ kind: "stale" });
  });
});

describe("devices", () => {
  beforeEach(() => bring(twoSites));

  test("find their site by name, case aside; an unknown one gets a hint", async () => {
    const text = `device,type,site,tags
Ground floor,AP,demo library,indoor; phase 1
Ground floor,access point,"demo, the quay",
Noise,sensor,Demo libary,
`;
    const shown = plan(text);
    expect(shown.kind).toBe("devices");
    expect(shown.rows[2]?.problems).toEqual([
      { column: "site", message: 'there is no site "Demo libary"; did you mean "Demo library"?' },
    ]);
    await bring(text.replace("libary", "library"));
    const library = fresh.registry.sites()[0]?.id;
    const at = (site: string | undefined) => fresh.registry.devices().filter((device) => device.site === site);
    expect(at(library)).toMatchObject([
      { name: "Ground floor", kind: "access-point", tags: ["indoor", "phase 1"] },
      { name: "Noise", kind: "sensor", tags: [] },
    ]);
    expect(at(fresh.registry.sites()[1]?.id)).toMatchObject([{ name: "Ground floor", kind: "access-point" }]);
    expect(plan(text.replace("libary", "library")).counts).toMatchObject({ same: 3 });
  });

  test("keep their kind; half a place is none", async () => {
    await bring("name,kind\nA,sensor\n");
    expect(plan("name,kind,lat\nA,switch,51\n").rows[0]?.problems.map((p) => p.column)).toEqual(["latitude", "kind"]);
  });

  test("are moved by id, with their history", async () => {
    await bring("name,kind,site\nA,sensor,Demo library\n");
    const [device] = fresh.registry.devices();
    const [library, quay] = fresh.registry.sites();
    fresh.clock.pass(1_000);
    await bring(`id,site\n${device?.id},"${quay?.name}"\n`.replace("id,", "id,kind,").replace(',"', ',sensor,"'));
    expect(fresh.registry.siteOf(device?.id ?? "")).toBe(quay?.id);
    expect(fresh.registry.membersOf(library?.id ?? "", 0, fresh.clock.now())).toMatchObject([{ device: device?.id }]);
  });

  test("two of one name at one site need an id", async () => {
    for (const name of ["Twin", "Twin"]) await fresh.registry.deviceChanges.create(somebody, { name, kind: "sensor" });
    expect(plan("name,kind\nTwin,sensor\n").rows[0]?.problems[0]?.message).toMatch(/2 have this name/);
    expect(plan("id,name,kind\nnone-such,Twin,sensor\n").rows[0]?.problems[0]?.message).toMatch(/no.*this id/);
  });
});

describe("undo", () => {
  test("takes back what was made and changed, all of it", async () => {
    await bring(twoSites);
    const before = fresh.registry.sites().map(({ version: _, updatedAt: __, ...rest }) => rest);
    const made = await bring("name,lat,lon,ward\nDemo library,51,0.1,Else\nNew,51,0,\n");
    const undone = await fresh.registry.imports.undo(somebody, made?.id ?? "");
    expect(undone.undoneAt).not.toBeNull();
    expect(fresh.registry.sites().map(({ version: _, updatedAt: __, ...rest }) => rest)).toEqual(before);
    await expect(fresh.registry.imports.undo(somebody, made?.id ?? "")).rejects.toMatchObject({ code: "undone" });
    // And after a restart, too.
    expect((await fresh.again()).sites().map(({ name }) => name)).toEqual(["Demo library", "Demo, the quay"]);
  });

  test("is refused whole when a person changed something since, or a device lives there", async () => {
    const made = await bring(twoSites);
    const [library] = fresh.registry.sites();
    const device = await fresh.registry.deviceChanges.create(somebody, {
      name: "A",
      kind: "sensor",
      site: library?.id ?? null,
    });
    await expect(fresh.registry.imports.undo(somebody, made?.id ?? "")).rejects.toMatchObject({ code: "not-empty" });
    expect(fresh.registry.sites()).toHaveLength(2);
    await fresh.registry.deviceChanges.remove(somebody, device.id);
    await fresh.registry.siteChanges.change(somebody, library?.id ?? "", { name: "Renamed" });
    await expect(fresh.registry.imports.undo(somebody, made?.id ?? "")).rejects.toMatchObject({
      code: "changed-since",
    });
    expect(fresh.registry.sites()).toHaveLength(2);
  });

  test("the oldest imports are forgotten", async () => {
    for (let n = 0; n <= importLimits.kept; n++) {
      fresh.clock.pass(1);
      await bring(`name,lat,lon\nS${n},51,0\n`);
    }
    expect(await fresh.registry.imports.list()).toHaveLength(importLimits.kept);
  });
});

describe("CSV out", () => {
  test("comes back in as it is, formulas and minus signs and all", async () => {
    await bring(twoSites);
    const names = ['=HYPERLINK("http://x")', "+44 demo", "@home", "-dash", 'quo"te, comma', "é中"];
    for (const name of names)
      await fresh.registry.deviceChanges.create(somebody, { name, kind: "sensor", location: { lat: 51, lon: -0.5 } });
    const out = devicesCsv(fresh.registry.devices(), sitesById(), facts);
    expect(out).not.toMatch(/(^|,|")[=+@]/m);
    expect(out).toContain(",-0.5,");
    expect(plan(out).counts).toEqual({ create: 0, change: 0, same: names.length, wrong: 0 });
    expect(plan(out).passedOver).toEqual([]);
    expect(plan(sitesCsv(fresh.registry.sites())).counts).toEqual({ create: 0, change: 0, same: 2, wrong: 0 });
  });
});

test("more than there may be is refused before anything is written", async () => {
  expect(importLimits.rows).toBeLessThan(registryLimits.sites);
  const rows = Array.from({ length: importLimits.rows }, (_, n) => `S${n},51,0`).join("\n");
  const table = readTable(`name,lat,lon\n${rows}\n`);
  expect(fresh.registry.imports.plan(table).counts.create).toBe(importLimits.rows);
});
