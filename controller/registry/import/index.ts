/** Many sites or devices at once, from a spreadsheet: looked at first, written whole or not at all, undone whole. */
import { conflict, invalid, notFound, stale } from "../../base/errors.ts";
import { randomId } from "../../base/ids.ts";
import type { Device } from "../device.ts";
import { deviceChange, deviceCreation, deviceRemoval, type NewDevice } from "../devices.ts";
import { registryLimits } from "../limits.ts";
import { type By, type Room, type Step, takeAll } from "../room.ts";
import type { Site } from "../site.ts";
import { type NewSite, siteChange, siteCreation, siteRemoval } from "../sites.ts";
import { type ImportKind, placed } from "./columns.ts";
import { kindOf, type Plan, planDevices, planSites } from "./plan.ts";
import { importLimits, type Table } from "./table.ts";

export type { ImportKind } from "./columns.ts";
export type { CellProblem, Plan, PlannedRow } from "./plan.ts";
export { importLimits, readTable, type Table } from "./table.ts";

export interface ImportRecord {
  id: string;
  kind: ImportKind;
  by: By;
  at: number;
  created: number;
  changed: number;
  undoneAt: number | null;
}

export interface Imports {
  /** What it would do; writes nothing. */
  plan(table: Table, kind?: ImportKind): Plan;
  /** All rows or none. Refused ("invalid") while a row is wrong, "stale" when it would do something else than the caller
   *  was shown. @returns null when everything is as the rows say already */
  apply(
    by: By,
    table: Table,
    kind: ImportKind,
    shown: { create: number; change: number },
  ): Promise<ImportRecord | null>;
  /** Newest first. */
  list(): Promise<ImportRecord[]>;
  /** All of it or nothing: refused when something of it was changed since, or came to life. */
  undo(by: By, id: string): Promise<ImportRecord>;
}

/** What undoing needs to know of one row. */
interface Done {
  id: string;
  version: number;
  before: Site | Device | null;
}

export function createImports(room: Room): Imports {
  const { memory, records, clock } = room;
  const planning = (table: Table, kind: ImportKind) =>
    kind === "sites" ? planSites(table, memory.sites) : planDevices(table, memory);

  return {
    plan: (table, kind = kindOf(table.columns)) => planning(table, kind).plan,
    apply: (by, table, kind, shown) =>
      room.serial(async () => {
        const { counts } = planning(table, kind).plan;
        if (counts.wrong > 0) throw invalid(`${counts.wrong} rows are wrong: mend them first; nothing was written`);
        if (counts.create !== shown.create || counts.change !== shown.change)
          throw stale("what is there has changed since you looked: look again; nothing was written");
        if (memory[kind].size + counts.create > registryLimits[kind])
          throw conflict("limit", `at most ${registryLimits[kind]} ${kind}; nothing was written`);
        const steps = stepsOf(room, by, table, kind);
        if (steps.length === 0) return null;
        const row = {
          id: randomId("import"),
          organisation: records.organisation,
          kind,
          by_kind: by.kind,
          by_id: by.id,
          at: clock.now(),
          created: counts.create,
          changed: counts.change,
          rows_json: JSON.stringify(steps.map(({ done }) => done)),
          undone_at: null,
        };
        await takeAll(
          room,
          steps.map(({ step }) => step),
          async (t) => {
            await t.insertInto("import").values(row).execute();
            const kept = t.selectFrom("import").select("id").orderBy("at", "desc").limit(importLimits.kept);
            await t.deleteFrom("import").where("id", "not in", kept).execute();
          },
        );
        return recordOf(row);
      }),
    async list() {
      // Not what undoing needs: that is most of each row.
      const rows = await records.db.selectFrom("import").select(shown).orderBy("at", "desc").execute();
      return rows.map(recordOf);
    },
    undo: (by, id) =>
      room.serial(async () => {
        const row = await records.db.selectFrom("import").selectAll().where("id", "=", id).executeTakeFirst();
        if (!row) throw notFound("import", id);
        if (row.undone_at !== null) throw conflict("undone", "this import was undone already");
        const done = JSON.parse(row.rows_json) as Done[];
        // What came last goes first.
        const steps = done.reverse().map((one) => undoing(room, by, row.kind as ImportKind, one));
        const undone_at = clock.now();
        await takeAll(room, steps, async (t) => {
          await t.updateTable("import").set({ undone_at }).where("id", "=", id).execute();
        });
        return recordOf({ ...row, undone_at });
      }),
  };
}

const shown = ["id", "kind", "by_kind", "by_id", "at", "created", "changed", "undone_at"] as const;

function stepsOf(room: Room, by: By, table: Table, kind: ImportKind): { step: Step; done: Done }[] {
  const { memory } = room;
  const done = <T extends Site | Device>(step: Step<T>, before: T | null) => ({
    step,
    done: { id: step.result.id, version: step.result.version, before },
  });
  if (kind === "sites") {
    const { plan, wishes } = planSites(table, memory.sites);
    return plan.rows.flatMap(({ effect, id }, i) => {
      const before = id === null ? undefined : memory.sites.get(id);
      const wish = placed(wishes[i] ?? {}, before);
      if (effect === "create") return [done(siteCreation(room, by, wish as NewSite), null)];
      return effect === "change" && before ? [done(siteChange(room, by, before, wish), before)] : [];
    });
  }
  const { plan, wishes } = planDevices(table, memory);
  return plan.rows.flatMap(({ effect, id }, i) => {
    const before = id === null ? undefined : memory.devices.get(id);
    const { kind: _, ...wish } = placed(wishes[i] ?? {}, before);
    if (effect === "create")
      return [done(deviceCreation(room, by, placed(wishes[i] ?? {}, before) as NewDevice), null)];
    return effect === "change" && before ? [done(deviceChange(room, by, before, wish), before)] : [];
  });
}

function undoing(room: Room, by: By, kind: ImportKind, { id, version, before }: Done): Step {
  const { memory } = room;
  const is = kind === "sites" ? memory.sites.get(id) : memory.devices.get(id);
  if (!is) {
    if (before === null) return { result: undefined, write: async () => {}, keep: () => {} };
    throw conflict("changed-since", `"${before.name}" was removed since: it cannot be put back as it was`);
  }
  if (is.version !== version) throw conflict("changed-since", `"${is.name}" was changed since: undo would lose that`);
  if (kind === "sites") {
    if (before === null) return siteRemoval(room, by, is as Site);
    const { name, location, timeZone, serviceHours, area, uplink } = before as Site;
    return siteChange(room, by, is as Site, { name, location, timeZone, serviceHours, area, uplink });
  }
  const device = is as Device;
  if (before === null) {
    if (device.hardware !== null)
      throw conflict("changed-since", `"${device.name}" has been installed since: remove it by itself if it must go`);
    return deviceRemoval(room, by, device);
  }
  const { name, site, tags, profile, location } = before as Device;
  return deviceChange(room, by, device, { name, site, tags, profile, location });
}

const recordOf = (row: {
  id: string;
  kind: string;
  by_kind: string;
  by_id: string;
  at: number;
  created: number;
  changed: number;
  undone_at: number | null;
}): ImportRecord => ({
  id: row.id,
  kind: row.kind as ImportKind,
  by: { kind: row.by_kind, id: row.by_id },
  at: row.at,
  created: row.created,
  changed: row.changed,
  undoneAt: row.undone_at,
});
