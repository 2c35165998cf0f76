import { computed, signal } from "@preact/signals";
import { api, type Device, type Site } from "./api.ts";
import { hear } from "./live.ts";
import { type Seen, type State, states } from "./words.ts";

/** All devices and sites, kept true by the stream. Replaced, never changed in place. */
export const devices = signal<ReadonlyMap<string, Device>>(new Map());
export const sites = signal<ReadonlyMap<string, Site>>(new Map());
export const loaded = signal(false);
export const problem = signal<string | null>(null);

const collator = new Intl.Collator("en-GB", { numeric: true });
/** Worst first, then by name. */
export const inOrder = computed(() =>
  [...devices.value.values()].sort(
    (a, b) => states.indexOf(a.state) - states.indexOf(b.state) || collator.compare(a.name, b.name),
  ),
);

export const siteName = (id: string | null): string =>
  id ? (sites.value.get(id)?.name ?? "an unknown site") : "no site";
export const seen = (device: Device): Seen => device;

export function counts(of: Iterable<Device>): Record<State, number> {
  const found = Object.fromEntries(states.map((s) => [s, 0])) as Record<State, number>;
  for (const device of of) found[device.state]++;
  return found;
}

const put = (device: Device) => {
  devices.value = new Map(devices.value).set(device.id, device);
};

/** For what nobody awaits: said at the top of the page. */
export const fail = (error: unknown): void => {
  problem.value = error instanceof Error ? error.message : String(error);
};

export async function loadFleet(): Promise<void> {
  try {
    const [allSites, allDevices] = await Promise.all([api.sites(), api.devices()]);
    sites.value = new Map(allSites.map((s) => [s.id, s]));
    devices.value = new Map(allDevices.map((d) => [d.id, d]));
    problem.value = null;
    loaded.value = true;
  } catch (error) {
    fail(error);
  }
}

/** One device anew, e.g. after it was enrolled. */
export async function refreshDevice(id: string): Promise<void> {
  const device = await api.device(id);
  if (device) put(device);
  else forget(id);
}

function forget(id: string): void {
  const rest = new Map(devices.value);
  rest.delete(id);
  devices.value = rest;
}

export async function refreshSites(): Promise<void> {
  sites.value = new Map((await api.sites()).map((s) => [s.id, s]));
}

interface PresenceNews {
  device: string;
  state: State;
  why?: Device["why"];
  since: number | null;
  lastSeenAt: number | null;
  boot: string | null;
  birth: { agent: string } | null;
}
interface HeardNews {
  devices: Record<string, number>;
}

/** Bursts (a start, a site that comes back) are applied together: one new map, one render. */
let pending = new Map<string, Partial<Device>>();
function later(id: string, change: Partial<Device>): void {
  if (pending.size === 0) requestAnimationFrame(apply);
  pending.set(id, { ...pending.get(id), ...change });
}
function apply(): void {
  const next = new Map(devices.value);
  for (const [id, change] of pending) {
    const device = next.get(id);
    if (device) next.set(id, { ...device, ...change });
    else refreshDevice(id).catch(fail);
  }
  pending = new Map();
  devices.value = next;
}

export function followFleet(): void {
  hear("presence", (data) => {
    const { device, state, why = null, since, lastSeenAt, boot, birth } = data as PresenceNews;
    later(device, { state, why, since, lastSeenAt, boot, agent: birth?.agent ?? null });
  });
  hear("config", (data) => {
    const { device, config } = data as { device: string; config: Device["config"] };
    later(device, { config });
  });
  hear("heard", (data) => {
    for (const [device, lastSeenAt] of Object.entries((data as HeardNews).devices)) {
      if (devices.value.has(device)) later(device, { lastSeenAt });
    }
  });
  hear("device", (data) => {
    const { device, change } = data as { device: string; change?: string };
    if (change === "removed") forget(device);
    else refreshDevice(device).catch(fail);
  });
  hear("site", () => {
    refreshSites().catch(fail);
  });
}
