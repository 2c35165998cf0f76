import type { Files } from "./host/index.ts";
import type { Hardware } from "./trust/index.ts";

/** Where boards say what they are: device tree (routers), OpenWrt, DMI (PCs). */
const modelFiles = ["/tmp/sysinfo/model", "/proc/device-tree/model", "/sys/class/dmi/id/product_name"];
const serialFiles = ["/proc/device-tree/serial-number", "/sys/class/dmi/id/product_serial"];
const firmwareFiles = ["/etc/openwrt_release", "/etc/os-release"];

export interface About {
  hardware: Hardware;
  firmware: string;
}

/** What the device is, as its birth says it.
 *  @param given from the settings; wins
 *  @param madeUpSerial where the hardware has none of its own */
export async function readAbout(
  files: Files,
  given: { model?: string | undefined; serial?: string | undefined },
  madeUpSerial: string,
): Promise<About> {
  const model = given.model ?? (await first(files, modelFiles, word)) ?? "unknown";
  const serial = given.serial ?? (await first(files, serialFiles, serialWord)) ?? madeUpSerial;
  return { hardware: { model, serial }, firmware: (await first(files, firmwareFiles, release)) ?? "unknown" };
}

async function first(
  files: Files,
  paths: readonly string[],
  read: (text: string) => string | undefined,
): Promise<string | undefined> {
  for (const path of paths) {
    const found = read(await files.read(path).catch(() => ""));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Printable, at most 100 characters; device trees end their texts with a NUL. */
function word(text: string): string | undefined {
  const clean = text
    .replace(/[^\x20-\x7e]/g, "")
    .trim()
    .slice(0, 100);
  return clean === "" ? undefined : clean;
}

/** Boards whose maker left the number out share a phrase for it. */
function serialWord(text: string): string | undefined {
  const serial = word(text);
  return serial &&
    /[1-9a-z]/i.test(serial) &&
    !/^(none|not |to be filled|default|system serial|0123456789|n\/a)/i.test(serial)
    ? serial
    : undefined;
}

function release(text: string): string | undefined {
  return word(/^(?:DISTRIB_DESCRIPTION|PRETTY_NAME)=['"]?([^'"\n]*)/m.exec(text)?.[1] ?? "");
}
