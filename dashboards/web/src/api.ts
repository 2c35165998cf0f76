import type { State } from "./words.ts";

export interface Site {
  id: string;
  name: string;
  location: { lat: number; lon: number };
  timeZone: string;
  area?: string | null;
}

export interface Device {
  id: string;
  name: string;
  kind: string;
  site: string | null;
  via: string | null;
  profile: string | null;
  tags: string[];
  location: { lat: number; lon: number } | null;
  state: State;
  since: number | null;
  lastSeenAt: number | null;
  boot: string | null;
  agent: string | null;
  hardware?: { model: string; serial: string } | null;
  config: { desired: number | null; reported: number | null; state: string };
}

export interface LatestPoint {
  m: string;
  tags: Record<string, string>;
  fields: Record<string, number | string>;
  at: number;
}

export interface Series {
  device?: string;
  tags: Record<string, string>;
  points: [number, number | string][];
}

export interface Delivery {
  made: number;
  received: number;
  stored: number;
  duplicates: number;
  quarantined: number;
  dropped: number;
  onDevice: number;
  missing: number;
  boots: {
    boot: string;
    current: boolean;
    firstAt: number | null;
    lastAt: number | null;
    made: number;
    missing: number;
    dropped: number;
    quarantined: number;
    onDevice: number;
    gaps: { from: number; to: number; points: number | null; why: string }[];
    tailLost?: { afterSeq: number; atMostMs: number };
  }[];
}

export interface Waiting {
  id: string;
  state: string;
  kind: string;
  hardware: { model: string; serial: string };
  firstAt: number;
  lastAt: number;
  device: string | null;
  why: string;
}

export interface Me {
  name: string;
  role: "viewer" | "operator" | "admin";
}

export interface Token {
  token: string;
  device: string | null;
  expiresAt: number | null;
}

/** What the API said no with: a sentence for people, and the fields that are wrong. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly faults: { path: string; message: string }[];
  constructor(status: number, message: string, faults: { path: string; message: string }[] = []) {
    super(message);
    this.status = status;
    this.faults = faults;
  }
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiProblem(0, "The controller can't be reached. Nothing was changed; try again.");
  }
  if (response.status === 204) return undefined as T;
  const said = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok) return said as T;
  const message = typeof said["detail"] === "string" ? said["detail"] : `The controller answered ${response.status}.`;
  throw new ApiProblem(response.status, message, (said["faults"] ?? []) as { path: string; message: string }[]);
}

/** Every page of a list. */
async function all<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const join = path.includes("?") ? "&" : "?";
    const page: { items: T[]; next: string | null } = await call(
      "GET",
      `${path}${join}limit=1000${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`,
    );
    items.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return items;
}

const part = encodeURIComponent;

export const api = {
  me: () => call<Me>("GET", "/session"),
  signIn: (who: { username: string; password: string } | { link: string }) => call<Me>("POST", "/session", who),
  signOut: () => call<void>("DELETE", "/session"),
  sites: () => all<Site>("/sites"),
  createSite: (site: { name: string; location: { lat: number; lon: number } }) => call<Site>("POST", "/sites", site),
  devices: () => all<Device>("/devices"),
  device: (id: string) =>
    call<Device>("GET", `/devices/${part(id)}`).catch((error: unknown) => {
      if (error instanceof ApiProblem && error.status === 404) return null;
      throw error;
    }),
  latest: (id: string) => call<{ items: LatestPoint[] }>("GET", `/devices/${part(id)}/latest`).then((a) => a.items),
  delivery: (id: string) => call<Delivery>("GET", `/devices/${part(id)}/delivery`),
  series: (id: string, query: Record<string, string>) =>
    call<{ resolution: string; series: Series[] }>("GET", `/devices/${part(id)}/series?${new URLSearchParams(query)}`),
  createToken: (wish: { kind: string; site?: string; device?: string; uses: number }) =>
    call<Token>("POST", "/enrolment-tokens", wish),
  waiting: () => all<Waiting>("/enrolments?state=awaiting"),
  decide: (id: string, decision: "approve" | "reject") =>
    call<unknown>("POST", `/enrolments/${part(id)}/${decision}`, {}),
};
