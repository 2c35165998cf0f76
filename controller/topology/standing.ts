import { topologyLimits } from "./limits.ts";
import type { Edge, Hanging, Known } from "./state.ts";

/** holds: a notice is kept back by it · counting: not seen often enough yet · declared: somebody says the same ·
 *  overruled: somebody says something else · dismissed: somebody says that it is none · circular: what it is behind is
 *  behind it */
export type Standing = "holds" | "counting" | "declared" | "overruled" | "dismissed" | "circular";

export interface Lookup {
  device(id: string): Known | undefined;
  hanging(id: string): Hanging;
}

const declaredOf = ({ via, parents }: Known): string[] => [...(via === null ? [] : [via]), ...parents.flat()];

/** Where one edge stands. What people declare beats what was learnt. Pure. */
export function standingOf(edge: Edge, device: Known, lookup: Lookup): Standing {
  const declared = declaredOf(device);
  if (declared.includes(edge.parent)) return "declared";
  if (lookup.hanging(device.id).dismissed.includes(edge.parent)) return "dismissed";
  if (declared.length > 0) return "overruled";
  if (edge.seen < topologyLimits.sightings) return "counting";
  return isAbove(device.id, edge.parent, lookup) ? "circular" : "holds";
}

/** Whether `id` stands above `from`, by what is declared and what could hold. */
function isAbove(id: string, from: string, { device, hanging }: Lookup): boolean {
  const seen = new Set<string>();
  let level = [from];
  for (let depth = 0; level.length > 0 && depth <= topologyLimits.depth; depth++) {
    if (level.includes(id)) return true;
    for (const one of level) seen.add(one);
    const next = level.flatMap((one) => {
      const known = device(one);
      const declared = known ? declaredOf(known) : [];
      return declared.length > 0 ? declared : learntOf(hanging(one));
    });
    level = [...new Set(next.filter((one) => !seen.has(one)))];
  }
  return false;
}

const learntOf = ({ edges, dismissed }: Hanging): string[] =>
  edges
    .filter(({ parent, seen }) => seen >= topologyLimits.sightings && !dismissed.includes(parent))
    .map(({ parent }) => parent);

/** Groups that a device is behind by what was learnt. Several cables by which it may get out are a group of which one is
 *  enough; the gateway is a group of its own. Pure. */
export function learntParents(device: Known, lookup: Lookup): string[][] {
  const holding = lookup
    .hanging(device.id)
    .edges.filter((edge) => lookup.device(edge.parent) && standingOf(edge, device, lookup) === "holds");
  const of = (how: Edge["how"]): string[] => [
    ...new Set(holding.filter((edge) => edge.how === how).map(({ parent }) => parent)),
  ];
  const [cables, gateways] = [of("lldp"), of("gateway")];
  return [cables, gateways.filter((id) => !cables.includes(id))].filter(({ length }) => length > 0);
}

/** Where its cable ends: a port of something. */
export interface Plug {
  port: string;
  of: string;
}

/** By the newest cable that may lead out; null: not told. Pure. */
export function plugOf({ cables, edges }: Hanging, nameOf: (id: string) => string | undefined): Plug | null {
  const leading = cables.filter(({ uplink, port }) => uplink !== false && port !== null);
  const [best] = leading.sort((a, b) => Number(b.uplink === true) - Number(a.uplink === true) || b.at - a.at);
  if (!best || best.port === null) return null;
  const edge = edges.find(({ how, interface: name }) => how === "lldp" && name === best.interface);
  const of = (edge && nameOf(edge.parent)) ?? best.systemName ?? best.chassis;
  return of === null ? null : { port: best.port, of };
}
