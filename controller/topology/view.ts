import { topologyLimits } from "./limits.ts";
import { type Lookup, type Standing, standingOf } from "./standing.ts";
import type { Cable, Edge, Gateway, Known } from "./state.ts";

/** `GET /devices/{id}/topology`. */
export interface TopologyView {
  /** Newest first; `device`: the one of ours that it is. */
  cables: (Cable & { device: string | null })[];
  gateway: (Gateway & { device: string | null }) | null;
  /** Of ours, that it was seen behind, and what that means. */
  learnt: (Edge & { name: string; needed: number; standing: Standing })[];
  /** Names of those that somebody said it is not behind. */
  dismissed: { id: string; name: string }[];
}

/** Where a device hangs, as people and programs read it. Pure. */
export function viewOf(device: Known, lookup: Lookup): TopologyView {
  const { cables, gateway, edges, dismissed } = lookup.hanging(device.id);
  const nameOf = (id: string): string | undefined => lookup.device(id)?.name;
  const at = (how: Edge["how"], name: string): string | null =>
    edges.find((edge) => edge.how === how && edge.interface === name && nameOf(edge.parent))?.parent ?? null;
  return {
    cables: [...cables]
      .sort((a, b) => b.at - a.at || (a.interface < b.interface ? -1 : 1))
      .map((cable) => ({ ...cable, device: at("lldp", cable.interface) })),
    gateway: gateway && { ...gateway, device: at("gateway", gateway.interface) },
    learnt: edges.flatMap((edge) => {
      const name = nameOf(edge.parent);
      if (name === undefined) return [];
      return [{ ...edge, name, needed: topologyLimits.sightings, standing: standingOf(edge, device, lookup) }];
    }),
    dismissed: dismissed.flatMap((id) => {
      const name = nameOf(id);
      return name === undefined ? [] : [{ id, name }];
    }),
  };
}
