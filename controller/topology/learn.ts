import type { StoredPoint } from "../store/series/index.ts";
import { topologyLimits } from "./limits.ts";
import type { Cable, Edge, Gateway, Hanging, Known } from "./state.ts";

/** By what others know a device. */
export interface Traits {
  hardwareAddress: string | null;
  name: string | null;
  address: string | null;
}

/** Which device of ours that is, seen from this one; null: none, or more than one could be meant. */
export type Match = (traits: Traits, from: Known) => Known | null;

const rank: Readonly<Record<string, number>> = { gateway: 3, switch: 2, "access-point": 1, sensor: 0 };

/** Two ends of a cable see each other: only what is above says where a device hangs. */
function isAbove(parent: Known, child: Known, uplink: boolean | null): boolean {
  if (parent.id === child.id || uplink === false) return false;
  if (uplink === true) return parent.kind !== "sensor";
  return (rank[parent.kind] ?? 0) > (rank[child.kind] ?? 0);
}

/** (what is known of a device, one point of it) → what is known now. Pure. */
export function learn(was: Hanging, point: StoredPoint, device: Known, match: Match): Hanging {
  const name = point.tags["interface"];
  if (name === undefined) return was;
  const text = (field: string): string | null => {
    const value = point.fields[field];
    return typeof value === "string" && value !== "" ? value : null;
  };
  switch (point.m) {
    case "port": {
      const address = text("hardware_address")?.toLowerCase() ?? null;
      if (address === null || was.ports[name] === address) return fresh(was, point.at);
      const ports = Object.entries({ ...was.ports, [name]: address }).slice(-topologyLimits.ofDevice);
      return fresh({ ...was, ports: Object.fromEntries(ports) }, point.at);
    }
    case "neighbour": {
      const told = point.fields["uplink"];
      const cable: Cable = {
        ...{ interface: name, systemName: text("system_name"), chassis: text("chassis"), port: text("port") },
        ...{ address: text("address"), uplink: typeof told === "number" ? told === 1 : null, at: point.at },
      };
      const cables = [...was.cables.filter((one) => one.interface !== name), cable].slice(-topologyLimits.ofDevice);
      const parent = match({ hardwareAddress: cable.chassis, name: cable.systemName, address: cable.address }, device);
      const above = parent && isAbove(parent, device, cable.uplink) ? parent.id : null;
      return fresh(sighted({ ...was, cables }, "lldp", cable, above), point.at);
    }
    case "gateway": {
      const { at } = point;
      const gateway: Gateway = {
        ...{ interface: name, address: text("address"), hardwareAddress: text("hardware_address"), at },
      };
      const parent = match({ ...gateway, name: null }, device);
      const above = parent && isAbove(parent, device, true) ? parent.id : null;
      return fresh(sighted({ ...was, gateway }, "gateway", { ...gateway, port: null }, above), at);
    }
    default:
      return was;
  }
}

/** @param parent null: what is there is nobody of ours, or not above it */
function sighted(
  was: Hanging,
  how: Edge["how"],
  { interface: name, port, at }: { interface: string; port: string | null; at: number },
  parent: string | null,
): Hanging {
  // There is one way out: another interface's gateway takes its place.
  const isSame = (edge: Edge): boolean => edge.how === how && (how === "gateway" || edge.interface === name);
  const known = was.edges.find(isSame);
  const rest = was.edges.filter((edge) => !isSame(edge));
  if (parent === null) return known ? { ...was, edges: rest } : was;
  if (known?.parent !== parent) {
    const first: Edge = { parent, how, interface: name, port, seen: 1, firstAt: at, lastAt: at };
    return { ...was, edges: [...rest, first] };
  }
  if (at - known.lastAt < topologyLimits.betweenMs) return was;
  const seen = Math.min(known.seen + 1, topologyLimits.sightings);
  return { ...was, edges: [...rest, { ...known, interface: name, port, seen, lastAt: at }] };
}

/** Without what it did not see again though it saw other things. */
function fresh(is: Hanging, at: number): Hanging {
  const since = at - topologyLimits.staleMs;
  const cables = is.cables.filter((cable) => cable.at >= since);
  const edges = is.edges.filter((edge) => edge.lastAt >= since);
  return cables.length === is.cables.length && edges.length === is.edges.length ? is : { ...is, cables, edges };
}
