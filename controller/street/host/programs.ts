import type { Programs, Time } from "../../../edge-agent/index.ts";
import { chance } from "../chance.ts";
import { radios } from "../rhythm/air.ts";
import { roundTripMs } from "../rhythm/line.ts";
import { cablesOf, lldpText } from "./cables.ts";
import type { Around, StreetDevice } from "./device.ts";
import type { Kernel } from "./state.ts";

interface Needs {
  device: StreetDevice;
  kernel: Kernel;
  around: Around;
  time: Time;
}

const failing = (code: string | number, message: string, stdout = ""): Error =>
  Object.assign(new Error(message), { code, stdout, stderr: "" });

/** Programs that a street device has, as far as the agent asks them: ping and lldpcli, and iw on access points. */
export function createPrograms(needs: Needs): Programs {
  // Asked for with every round, and always the same.
  const addresses: string[] = [];
  const neighbours = lldpText(cablesOf(needs.device));
  const addressOf = (index: number): string => (addresses[index] ??= address(needs.device, index));
  return {
    async run(program, args) {
      if (program === "ping") return ping(needs, args);
      if (program === "iw" && needs.device.kind === "access-point")
        return { stdout: iw(needs, args, addressOf), stderr: "" };
      if (program === "lldpcli") return { stdout: neighbours, stderr: "" };
      throw failing("ENOENT", `spawn ${program} ENOENT`);
    },
  };
}

/** `ping -n -q -c <count> … <host>` of iputils. */
async function ping({ device, around, time }: Needs, args: readonly string[]) {
  const count = Number(args[args.indexOf("-c") + 1]) || 1;
  const tries = Array.from({ length: count }, (_, i) =>
    around.lineUp() ? roundTripMs(device.seed, device.site, time.now() + i * 1000, `ping ${device.key}`) : null,
  );
  const times = tries.filter((ms) => ms !== null);
  await new Promise<void>((done) => time.after(times[0] ?? 2_000, done));
  const lost = Math.round((100 * (count - times.length)) / count);
  const counts = `${count} packets transmitted, ${times.length} received, ${lost}% packet loss\n`;
  if (times.length === 0) throw failing(1, "ping: no answer", counts);
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  const [least, most] = [Math.min(...times), Math.max(...times)].map((ms) => ms.toFixed(3));
  return { stdout: `${counts}rtt min/avg/max/mdev = ${least}/${mean.toFixed(3)}/${most}/0.5 ms\n`, stderr: "" };
}

function iw({ kernel, time }: Needs, args: readonly string[], addressOf: (index: number) => string): string {
  const at = time.now();
  const [, name, what] = args;
  if (args.join(" ") === "dev") return radios.map((radio) => interfaceText(radio, kernel.radio(radio, at))).join("");
  const radio = radios.find((one) => one.interface === name);
  if (!radio) throw failing(237, `command failed: No such device (-19)`);
  if (what === "survey") {
    const { mhz, noise_dbm, activeMs, busyMs } = kernel.radio(radio, at);
    return `Survey data from ${name}\n\tfrequency:\t\t\t${mhz} MHz [in use]\n\tnoise:\t\t\t\t${noise_dbm} dBm\n\tchannel active time:\t\t${activeMs} ms\n\tchannel busy time:\t\t${busyMs} ms\n`;
  }
  return Array.from({ length: kernel.clientsOn(radio, at) }, (_, i) => station(addressOf(i), i, name ?? "", at)).join(
    "",
  );
}

const interfaceText = (radio: (typeof radios)[number], now: { channel: number; mhz: number }): string =>
  `phy#${radio.radio.slice(3)}\n\tInterface ${radio.interface}\n\t\tifindex ${radio.band === 5 ? 9 : 8}\n\t\tssid Demo Town WiFi\n\t\ttype AP\n\t\tchannel ${now.channel} (${now.mhz} MHz), width: 20 MHz\n`;

/** Each has its own pace, and its own luck with the air. */
function station(address: string, index: number, name: string, at: number): string {
  const packets = Math.floor((at / 1000) * (4 + (index % 5)));
  const retries = Math.floor(packets * (0.05 + 0.01 * (index % 7)));
  return `Station ${address} (on ${name})\n\ttx packets:\t${packets}\n\ttx retries:\t${retries}\n\tsignal:  \t-${50 + (index % 30)} dBm\n`;
}

/** Made-up addresses of the locally administered range: no phone has them. */
function address({ seed, key }: StreetDevice, index: number): string {
  const byte = (n: number): string =>
    Math.floor(chance(seed, key, "station", index, n) * 256)
      .toString(16)
      .padStart(2, "0");
  return `02:${[1, 2, 3, 4, 5].map(byte).join(":")}`;
}
