// `npm test`: everything, against real servers. `npm test -- --unit`: what needs none, in seconds.
// More words are handed to vitest: `npm test -- --project system spool`.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const needed = [
  { program: "influxd", package: "influxdb", why: "InfluxDB 1.x, the store" },
  { program: "mosquitto_pub", package: "mosquitto-clients", why: "a stranger's MQTT client" },
  { program: "hostapd", package: "hostapd", why: "what makes access points of plain Linux" },
  { program: "dnsmasq", package: "dnsmasq-base", why: "addresses and names for clients" },
  { program: "chromium", package: "chromium", why: "the browser" },
];
const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/bin"];
const isThere = (program) => folders.some((folder) => existsSync(join(folder, program)));
const say = (line) => process.stderr.write(`${line}\n`);

function run(command, args, env = {}) {
  const done = spawnSync(command, args, { stdio: "inherit", env: { ...process.env, ...env } });
  if (done.error) say(`${command}: ${done.error.message}`);
  return done.status ?? 1;
}

function provide() {
  const missing = needed.filter(({ program }) => !isThere(program));
  if (missing.length === 0) return true;
  const names = missing.map((m) => m.package).join(" ");
  say("The tests use real servers. Missing here:");
  for (const m of missing) say(`  ${m.program} (${m.why}), Debian package ${m.package}`);
  const isRoot = process.getuid?.() === 0;
  const install = `apt-get update && ${isRoot ? "" : "sudo "}apt-get install -y --no-install-recommends ${names}`;
  const command = isRoot ? install : `sudo ${install}`;
  if (!isRoot && !process.env.CI) {
    say(`Install them with:\n  ${command}\nor run what needs none of them: npm test -- --unit`);
    return false;
  }
  say(`Installing: ${command}`);
  const failed = run("sh", ["-c", command], { DEBIAN_FRONTEND: "noninteractive" }) !== 0;
  const still = needed.filter(({ program }) => !isThere(program));
  if (failed || still.length > 0) say(`Could not install ${still.map((m) => m.package).join(", ") || names}.`);
  return still.length === 0;
}

const args = process.argv.slice(2);
const unit = args.includes("--unit");
const rest = args.filter((arg) => arg !== "--unit");
const vitest = join("node_modules", "vitest", "vitest.mjs");

if (unit) process.exit(run(process.execPath, [vitest, "run", "--project", "unit", ...rest]));
if (!provide()) process.exit(1);
if (run("npm", ["run", "--silent", "build"]) !== 0) process.exit(1);
process.exit(run(process.execPath, [vitest, "run", ...rest], { LAMPLIGHTER_BUILT: "1" }));
