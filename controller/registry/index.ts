/** Sites, devices, enrolment (DESIGN §8, §10). Presence is a room of its own below. */
import type { Enrolment, KeySet } from "#wire";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { createSerial } from "../base/serial.ts";
import type { Records } from "../store/records/index.ts";
import { createChanges } from "./changes.ts";
import { authenticate } from "./credentials.ts";
import type { Device, Membership } from "./device.ts";
import { createDevices, type Devices } from "./devices.ts";
import { createGate } from "./enrolment/gate.ts";
import { type Knocked, type Knocking, knock } from "./enrolment/knock.ts";
import { createTokens, type EnrolmentTokens } from "./enrolment/tokens.ts";
import { createWaiting, type Waiting } from "./enrolment/waiting.ts";
import { createImports, type Imports } from "./import/index.ts";
import { type KnockLimits, registryLimits } from "./limits.ts";
import { createHolders, loadMemory } from "./memory.ts";
import type { AuditLog, Change, Room } from "./room.ts";
import { createServiceHours, type Hours, type Span, servedBy } from "./service-hours.ts";
import type { Site } from "./site.ts";
import { createSites, type Sites } from "./sites.ts";

export { holidayCalendars } from "./bank-holidays.ts";
export { calendarLimits, type DayHours, type SiteCalendar } from "./calendar.ts";
export type { Device, Membership } from "./device.ts";
export type { DeviceChange, NewDevice } from "./devices.ts";
export type { Knocked } from "./enrolment/knock.ts";
export type { EnrolmentToken, NewToken } from "./enrolment/tokens.ts";
export { type WaitingDevice, type WaitingState, waitingStates } from "./enrolment/waiting.ts";
export { formatHours, isRange, isTime, parseDay, parseHours } from "./hours.ts";
export { devicesCsv, sitesCsv } from "./import/export.ts";
export { type ImportKind, type ImportRecord, importLimits, type Plan, readTable, type Table } from "./import/index.ts";
export { type KnockLimits, knockLimits, registryLimits } from "./limits.ts";
export type { By, Change } from "./room.ts";
export { type Hours, hoursAt, monthIn, type Span, servedIn } from "./service-hours.ts";
export {
  type Contact,
  type ServiceHours,
  type Site,
  type UplinkKind,
  uplinkKinds,
  type Weekday,
  weekdays,
} from "./site.ts";
export type { NewSite, SiteChange } from "./sites.ts";

export interface Registry {
  /** For the broker: whether this password lets this device in. The first connection with a password voids the others. */
  authenticate(device: string, password: string): Promise<boolean>;
  device(id: string): Device | undefined;
  /** By name, then id. */
  devices(): readonly Device[];
  site(id: string): Site | undefined;
  /** By name, then id. */
  sites(): readonly Site[];
  /** The device's site now. */
  siteOf(device: string): string | null;
  /** Whether the device's site serves now; no site: always. */
  hoursOf(device: string): Hours;
  hoursOfSite(site: string): Hours;
  /** When the site served within that time, by the hours that held then. */
  servedBy(site: string, span: Span): Span[];
  /** Through which device it was reached at that time; null: direct, or not known. */
  viaAt(device: string, at: number): string | null;
  /** Who was at the site in [from, to), and from when to when. */
  membersOf(site: string, from: number, to: number): Membership[];
  onChange(listener: (change: Change) => void): () => void;
  siteChanges: Sites;
  deviceChanges: Devices;
  enrolmentTokens: EnrolmentTokens;
  waiting: Waiting;
  imports: Imports;
  /** `POST /enrolments` of a device. */
  knock(body: Enrolment, address: string): Promise<Knocked>;
}

/** Loads all sites and devices; resolves when the registry can answer. */
export async function createRegistry(needs: {
  records: Records;
  clock: Clock;
  log: Log;
  audit: AuditLog;
  keySet: () => KeySet;
  /** K and C of an enrolment token. */
  pins: () => { content: string; certificate: string };
  mqttUrl: () => string;
  knockLimits?: KnockLimits;
}): Promise<Registry> {
  const { records, clock, log, audit } = needs;
  const changes = createChanges(log);
  const memory = await loadMemory(records);
  const serial = createSerial(registryLimits.changesWaiting);
  const holders = createHolders(memory);
  const room: Room = { records, clock, log, audit, serial, memory, holders, tell: changes.tell };
  const knocking: Knocking = {
    room,
    gate: createGate(needs.knockLimits),
    keySet: needs.keySet,
    mqttUrl: needs.mqttUrl,
  };
  const hours = createServiceHours((id) => memory.sites.get(id));
  const devices = sorted(memory.devices, "device", changes.on);
  const sites = sorted(memory.sites, "site", changes.on);
  return {
    authenticate: (device, password) => authenticate(room, device, password),
    device: (id) => memory.devices.get(id),
    devices,
    site: (id) => memory.sites.get(id),
    sites,
    siteOf: (device) => memory.devices.get(device)?.site ?? null,
    hoursOf: (device) => hours(memory.devices.get(device)?.site ?? null, clock.now()),
    hoursOfSite: (site) => hours(site, clock.now()),
    servedBy: (site, span) => servedBy(memory.schedules.get(site) ?? [], span),
    viaAt: (device, at) => memory.memberships.get(device)?.find((one) => covers(one, at))?.via ?? null,
    membersOf: (site, from, to) =>
      [...memory.memberships.values()]
        .flat()
        .filter((one) => one.site === site && one.from < to && (one.to ?? to) > from),
    onChange: changes.on,
    siteChanges: createSites(room),
    deviceChanges: createDevices(room),
    enrolmentTokens: createTokens(room, needs.pins),
    waiting: createWaiting(room),
    imports: createImports(room),
    knock: (body, address) => knock(knocking, body, address),
  };
}

const covers = (one: Membership, at: number): boolean => one.from <= at && (one.to === null || at < one.to);

/** The list by name, sorted anew only after a change. */
function sorted<T extends { id: string; name: string }>(
  map: ReadonlyMap<string, T>,
  kind: Change["kind"],
  on: (listener: (change: Change) => void) => unknown,
): () => readonly T[] {
  let list: T[] | null = null;
  on((change) => {
    if (change.kind === kind) list = null;
  });
  return () => {
    list ??= [...map.values()].sort((a, b) => byText(a.name, b.name) || byText(a.id, b.id));
    return list;
  };
}

/** By code unit, so that a cursor compares as the list is sorted. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
