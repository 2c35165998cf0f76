// `npm run soak -- --rounds 200 [--seed N] [--worlds N]`: test/system/faults for as long as one likes, with progress.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

const number = { type: "string" };
const { values } = parseArgs({ options: { rounds: number, seed: number, worlds: number } });
const env = { ...process.env, LAMPLIGHTER_BUILT: "1", FAULT_TELL: "1", FAULT_ROUNDS: values.rounds ?? "200" };
for (const [name, value] of Object.entries(values)) {
  if (!/^\d{1,10}$/.test(value)) {
    process.stderr.write(`--${name}: a whole number, not ${JSON.stringify(value)}\n`);
    process.exit(64);
  }
  env[`FAULT_${name.toUpperCase()}`] = value;
}
const run = (command, args) => spawnSync(command, args, { stdio: "inherit", env }).status ?? 1;
const built = run("npm", ["run", "--silent", "build"]);
process.exit(
  built ||
    run(process.execPath, [join("node_modules", "vitest", "vitest.mjs"), "run", "--project", "system", "faults"]),
);
