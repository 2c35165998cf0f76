import { clockTime, count, duration } from "./words.ts";

/** What people read about configuration, made from what the API says. Pure. */
export interface Standing {
  status: "none" | "waiting" | "trying" | "applied" | "partly" | "rejected" | "reverted" | "foreign";
  /** When the wanted settings were sent off by a person. */
  at: number | null;
  since: number | null;
  revertsAt: number | null;
  nextAt: number | null;
  attempt: number;
  mostAttempts: number;
  why: string | null;
}

/** Shape and word, as for a device's state. */
export const configMarks: Record<Standing["status"], { mark: string; word: string; hue: string }> = {
  applied: { mark: "●", word: "applied", hue: "online" },
  trying: { mark: "◐", word: "trying", hue: "suspect" },
  waiting: { mark: "○", word: "waiting", hue: "awaiting" },
  reverted: { mark: "▲", word: "went back", hue: "offline" },
  rejected: { mark: "■", word: "refused", hue: "offline" },
  partly: { mark: "▲", word: "partly applied", hue: "offline" },
  foreign: { mark: "◇", word: "from elsewhere", hue: "unknown" },
  none: { mark: "◇", word: "its own", hue: "unknown" },
};

/** "Trying the settings of 10:42: goes back by itself in 41 s if it cannot confirm." */
export function configSentence(of: Standing, isHere: boolean, now: number, timeZone?: string): string {
  const clock = (at: number | null) => (at === null ? "earlier" : clockTime(at, now, timeZone));
  switch (of.status) {
    case "none":
      return "Nothing was sent from here yet: it works by its own settings.";
    case "foreign":
      return "It has settings that are not from here. Nothing overwrites them until you send some.";
    case "waiting":
      return isHere
        ? `The settings of ${clock(of.at)} are on their way.`
        : `Waiting: it gets the settings of ${clock(of.at)} when it comes back.`;
    case "trying": {
      const left = (of.revertsAt ?? now) - now;
      const end =
        left > 0 ? `in ${duration(left)} if it cannot confirm` : "if it could not confirm; it says so any moment";
      return `Trying the settings of ${clock(of.at)}: goes back by itself ${end}.`;
    }
    case "applied":
      return `Applied ${clock(of.since)}.`;
    case "partly":
      return `Only partly applied, ${clock(of.since)}${because(of.why)}`;
    case "rejected":
      return `Refused by the device, ${clock(of.since)}${because(of.why)} It works by the settings from before.`;
    case "reverted": {
      const again =
        of.nextAt === null
          ? "It is not tried again by itself."
          : `It is tried again ${of.nextAt <= now ? "now" : `in ${duration(of.nextAt - now)}`} (${of.attempt + 1} of ${of.mostAttempts}).`;
      return `Went back to the settings from before, ${clock(of.since)}${because(of.why)} ${again}`;
    }
  }
}

/** In a few words, at the top of a device's page; null: nothing that somebody has to know at once. */
export function configBrief(of: Pick<Standing, "status" | "revertsAt" | "why">, now: number): string | null {
  switch (of.status) {
    case "waiting":
      return "new settings are on their way.";
    case "trying": {
      const left = (of.revertsAt ?? now) - now;
      return `tries new settings${left > 0 ? `, and goes back by itself in ${duration(left)} if it cannot confirm` : ""}.`;
    }
    case "reverted":
      return `went back to the settings from before${because(of.why)}`;
    case "rejected":
      return `refused by the device${because(of.why)}`;
    case "partly":
      return `only partly applied${because(of.why)}`;
    default:
      return null;
  }
}

const because = (why: string | null): string => (why === null ? "." : `: ${why.replace(/\.$/, "")}.`);

const names: Record<string, string> = {
  "agent.intervalMs": "Measures every",
  "agent.controller": "Controller address",
  "agent.collectors.probe.intervalMs": "Checks every",
  "agent.collectors.probe.probes": "Checks",
  "agent.collectors.interface.ignore": "Interfaces left out",
};
export const collectorNames: Record<string, string> = {
  system: "Processor, memory, temperature",
  radio: "Radio",
  environment: "Air and weather",
  interface: "Network interfaces",
  probe: "Checks of reachability",
  topology: "Switches and gateways that it hangs on",
};

