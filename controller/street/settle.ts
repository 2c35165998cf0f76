import type { Call } from "./api.ts";
import { devices, type TownDevice } from "./town/devices.ts";
import { sites } from "./town/sites.ts";

const atOnce = 8;

/** The town as the controller knows it: its ids by our keys. */
export interface Settled {
  sites: ReadonlyMap<string, string>;
  devices: ReadonlyMap<string, string>;
}

interface Listed {
  items: { id: string; name: string; site?: string | null; hardware?: { serial: string } | null }[];
}

/** Brings the town's sites and devices into the registry, through the API; what is there already stays as people made
 *  it. */
export async function settle(call: Call, remembered: Readonly<Record<string, string>>): Promise<Settled> {
  const known = await call<Listed>("GET", "/sites?limit=1000");
  const siteIds = new Map<string, string>();
  await inTurns(sites, async ({ key, uplink, character: _, ...site }) => {
    const found = known.items.find(({ id, name }) => id === remembered[key] || name === site.name);
    const { id } = found ?? (await call<{ id: string }>("POST", "/sites", { ...site, uplink: { kind: uplink } }));
    siteIds.set(key, id);
  });
  const there = await call<Listed>("GET", "/devices?limit=1000");
  const deviceIds = new Map<string, string>();
  await inTurns(devices, async (device) => {
    const { key, name, kind, location, serial } = device;
    const site = siteIds.get(device.site.key);
    const isThis = (one: Listed["items"][number]): boolean =>
      one.hardware ? one.hardware.serial === serial : one.name === name && one.site === site;
    const found = there.items.find(isThis);
    const wish = { name, kind, site, location, tags: ["demo"] };
    const { id } = found ?? (await call<{ id: string }>("POST", "/devices", wish));
    deviceIds.set(key, id);
  });
  return { sites: siteIds, devices: deviceIds };
}

/** Enrolment tokens for these devices, each bound to its place in the registry. */
export async function tokensFor(call: Call, some: readonly TownDevice[], ids: Settled): Promise<Map<string, string>> {
  const tokens = new Map<string, string>();
  await inTurns(some, async ({ key }) => {
    const device = ids.devices.get(key);
    const { token } = await call<{ token: string }>("POST", "/enrolment-tokens", { device, uses: 1 });
    tokens.set(key, token);
  });
  return tokens;
}

async function inTurns<T>(all: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < all.length; i += atOnce) await Promise.all(all.slice(i, i + atOnce).map(run));
}
