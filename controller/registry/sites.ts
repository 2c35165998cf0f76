import type { Kysely } from "kysely";
import { conflict, notFound, stale } from "../base/errors.ts";
import { readableId } from "../base/ids.ts";
import type { Database } from "../store/records/index.ts";
import { type Dated, noCalendar, rescheduled, type SiteCalendar } from "./calendar.ts";
import { registryLimits } from "./limits.ts";
import { type By, type Room, type Step, take } from "./room.ts";
import { type Contact, type Location, type ServiceHours, type Site, siteRow, type Uplink } from "./site.ts";

export interface NewSite {
  name: string;
  location: Location;
  timeZone?: string | undefined;
  serviceHours?: ServiceHours | undefined;
  calendar?: SiteCalendar | undefined;
  area?: string | null | undefined;
  uplink?: Uplink | null | undefined;
  contact?: Contact | null | undefined;
}

/** What is left out stays as it is. */
export type SiteChange = { [K in keyof NewSite]?: NewSite[K] | undefined };

export interface Sites {
  create(by: By, wish: NewSite): Promise<Site>;
  /** @param version that the caller saw; another now: "stale" */
  change(by: By, id: string, change: SiteChange, version?: number): Promise<Site>;
  /** Refused ("not-empty") while devices are there. */
  remove(by: By, id: string): Promise<void>;
}

export function createSites(room: Room): Sites {
  const alone = <T>(step: () => Step<T>) => room.serial(() => take(room, step()));
  return {
    create: (by, wish) => alone(() => siteCreation(room, by, wish)),
    change: (by, id, change, version) => alone(() => siteChange(room, by, siteOf(room, id), change, version)),
    remove: (by, id) => alone(() => siteRemoval(room, by, siteOf(room, id))),
  };
}

function siteOf({ memory }: Room, id: string): Site {
  const site = memory.sites.get(id);
  if (!site) throw notFound("site", id);
  return site;
}

export function siteCreation(room: Room, by: By, wish: NewSite): Step<Site> {
  const { memory, clock, records, audit } = room;
  if (memory.sites.size >= registryLimits.sites)
    throw conflict("limit", `${registryLimits.sites} sites are there already`);
  const now = clock.now();
  const site: Site = {
    id: freeId(memory.sites, "site"),
    name: wish.name,
    location: wish.location,
    timeZone: wish.timeZone ?? "Europe/London",
    serviceHours: wish.serviceHours ?? "always",
    calendar: wish.calendar ?? noCalendar,
    area: wish.area ?? null,
    uplink: wish.uplink ?? null,
    contact: wish.contact ?? null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  const history = rescheduled([], site, now);
  return {
    result: site,
    async write(t) {
      await t.insertInto("site").values(siteRow(site, records.organisation)).execute();
      await writeSchedules(t, site.id, history);
      await audit.write(t, { actor: by, action: "site.created", subject: { kind: "site", id: site.id }, after: site });
    },
    keep() {
      memory.sites.set(site.id, site);
      memory.schedules.set(site.id, history);
      room.tell({ kind: "site", id: site.id, change: "created" });
    },
  };
}

export function siteChange(room: Room, by: By, before: Site, change: SiteChange, version?: number): Step<Site> {
  const { memory, clock, records, audit } = room;
  const { id } = before;
  if (version !== undefined && version !== before.version) throw stale("this site was changed in the meantime");
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const site: Site = { ...before, ...given, version: before.version + 1, updatedAt: clock.now() };
  const known = memory.schedules.get(id) ?? [];
  const history = rescheduled(known, site, clock.now());
  return {
    result: site,
    async write(t) {
      await t.updateTable("site").set(siteRow(site, records.organisation)).where("id", "=", id).execute();
      if (history.length !== known.length || history.at(-1) !== known.at(-1)) await writeSchedules(t, id, history);
      await audit.write(t, { actor: by, action: "site.changed", subject: { kind: "site", id }, before, after: site });
    },
    keep() {
      memory.sites.set(id, site);
      memory.schedules.set(id, history);
      room.tell({ kind: "site", id, change: "changed" });
    },
  };
}

export function siteRemoval(room: Room, by: By, before: Site): Step<void> {
  const { memory, audit } = room;
  const { id } = before;
  const there = [...memory.devices.values()].filter((device) => device.site === id).length;
  if (there > 0) throw conflict("not-empty", `${there} devices are at this site: move them first`);
  return {
    result: undefined,
    async write(t) {
      // A token for a place that is no more would enrol devices to nowhere.
      await t.deleteFrom("enrolment_token").where("site", "=", id).execute();
      await t.deleteFrom("site").where("id", "=", id).execute();
      await t.deleteFrom("site_schedule").where("site", "=", id).execute();
      await audit.write(t, { actor: by, action: "site.removed", subject: { kind: "site", id }, before });
    },
    keep() {
      memory.sites.delete(id);
      memory.schedules.delete(id);
      room.tell({ kind: "site", id, change: "removed" });
    },
  };
}

async function writeSchedules(t: Kysely<Database>, site: string, history: readonly Dated[]): Promise<void> {
  await t.deleteFrom("site_schedule").where("site", "=", site).execute();
  const rows = history.map(({ from, ...schedule }) => ({
    site,
    from_at: from,
    schedule_json: JSON.stringify(schedule),
  }));
  for (const row of rows) await t.insertInto("site_schedule").values(row).execute();
}

/** Readable ids are short, so one may be taken. */
export function freeId(taken: ReadonlyMap<string, unknown>, prefix: string): string {
  let id = readableId(prefix);
  while (taken.has(id)) id = readableId(prefix);
  return id;
}
