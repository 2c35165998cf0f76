import { writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { createAgent } from "../../../edge-agent/agent.ts";
import { createLinuxHost, type Host } from "../../../edge-agent/host/index.ts";
import { readSettings } from "../../../edge-agent/settings.ts";

// The real agent with 16 sensors that count: reading n of the life is n, so that whoever looks at the store knows each
// point by its value. Every reading is told on standard output before the agent has it; that write is synchronous, so
// a kill cannot take it back.
// Arguments: controller url, data folder, token ("" after the first), first number, offset of the wall clock in ms.
// Standard input: `clock <ms>`, `full`, `room`, `quiet`, `measure`, `status`, `stop`.

const [url = "", dataDir = "", token = "", first = "0", offset = "0"] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);
const sensors = Array.from({ length: 16 }, (_, i) => `iio:device${i}`);
const root = "/sys/bus/iio/devices";

let next = Number(first);
let clockOffMs = Number(offset);
let full = false;
let quiet = true;

const missing = (path: string): Error => Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });

function read(path: string): string {
  if (path.endsWith("/name")) return path.split("/").at(-2) ?? "";
  if (!path.endsWith("/in_illuminance_input")) throw missing(path);
  say(`read ${next} ${Date.now()}`);
  return String(next++);
}

const linux = createLinuxHost();
const host: Host = {
  ...linux,
  time: { ...linux.time, now: () => Date.now() + clockOffMs },
  files: {
    ...linux.files,
    read: async (path) => (path.startsWith(root) ? read(path) : linux.files.read(path)),
    list: async (path) => (path === root ? (quiet ? [] : sensors) : linux.files.list(path)),
  },
};

/** A quota in the writer: half of what is written arrives, as on a disk that fills up in the middle of it. */
async function limitWrites(): Promise<void> {
  const handle = await open("/dev/null", "r");
  const methods = Object.getPrototypeOf(handle) as Record<string, (this: FileHandle, ...args: unknown[]) => unknown>;
  await handle.close();
  const noRoom = () => Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  for (const name of ["appendFile", "writeFile", "write", "writev"]) {
    const real = methods[name];
    if (!real) continue;
    methods[name] = async function (...args) {
      if (!full) return real.apply(this, args);
      const [data] = args;
      if (Buffer.isBuffer(data)) await real.apply(this, [data.subarray(0, data.length >> 1)]);
      throw noRoom();
    };
  }
}

const off = { enabled: false };
const collectors = { system: off, interface: off, probe: off, radio: off, topology: off };
const log = (level: string) => (text: string) => say(`log ${level} ${text}`);
const agent = createAgent({
  host,
  dataDir,
  controllerUrl: url,
  token: token || undefined,
  kind: "sensor",
  log: { info: log("info"), warn: log("warn"), error: log("error") },
  version: "0.0.0-faults",
  // Faster than anybody may set it: a round of faults lasts seconds.
  settings: { ...readSettings({ collectors, flushMs: 200 }), intervalMs: 200 },
});

createInterface({ input: process.stdin }).on("line", (line) => {
  const [word, value] = line.split(" ");
  if (word === "clock") clockOffMs += Number(value);
  else if (word === "full") full = true;
  else if (word === "room") full = false;
  else if (word === "quiet") quiet = true;
  else if (word === "measure") quiet = false;
  else if (word === "status") say(`status ${JSON.stringify(agent.status())}`);
  else if (word === "stop") void agent.stop().then(() => process.exit(0));
});

await limitWrites();
await agent.start();
say(`boot ${agent.boot()}`);
