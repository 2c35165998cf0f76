/** Interfaces of one device that are read; more is something else. */
const mostInterfaces = 32;

/** Devices on one interface of which the counters are read; no radio serves more. */
const mostStations = 512;
/** Fewer say nothing of the air. */
const fewestPackets = 100;

export interface RadioInterface {
  /** Such as phy0. */
  radio: string;
  name: string;
  channel?: number;
  frequency_mhz?: number;
}

/** Of `iw dev`: every interface that serves clients, with its radio. */
export function parseInterfaces(output: string): RadioInterface[] {
  const found: (RadioInterface & { type?: string })[] = [];
  let radio: string | undefined;
  for (const line of output.split("\n")) {
    const phy = /^phy#(\d{1,3})\s*$/.exec(line)?.[1];
    if (phy !== undefined) radio = `phy${phy}`;
    const name = /^\s+Interface (\S{1,15})\s*$/.exec(line)?.[1];
    if (name !== undefined && radio !== undefined && found.length < mostInterfaces) found.push({ radio, name });
    const open = found.at(-1);
    if (!open) continue;
    const type = /^\s+type (\S+)/.exec(line)?.[1];
    if (type !== undefined) open.type = type;
    const channel = /^\s+channel (\d{1,3}) \((\d{4,5}) MHz\)/.exec(line);
    if (channel) [open.channel, open.frequency_mhz] = [Number(channel[1]), Number(channel[2])];
  }
  return found.filter(({ type }) => type === "AP").map(({ type: _, ...rest }) => rest);
}

/** Of the channel in use; times in ms since the radio was switched on. */
export interface Survey {
  noise_dbm?: number;
  activeMs?: number;
  busyMs?: number;
}

/** Of `iw dev <interface> survey dump`: the channel in use, or nothing where the driver does not say. */
export function parseSurvey(output: string): Survey {
  const used = output.split(/^Survey data from /m).find((part) => /\[in use\]/.test(part));
  if (used === undefined) return {};
  const number = (name: string, unit: string): number | undefined => {
    const found = new RegExp(`^\\s+${name}:\\s+(-?\\d{1,15}) ${unit}\\s*$`, "m").exec(used)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const noise = number("noise", "dBm");
  const [activeMs, busyMs] = [number("channel active time", "ms"), number("channel busy time", "ms")];
  return {
    // Drivers without an idea say 0 or less than can be.
    ...(noise !== undefined && noise < 0 && noise > -130 ? { noise_dbm: noise } : {}),
    ...(activeMs !== undefined && busyMs !== undefined && busyMs >= 0 ? { activeMs, busyMs } : {}),
  };
}

/** What was sent to one device, since it came. */
export interface Sent {
  packets: number;
  retries: number;
}

/** Of `iw dev <interface> station dump`: what was sent to each. Who they are stays in memory from one round to the next,
 *  and is never told. */
export function parseSent(output: string): Map<string, Sent> {
  const found = new Map<string, Sent>();
  for (const part of output.split(/^Station /m).slice(1, mostStations + 1)) {
    const station = /^([0-9a-f:]{17}) /i.exec(part)?.[1];
    const number = (name: string): number | undefined => {
      const text = new RegExp(`^\\s+${name}:\\s+(\\d{1,15})\\s*$`, "m").exec(part)?.[1];
      return text === undefined ? undefined : Number(text);
    };
    const [packets, retries] = [number("tx packets"), number("tx retries")];
    if (station !== undefined && packets !== undefined && retries !== undefined)
      found.set(station, { packets, retries });
  }
  return found;
}

/** Share that was sent again between two readings; empty where next to nothing was sent, or the driver does not count. A
 *  counter that began anew is a device that came back. */
export function retryShare(before: ReadonlyMap<string, Sent>, now: ReadonlyMap<string, Sent>) {
  let [packets, retries] = [0, 0];
  for (const [station, is] of now) {
    const was = before.get(station);
    if (!was || is.packets < was.packets || is.retries < was.retries) continue;
    packets += is.packets - was.packets;
    retries += is.retries - was.retries;
  }
  if (packets < fewestPackets) return {};
  return { retry_percent: Math.round(((100 * retries) / (packets + retries)) * 10) / 10 };
}

/** Of `iw dev <interface> station dump`: how many, never who. */
export const countStations = (output: string): number => output.match(/^Station [0-9a-f:]{17} /gim)?.length ?? 0;

/** Busy share between two readings; empty at the first, and where the counters began anew (another channel). */
export function utilisation(before: Survey | undefined, now: Survey): { utilisation_percent?: number } {
  const [active0, busy0, active1, busy1] = [before?.activeMs, before?.busyMs, now.activeMs, now.busyMs];
  if (active0 === undefined || busy0 === undefined || active1 === undefined || busy1 === undefined) return {};
  const [active, busy] = [active1 - active0, busy1 - busy0];
  if (active <= 0 || busy < 0) return {};
  return { utilisation_percent: Math.round(Math.min(100, (100 * busy) / active) * 10) / 10 };
}
