/** Counters of one interface, by the catalogue's names. */
export interface Counters {
  rx_bytes: number;
  rx_packets: number;
  rx_errors: number;
  rx_drops: number;
  tx_bytes: number;
  tx_packets: number;
  tx_errors: number;
  tx_drops: number;
}

/** Interfaces that are read; a device with more is something else. */
const mostInterfaces = 64;

/** Of /proc/net/dev: interface → counters. Lines that are not of that shape are passed over. */
export function parseNetDev(text: string): Map<string, Counters> {
  const found = new Map<string, Counters>();
  for (const line of text.split("\n")) {
    // Without a space after the colon where a number is wide; names may hold colons (eth0:1), so the last one counts.
    const colon = line.lastIndexOf(":");
    const name = line.slice(0, colon).trim();
    const n = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    if (colon < 1 || name === "" || n.length < 16 || n.some((v) => !Number.isSafeInteger(v) || v < 0)) continue;
    if (found.size >= mostInterfaces) break;
    const [rx_bytes = 0, rx_packets = 0, rx_errors = 0, rx_drops = 0] = n;
    const [tx_bytes = 0, tx_packets = 0, tx_errors = 0, tx_drops = 0] = n.slice(8);
    found.set(name, { rx_bytes, rx_packets, rx_errors, rx_drops, tx_bytes, tx_packets, tx_errors, tx_drops });
  }
  return found;
}

/** 1 up, 0 down, undefined where the kernel doesn't know (tunnels, some drivers). */
export function parseOperstate(text: string): number | undefined {
  const word = text.trim();
  if (word === "up") return 1;
  return ["down", "lowerlayerdown", "notpresent", "dormant"].includes(word) ? 0 : undefined;
}

/** Mbit/s; a link that is down says -1 or nothing. */
export function parseSpeed(text: string): number | undefined {
  const speed = Number(text.trim() || Number.NaN);
  return Number.isFinite(speed) && speed > 0 && speed < 10_000_000 ? speed : undefined;
}

/** A name against a list of globs (`*` any text, `?` one character). */
export const isIgnored = (name: string, globs: readonly string[]): boolean => globs.some((glob) => matches(name, glob));

/** Without a regular expression, so that no pattern can be slow. */
function matches(name: string, glob: string): boolean {
  let [n, g, star, resume] = [0, 0, -1, 0];
  while (n < name.length) {
    if (glob[g] === "*") [star, resume, g] = [g, n, g + 1];
    else if (glob[g] === "?" || glob[g] === name[n]) [n, g] = [n + 1, g + 1];
    else if (star >= 0) [n, g, resume] = [resume + 1, star + 1, resume + 1];
    else return false;
  }
  while (glob[g] === "*") g++;
  return g === glob.length;
}
