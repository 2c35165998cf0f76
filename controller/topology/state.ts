/** What a cable of a device leads to, as the device last saw it. Times are those of its own points. */
export interface Cable {
  interface: string;
  systemName: string | null;
  chassis: string | null;
  port: string | null;
  address: string | null;
  /** Whether the way out is there; null: not known. */
  uplink: boolean | null;
  at: number;
}

export interface Gateway {
  interface: string;
  address: string | null;
  hardwareAddress: string | null;
  at: number;
}

/** Another device of ours that it was seen behind. */
export interface Edge {
  parent: string;
  how: "lldp" | "gateway";
  interface: string;
  /** Of the parent; null: not told. */
  port: string | null;
  /** Sightings, up to as many as are needed. */
  seen: number;
  firstAt: number;
  lastAt: number;
}

/** All that one device showed of where it hangs. Replaced, never changed in place. */
export interface Hanging {
  /** Its own hardware addresses, by interface. */
  ports: Readonly<Record<string, string>>;
  cables: readonly Cable[];
  gateway: Gateway | null;
  edges: readonly Edge[];
  /** Parents that somebody said are none. */
  dismissed: readonly string[];
}

export const unknown: Hanging = { ports: {}, cables: [], gateway: null, edges: [], dismissed: [] };

/** What this room needs to know of a device of the registry. */
export interface Known {
  id: string;
  name: string;
  kind: string;
  site: string | null;
  via: string | null;
  address: string | null;
  parents: readonly (readonly string[])[];
  hardware: { serial: string } | null;
}
