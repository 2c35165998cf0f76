import type { ConfigWish } from "./api.ts";

/** What a person has typed, as text: nothing is lost while it is not right yet. */
export interface Draft {
  /** Seconds; "": leave it (many devices) or the device's own (one). */
  interval: string;
  collectors: Record<string, Choice>;
  checks: "leave" | "own" | "these";
  checkEvery: string;
  rows: Check[];
  address: string;
  trialSeconds: string;
  message: string;
}
export type Choice = "leave" | "own" | "on" | "off";

export interface Check {
  name: string;
  kind: "dns" | "tcp" | "http" | "portal" | "icmp";
  /** By the names of the document: host, port, lookup, resolver, url, expectStatus, count. */
  fields: Record<string, string>;
}

export const collectors = ["system", "radio", "environment", "interface", "probe", "topology"] as const;
/** What each kind of check asks for. */
export const checkFields: Record<
  Check["kind"],
  { key: string; label: string; number?: true; optional?: true; usual?: string }[]
> = {
  icmp: [
    { key: "host", label: "Ping" },
    { key: "count", label: "Times", number: true, usual: "3" },
  ],
  tcp: [
    { key: "host", label: "Connect to" },
    { key: "port", label: "Port", number: true, usual: "443" },
  ],
  dns: [
    { key: "lookup", label: "Look up" },
    { key: "resolver", label: "At (its own resolver)", optional: true },
  ],
  http: [
    { key: "url", label: "Fetch" },
    { key: "expectStatus", label: "Answer", number: true, usual: "200" },
  ],
  portal: [
    { key: "url", label: "Sign-in page" },
    { key: "contains", label: "Text that only it has" },
  ],
};

export const newCheck = (kind: Check["kind"] = "icmp", name = ""): Check => ({
  name,
  kind,
  fields: Object.fromEntries(checkFields[kind].map(({ key, usual = "" }) => [key, usual])),
});

/** For many devices: nothing is touched. */
export const untouched: Draft = {
  interval: "",
  collectors: Object.fromEntries(collectors.map((name) => [name, "leave"])),
  checks: "leave",
  checkEvery: "",
  rows: [],
  address: "",
  trialSeconds: "60",
  message: "",
};

interface Document {
  agent?: {
    intervalMs?: number;
    controller?: string;
    collectors?: { [name: string]: { enabled?: boolean; intervalMs?: number; probes?: object[] } };
  };
}

/** For one device: what is wanted of it now. */
export function draftOf(document: object): Draft {
  const { agent = {} } = document as Document;
  const probe = agent.collectors?.["probe"];
  const choice = (name: string): Choice => {
    const enabled = agent.collectors?.[name]?.enabled;
    return enabled === undefined ? "own" : enabled ? "on" : "off";
  };
  return {
    ...untouched,
    interval: seconds(agent.intervalMs),
    collectors: Object.fromEntries(collectors.map((name) => [name, choice(name)])),
    checks: probe?.probes === undefined ? "own" : "these",
    checkEvery: seconds(probe?.intervalMs),
    rows: (probe?.probes ?? []).map(checkOf),
    address: agent.controller ?? "",
  };
}

const seconds = (ms: number | undefined): string => (ms === undefined ? "" : String(ms / 1000));

function checkOf(probe: object): Check {
  const { name, kind, ...rest } = probe as { name: string; kind: Check["kind"] };
  const fields = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, String(value)]));
  return { name, kind, fields: { ...newCheck(kind).fields, ...fields } };
}

/** The merge patch that a draft means. @param one a single device: what is empty is the device's own */
export function patchOf(draft: Draft, one: boolean): ConfigWish["patch"] {
  const empty = one ? null : undefined;
  const ms = (text: string) => (text === "" ? empty : Math.round(Number(text) * 1000));
  const enabled = (name: string) => {
    const choice = draft.collectors[name] ?? "leave";
    return choice === "leave" ? undefined : choice === "own" ? null : choice === "on";
  };
  const probes = draft.checks === "these" ? draft.rows.map(probeOf) : draft.checks === "own" ? null : undefined;
  const each = Object.fromEntries(collectors.map((name) => [name, { enabled: enabled(name) } as object]));
  const probe = { ...each["probe"], intervalMs: ms(draft.checkEvery), probes };
  return {
    agent: clean({
      intervalMs: ms(draft.interval),
      controller: draft.address === "" ? empty : draft.address.trim(),
      collectors: clean({ ...each, probe }),
    }),
  };
}

/** Without what is left alone. */
function clean(value: object): object | undefined {
  const kept = Object.entries(value)
    .map(([key, inner]) => [key, isObject(inner) ? clean(inner) : inner] as const)
    .filter(([, inner]) => inner !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function probeOf({ name, kind, fields }: Check): object {
  const given = checkFields[kind]
    .filter(({ key, optional }) => !optional || (fields[key] ?? "") !== "")
    .map(({ key, number }) => [key, number ? Number(fields[key]) : (fields[key] ?? "").trim()]);
  return { name: name.trim(), kind, ...Object.fromEntries(given) };
}

/** Nothing is asked for: there is no effect to look at. */
export const isEmpty = (patch: ConfigWish["patch"]): boolean => patch["agent"] === undefined;
