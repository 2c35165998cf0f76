import type { Block } from "../uci/index.ts";
import { type Reading, type Section, typed, wordsOf } from "./reading.ts";

const numbers = {
  client: ["down_kbps", "up_kbps", "session_minutes", "idle_minutes", "data_mib"],
  ssid: ["down_kbps", "up_kbps", "clients"],
};

export function readHotspot({ name = "", options }: Section, reading: Reading): void {
  const { network = "", enabled, isolation, walled_garden: garden, open } = options;
  const portal = within(options, "portal_");
  const client = typed(within(options, "client_"), { numbers: numbers.client });
  const ssid = typed(within(options, "ssid_"), { numbers: numbers.ssid });
  reading.push("hotspot", {
    name,
    network,
    ...(enabled === "0" ? { disabled: true } : {}),
    ...some("portal", portal),
    ...(garden === undefined ? {} : { walled_garden: wordsOf(garden) }),
    ...(isolation === "0" ? { isolation: false } : {}),
    ...some("per_client", client),
    ...some("per_ssid", ssid),
    ...(open === undefined ? {} : { opening_hours: hoursOf([open].flat()) }),
  });
}

const within = (options: Section["options"], prefix: string): Section["options"] =>
  Object.fromEntries(
    Object.entries(options).flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
    ),
  );

const some = (key: string, block: Block): Block => (Object.keys(block).length === 0 ? {} : { [key]: block });

/** "mon 08:00-20:00", several of a day in their order. */
function hoursOf(words: readonly string[]): Block {
  const hours: Record<string, string[][]> = {};
  for (const word of words) {
    const [day = "", span = ""] = word.split(" ");
    hours[day] = [...(hours[day] ?? []), span.split("-")];
  }
  return hours;
}

export function readSensor({ options }: Section, reading: Reading): void {
  const { factor, offset, below, above, enabled, ...rest } = options;
  const decimals = (given: Record<string, string | string[] | undefined>): Block =>
    Object.fromEntries(Object.entries(given).flatMap(([key, one]) => (one === undefined ? [] : [[key, Number(one)]])));
  reading.push("sensors", {
    ...typed(rest, { numbers: ["interval_seconds"] }),
    ...(enabled === undefined ? {} : { enabled: enabled === "1" }),
    ...some("calibration", decimals({ factor, offset })),
    ...some("thresholds", decimals({ below, above })),
  });
}
