/** What people read, made from what the API says. Pure, so that every sentence has a test. */
export type State = "awaiting" | "online" | "suspect" | "offline" | "sleeping" | "maintenance" | "unknown";

export const states: readonly State[] = [
  "offline",
  "suspect",
  "unknown",
  "maintenance",
  "sleeping",
  "awaiting",
  "online",
];

/** Shape and word: a state is never colour alone. */
export const stateWords: Record<State, { mark: string; word: string }> = {
  online: { mark: "●", word: "online" },
  suspect: { mark: "◐", word: "checking" },
  offline: { mark: "■", word: "offline" },
  maintenance: { mark: "▲", word: "maintenance" },
  awaiting: { mark: "○", word: "not yet seen" },
  sleeping: { mark: "☾", word: "sleeping" },
  unknown: { mark: "◇", word: "unknown" },
};

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** "14 min", "3 h 5 min", "2 days": the two largest units that matter. */
export function duration(ms: number): string {
  if (ms < minute) return `${Math.max(0, Math.floor(ms / 1000))} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < day) {
    const minutes = Math.floor((ms % hour) / minute);
    return `${Math.floor(ms / hour)} h${minutes > 0 ? ` ${minutes} min` : ""}`;
  }
  const days = Math.floor(ms / day);
  return days === 1 ? "1 day" : `${days} days`;
}

export const ago = (at: number, now: number): string => (now - at < 5_000 ? "just now" : `${duration(now - at)} ago`);

/** Clock time in the site's zone; with the day when it isn't today. */
export function clockTime(at: number, now: number, timeZone?: string, withSeconds = false): string {
  const zone = timeZone ? { timeZone } : {};
  const seconds = withSeconds ? { second: "2-digit" as const } : {};
  const time = new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...seconds, ...zone });
  const dayOf = (t: number) => new Date(t).toLocaleDateString("en-GB", { day: "numeric", month: "short", ...zone });
  return dayOf(at) === dayOf(now) ? time : `${dayOf(at)}, ${time}`;
}

export const absolute = (at: number, timeZone?: string): string =>
  new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "long", ...(timeZone ? { timeZone } : {}) });

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en-GB")} ${n === 1 ? one : many}`;

export interface Seen {
  name: string;
  state: State;
  since: number | null;
  lastSeenAt: number | null;
  site: string | null;
  /** Why it is silent, where that is known. */
  why?: "stopped" | "said" | "hours" | null;
}

/** What the overview has to know of an incident. */
export interface Wrong {
  rule: string;
  sentence: string;
}

/** One sentence that says how things are; worst first. */
export function overviewSentence(
  devices: readonly Seen[],
  siteName: (id: string) => string,
  open: readonly Wrong[] = [],
): string {
  const blind = open.find(({ rule }) => rule === "controller_blind");
  if (blind) return begin(blind.sentence);
  const store = open.find(({ rule }) => rule === "cannot_store");
  const how = devicesSentence(devices, siteName);
  return store ? `${begin(store.sentence)} ${how}` : how;
}

/** What else there is to say of it is on its card. */
const begin = (sentence: string): string => /^.*?\.(?= [A-Z])/.exec(sentence)?.[0] ?? sentence;

function devicesSentence(devices: readonly Seen[], siteName: (id: string) => string): string {
  if (devices.length === 0) return "No devices yet.";
  const of = (state: State) => devices.filter((d) => d.state === state);
  const offline = of("offline");
  const online = of("online").length;
  const all = devices.length;
  const rest = [
    phrase(of("suspect").length, "being checked"),
    phrase(of("awaiting").length, "not yet seen"),
    phrase(of("sleeping").length, "sleeping"),
    phrase(of("maintenance").length, "in maintenance"),
    phrase(of("unknown").length, "unknown"),
  ].filter(Boolean);
  const more = rest.length > 0 ? ` ${capital(rest.join(", "))}.` : "";
  if (offline.length === 0) {
    if (online === all)
      return all === 1 ? "The one device is online." : `All ${all.toLocaleString("en-GB")} devices are online.`;
    return `${online.toLocaleString("en-GB")} of ${count(all, "device")} ${online === 1 ? "is" : "are"} online, none offline.${more}`;
  }
  const [place] = new Set(offline.map(({ site }) => site));
  if (offline.length > 2 && place && offline.every(({ site }) => site === place))
    return `${offline.length.toLocaleString("en-GB")} of ${count(all, "device")} are offline, all at ${siteName(place)}.${more}`;
  const verb = offline.length === 1 ? "is" : "are";
  return `${offline.length.toLocaleString("en-GB")} of ${count(all, "device")} ${verb} offline: ${where(offline, siteName)}.${more}`;
}

/** One or two by name; more by their sites, the most first. */
function where(offline: readonly Seen[], siteName: (id: string) => string): string {
  const placed = (d: Seen) => (d.site ? `${d.name} (${siteName(d.site)})` : d.name);
  if (offline.length < 3) return offline.map(placed).join(", ");
  const bySite = new Map<string | null, Seen[]>();
  for (const device of offline) bySite.set(device.site, [...(bySite.get(device.site) ?? []), device]);
  const groups = [...bySite].sort(([, a], [, b]) => b.length - a.length);
  const named = groups.slice(0, sitesNamed).map(([site, here]) => {
    const [only] = here;
    if (here.length === 1 && only) return placed(only);
    return `${here.length.toLocaleString("en-GB")} ${site ? `at ${siteName(site)}` : "at no site"}`;
  });
  const others = groups.slice(sitesNamed).reduce((sum, [, here]) => sum + here.length, 0);
  return `${named.join(", ")}${others > 0 ? ` and ${others.toLocaleString("en-GB")} more` : ""}`;
}
const sitesNamed = 2;

const phrase = (n: number, what: string): string => (n > 0 ? `${n.toLocaleString("en-GB")} ${what}` : "");
const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;

const kindWords: Record<string, string> = { "access-point": "access point" };
export const kindWord = (kind: string): string => kindWords[kind] ?? kind;

/** "Offline for 14 min. Last heard 10:28. The other 3 devices at this site are fine, so it is this device or its cable." */
export function stateSentence(device: Seen, neighbours: readonly Seen[], now: number, timeZone?: string): string {
  const { state, since, lastSeenAt } = device;
  const heard = lastSeenAt === null ? "" : ` Last heard ${clockTime(lastSeenAt, now, timeZone)}.`;
  const lasting = since === null ? "" : ` for ${duration(now - since)}`;
  if (state === "online") return `Online${lasting}.${heard}`;
  if (state === "awaiting") return "Not yet seen: it has never called.";
  if (state === "sleeping") {
    const why = device.why === "hours" ? ": outside its site's service hours" : ", as it said it would";
    return `Sleeping${lasting}${why}.${heard}`;
  }
  if (state === "unknown") return `Not known${lasting}: the controller itself cannot see its devices.${heard}`;
  if (state === "suspect") return `Silent: checking${lasting}.${heard}`;
  if (state !== "offline") return `${capital(stateWords[state].word)}${lasting}.${heard}`;
  return `Offline${lasting}.${heard}${blame(neighbours)}`;
}

function blame(neighbours: readonly Seen[]): string {
  const watched = neighbours.filter((n) => n.state === "online" || n.state === "offline");
  if (watched.length === 0) return "";
  const fine = watched.filter((n) => n.state === "online").length;
  if (fine === watched.length) {
    const which = fine === 1 ? "The other device at this site is" : `The other ${fine} devices at this site are`;
    return ` ${which} fine, so it is this device or its cable.`;
  }
  if (fine === 0) {
    const which =
      watched.length === 1 ? "The other device at this site is" : `All ${watched.length} others at this site are`;
    return ` ${which} offline too, so look at the site's power or line first.`;
  }
  return ` ${fine} of the ${watched.length} others at this site are fine.`;
}

const binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
const bits = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"];

/** A number with its unit as people say it; bytes per second are shown as bits per second, as lines are sold. */
export function quantity(value: number, unit: string): string {
  if (unit === "B") return scaled(value, 1024, binary);
  if (unit === "B/s") return scaled(value * 8, 1000, bits);
  if (unit === "s") return duration(value * 1000);
  if (unit === "") return round(value);
  return `${round(value)} ${unit}`;
}

function scaled(value: number, step: number, units: string[]): string {
  let index = 0;
  let left = value;
  while (Math.abs(left) >= step && index < units.length - 1) {
    left /= step;
    index++;
  }
  return `${round(left)} ${units[index]}`;
}

const round = (value: number): string => {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en-GB", { maximumFractionDigits: digits });
};

/** How fine the values of the charts are, where they are not the measurements themselves. */
export const levelWords = (level: string): string =>
  level === "hourly" ? "Drawn from hourly values." : level === "5-minute" ? "Drawn from 5-minute values." : "";
