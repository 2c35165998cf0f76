import type { Change } from "./differences.ts";

/** What a change of a setting costs who uses the device now, from the least to the most. */
export const costs = ["nothing", "reconnect", "network", "radio"] as const;
export type Cost = (typeof costs)[number];

/** What applying changes does to who uses the device now. */
export interface Effect {
  /** It dials the controller anew once, to prove that it still can. */
  reconnects: boolean;
  /** From now on it talks to another controller address. */
  moves: boolean;
  /** How many radios lose their clients for a moment. */
  radiosRestarted: number;
  /** The most that any of the changes costs. */
  needs: Cost;
}

/** By the first part of the path; what isn't here costs nothing beyond the trial. */
const sections: Readonly<Record<string, Cost>> = {
  interfaces: "network",
  routes: "network",
  ip_rules: "network",
  dns_servers: "network",
  switch: "network",
  tunnels: "network",
  openvpn: "network",
  wireguard_peers: "network",
  radios: "radio",
};

export function effectOf(changes: readonly Change[]): Effect {
  const radios = new Set(changes.flatMap(radiosOf));
  const worst = Math.max(0, ...changes.map((change) => costs.indexOf(costOf(change))));
  return {
    reconnects: changes.length > 0,
    moves: changes.some(({ path }) => path === "agent.controller"),
    radiosRestarted: radios.size,
    needs: costs[changes.length > 0 ? Math.max(1, worst) : 0] ?? "nothing",
  };
}

function costOf(change: Change): Cost {
  if (radiosOf(change).length > 0) return "radio";
  const [section = ""] = change.path.split(".");
  return (Object.hasOwn(sections, section) ? sections[section] : undefined) ?? "nothing";
}

/** A radio itself, or the one that a wireless interface is on; "" where it can't be told which. */
function radiosOf({ path, from, to }: Change): string[] {
  const [section, name = ""] = path.split(".");
  if (section === "radios") return [name];
  if (section !== "interfaces") return [];
  return [from, to].flatMap((side) => {
    const wireless = (side as { wireless?: { radio?: unknown } | null } | null | undefined)?.wireless;
    if (!wireless) return [];
    return [typeof wireless.radio === "string" ? wireless.radio : ""];
  });
}
