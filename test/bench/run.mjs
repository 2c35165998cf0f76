// `npm run bench`: what the product can do on this machine, into docs/benchmarks.md. About a quarter of an hour; `npm run bench
// ingest` only the way from devices to the store and back, `npm run bench alerts` only how soon
// somebody hears of what fails, `npm run bench config` only what documents cost.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const top = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const run = (command, args) => spawnSync(command, args, { cwd: top, stdio: "inherit" }).status ?? 1;

if (run("npm", ["run", "--silent", "build"]) !== 0) process.exit(1);
// Inside node_modules, so that packages are found from there; as deep as test/bench, so that dist/ is too.
const folder = mkdtempSync(join(top, "node_modules", ".bench-"));
let code = 1;
try {
  const bench = await rolldown({
    cwd: top,
    input: { main: "test/bench/main.ts" },
    platform: "node",
    external: (id) => !id.startsWith(".") && !id.startsWith("/") && !id.startsWith("#"),
  });
  await bench.write({ dir: folder, format: "esm", codeSplitting: false });
  code = run(process.execPath, [join(folder, "main.js"), ...process.argv.slice(2)]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