/** A path as people say it. */
export function settingName(path: string): string {
  const known = names[path];
  if (known !== undefined) return known;
  const [, collector = ""] = /^agent\.collectors\.(\w+)\.enabled$/.exec(path) ?? [];
  if (collectorNames[collector] !== undefined) return collectorNames[collector];
  const [, check] = /^agent\.collectors\.probe\.probes\.(.+)$/.exec(path) ?? [];
  return check === undefined ? path : `Check ${check}`;
}

/** Where a problem is: checks are counted, since their names may be what is wrong. */
export function problemName(path: string): string {
  const [, index, key] = /^agent\.collectors\.probe\.probes\.(\d+)(?:\.(\w+))?$/.exec(path) ?? [];
  if (index === undefined) return path === "" ? "The whole" : settingName(path);
  return `Check ${Number(index) + 1}${key === undefined ? "" : `, ${key}`}`;
}

/** A value as people say it; null: the setting is not set. */
export function settingValue(path: string, value: unknown): string {
  if (value === null || value === undefined) return path.includes(".probes.") ? "none" : "the device's own";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "number") return path.endsWith("Ms") ? duration(value) : String(value);
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map((one) => settingValue(path, one)).join(", ");
  if ((value as { secret?: unknown }).secret === true) return "set, never shown";
  return checkWords(value as Record<string, unknown>);
}

/** "tcp to 10.0.0.1 port 443" */
function checkWords(check: Record<string, unknown>): string {
  const text = (key: string) => String(check[key] ?? "");
  switch (check["kind"]) {
    case "dns":
      return `look up ${text("lookup")}${check["resolver"] ? ` at ${text("resolver")}` : ""}`;
    case "tcp":
      return `connect to ${text("host")} port ${text("port")}`;
    case "http":
      return `fetch ${text("url")}, answer ${text("expectStatus")}`;
    case "portal":
      return `sign-in page ${text("url")} with "${text("contains")}"`;
    case "icmp":
      return `ping ${text("host")}`;
    default:
      return JSON.stringify(check);
  }
}

export interface Effect {
  radiosRestarted: number;
  moves: number;
  revertsAfterMs: number;
  away: number;
  foreign: number;
  /** How many devices need what, at the most. */
  needs?: { network: number };
}

/** "24 devices change. No client is dropped. One that cannot confirm within 60 s goes back by itself." */
export function effectSentences(changing: number, chosen: number, effect: Effect): string[] {
  if (changing === 0)
    return [chosen === 1 ? "The device has these settings already." : "All of them have these settings already."];
  const seconds = Math.round(effect.revertsAfterMs / 1000);
  const same = chosen - changing;
  return [
    `${count(changing, "device")} ${changing === 1 ? "changes" : "change"}${same > 0 ? `, ${same.toLocaleString("en-GB")} ${same === 1 ? "has" : "have"} these settings already` : ""}.`,
    effect.radiosRestarted === 0
      ? "No client is dropped."
      : `${count(effect.radiosRestarted, "radio")} drop their clients for a moment.`,
    effect.needs && effect.needs.network > 0
      ? `On ${count(effect.needs.network, "device")} the network is set up anew, so whoever is on is cut off for a moment.`
      : "",
    effect.moves > 0 ? `${changing === 1 ? "It talks" : "They talk"} to another address from then on.` : "",
    `${changing === 1 ? "It connects" : "Each connects"} anew once; ${changing === 1 ? "if it" : "one that"} cannot confirm within ${seconds} s ${changing === 1 ? "it goes" : "goes"} back by itself.`,
    effect.away > 0
      ? `${count(effect.away, "device")} ${effect.away === 1 ? "is" : "are"} not there now and ${effect.away === 1 ? "gets" : "get"} it when back.`
      : "",
    effect.foreign > 0
      ? `${count(effect.foreign, "device")} ${effect.foreign === 1 ? "has" : "have"} settings from elsewhere, which are replaced.`
      : "",
  ].filter(Boolean);
}

/** "20 applied, 3 trying, 1 went back" */
export function tally(statuses: Iterable<Standing["status"]>): string {
  const counted = new Map<Standing["status"], number>();
  for (const status of statuses) counted.set(status, (counted.get(status) ?? 0) + 1);
  const words = (Object.keys(configMarks) as Standing["status"][])
    .filter((status) => counted.has(status))
    .map(
      (status) =>
        `${(counted.get(status) ?? 0).toLocaleString("en-GB")} ${status === "none" ? "by their own settings" : configMarks[status].word}`,
    );
  return words.join(", ");
}
