import { readAddress } from "../base/address.ts";
import type { Match, Traits } from "./learn.ts";
import type { Known } from "./state.ts";

/** Whom a trait can mean: name, serial and address are looked up among all devices, hardware addresses among those that
 *  devices told of themselves. */
export interface Traces {
  byHardwareAddress(address: string): readonly string[];
  byName(name: string): readonly string[];
  byAddress(address: string): readonly string[];
  device(id: string): Known | undefined;
}

/** The only one, or the only one at the same site. */
function oneOf(found: readonly Known[], from: Known): Known | null {
  if (found.length <= 1) return found[0] ?? null;
  const near = found.filter(({ site }) => site !== null && site === from.site);
  return near.length === 1 ? (near[0] ?? null) : null;
}

/** What is surest first: a hardware address, then a name or serial number, then an address, which only says something
 *  within one site: every other site may have the same private ones. Pure. */
export const createMatch =
  (traces: Traces): Match =>
  ({ hardwareAddress, name, address }: Traits, from) => {
    const known = (ids: readonly string[]): Known[] => ids.flatMap((id) => traces.device(id) ?? []);
    const hardware = hardwareAddress === null ? [] : known(traces.byHardwareAddress(hardwareAddress.toLowerCase()));
    if (hardware.length > 0) return oneOf(hardware, from);
    for (const said of [hardwareAddress, name, firstLabel(name)]) {
      const named = said === null ? [] : known(traces.byName(said.toLowerCase()));
      if (named.length > 0) return oneOf(named, from);
    }
    const near = address === null ? [] : known(traces.byAddress(address)).filter(({ site }) => site === from.site);
    return oneOf(near, from);
  };

/** "sw-1" of "sw-1.example.net". */
const firstLabel = (name: string | null): string | null =>
  name === null || /^[\d.]+$/.test(name) ? null : (name.split(".")[0] ?? null);

/** Names, serial numbers and addresses of all devices, made anew when they may have changed; hardware addresses one by
 *  one. */
export function createTraces(registry: { devices(): readonly Known[]; device(id: string): Known | undefined }) {
  const owners = new Map<string, Set<string>>();
  let index: { names: Map<string, string[]>; addresses: Map<string, string[]> } | null = null;

  function made() {
    const names = new Map<string, string[]>();
    const addresses = new Map<string, string[]>();
    const add = (map: Map<string, string[]>, key: string, id: string): void => {
      const ids = map.get(key) ?? [];
      if (!ids.includes(id)) map.set(key, [...ids, id]);
    };
    for (const { id, name, hardware, address } of registry.devices()) {
      for (const text of [id, name, hardware?.serial ?? ""]) if (text !== "") add(names, text.toLowerCase(), id);
      const at = readAddress(address ?? "");
      if (at) add(addresses, at.host, id);
    }
    return { names, addresses };
  }

  const indexed = () => {
    index ??= made();
    return index;
  };
  return {
    device: registry.device,
    byHardwareAddress: (address: string): readonly string[] => [...(owners.get(address) ?? [])],
    byName: (name: string): readonly string[] => indexed().names.get(name) ?? [],
    byAddress: (address: string): readonly string[] => indexed().addresses.get(address) ?? [],
    /** The registry is other than before. */
    changed(): void {
      index = null;
    },
    own(device: string, before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): void {
      for (const address of Object.values(before)) {
        const ids = owners.get(address);
        ids?.delete(device);
        if (ids?.size === 0) owners.delete(address);
      }
      for (const address of Object.values(now)) owners.set(address, (owners.get(address) ?? new Set()).add(device));
    },
  };
}
